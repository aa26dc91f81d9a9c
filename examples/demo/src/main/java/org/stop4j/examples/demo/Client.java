package org.stop4j.examples.demo;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One keep-alive connection that is always busy and never tries anything twice: a request that was sent
 * and not answered in full is lost. When the server tells it to close, it ends or opens the next one.
 */
final class Client implements Runnable {
    private static final int MILLIS_PER_REQUEST = 200;

    private final int port;
    private final int number;
    private final boolean reconnects;
    private final Counts counts;
    private final AtomicBoolean over;
    private int requests;

    Client(int port, int number, boolean reconnects, Counts counts, AtomicBoolean over) {
        this.port = port;
        this.number = number;
        this.reconnects = reconnects;
        this.counts = counts;
        this.over = over;
    }

    @Override
    public void run() {
        do {
            useConnection();
        } while (reconnects && !over.get());
    }

    private void useConnection() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean open = true;
            while (open && !over.get()) {
                open = request(socket, in, number + "-" + requests++);
            }
        } catch (IOException e) {
            counts.connectionFailed();
        }
    }

    /** Sends one request and reads its answer; returns whether the connection stays open. */
    private boolean request(Socket socket, InputStream in, String id) {
        counts.sent();
        try {
            String head = "GET /job?id=" + id + "&ms=" + MILLIS_PER_REQUEST
                    + "&bytes=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            String status = line(in);
            int length = 0;
            boolean close = false;
            boolean later = false;
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            lower.substring("content-length:".length()).trim());
                }
                close |= lower.equals("connection: close");
                later |= lower.startsWith("retry-after:");
            }
            byte[] body = in.readNBytes(length);
            if (status.startsWith("HTTP/1.1 503") && close && later) {
                counts.refused();
                return false;
            }
            boolean right = body.length == 1000
                    && new String(body, StandardCharsets.US_ASCII).startsWith(id + "\n")
                    && status.startsWith("HTTP/1.1 200");
            if (!right) {
                throw new IOException("wrong answer: " + status + ", " + body.length + " bytes");
            }
            counts.answered();
            return !close;
        } catch (IOException | NumberFormatException e) {
            counts.lost(id + ": " + e);
            return false;
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended before the answer did");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }
}
