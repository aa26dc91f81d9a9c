package org.stop4j.rolling;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server in this process that does to each connection what a test says. */
final class ScriptedServer implements Target, AutoCloseable {
    /** What is done after the head of a request was read; returning closes the connection. */
    interface Script {
        void serve(String requestLine, Socket socket) throws IOException;
    }

    private final ServerSocket door;
    private final AtomicInteger connections = new AtomicInteger();

    ScriptedServer(Script script) {
        try {
            door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(() -> accept(script), "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(Script script) {
        while (!door.isClosed()) {
            try (Socket socket = door.accept()) {
                connections.incrementAndGet();
                serve(script, socket);
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void serve(Script script, Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null && !socket.isClosed(); ) {
            String requestLine = line;
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            script.serve(requestLine, socket);
            line = socket.isClosed() || socket.isOutputShutdown() ? null : in.readLine();
        }
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Closes it so that the other end is reset. */
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    int connections() {
        return connections.get();
    }

    @Override
    public int port() {
        return door.getLocalPort();
    }

    @Override
    public Whereabouts whereabouts(int localPort) {
        return new Whereabouts("scripted", true);
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
