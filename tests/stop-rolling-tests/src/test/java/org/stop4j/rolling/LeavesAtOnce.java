package org.stop4j.rolling;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that closes its port as soon as it is told to stop, answers what it has begun, and ends: one
 * request for each connection.
 */
final class LeavesAtOnce {
    private static final Pattern JOB =
            Pattern.compile("GET /job\\?id=(.+)&ms=(\\d+)&bytes=(\\d+) .*");

    private static final Phaser UNDER_WAY = new Phaser(1);

    private LeavesAtOnce() {}

    public static void main(String[] arguments) throws IOException {
        ServerSocket door = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                door.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            UNDER_WAY.arriveAndAwaitAdvance();
            // A hook cannot change the exit code of a signal, 143.
            Runtime.getRuntime().halt(0);
        }));
        System.out.println("listening on " + door.getLocalPort());
        while (true) {
            Socket socket = door.accept();
            UNDER_WAY.register();
            new Thread(() -> serve(socket), "serve").start();
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String first = String.valueOf(in.readLine());
            Matcher job = JOB.matcher(first);
            String body = "";
            if (job.matches()) {
                // Work; there is nothing to be waited for.
                new CountDownLatch(1).await(Long.parseLong(job.group(2)), TimeUnit.MILLISECONDS);
                String beginning = job.group(1) + "\n";
                int rest = Integer.parseInt(job.group(3)) - beginning.length();
                body = beginning + ".".repeat(Math.max(0, rest));
            }
            socket.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            while (in.read() >= 0) {
                // Closing with bytes unread would reset the connection.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        } finally {
            UNDER_WAY.arriveAndDeregister();
        }
    }
}
