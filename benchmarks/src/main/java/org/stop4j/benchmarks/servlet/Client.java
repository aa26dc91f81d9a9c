package org.stop4j.benchmarks.servlet;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Calls the same path again and again, at as little cost as it can: all answers are as long as the first. */
final class Client implements AutoCloseable {
    private final Socket socket;
    private final byte[] request;
    private final byte[] answer;

    Client(int port, String path) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        socket.getOutputStream().write(request);
        answer = new byte[firstLength(socket.getInputStream())];
    }

    /** Reads to the end of the body, which is one line. */
    private static int firstLength(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0
                || text.charAt(text.length() - 1) != '\n'
                || text.length() < text.indexOf("\r\n\r\n") + 5) {
            int one = in.read();
            if (one < 0) {
                throw new EOFException("after " + text);
            }
            text.append((char) one);
        }
        if (!text.toString().startsWith("HTTP/1.1 200")) {
            throw new IOException("answered " + text);
        }
        return text.length();
    }

    long callUntil(long end) throws IOException {
        long count = 0;
        while (System.nanoTime() - end < 0) {
            socket.getOutputStream().write(request);
            if (socket.getInputStream().readNBytes(answer, 0, answer.length) < answer.length
                    || answer[answer.length - 1] != '\n') {
                throw new IOException("a short answer");
            }
            count++;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
