package org.stop4j.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A client that sends exactly the bytes it is told, and reads until the server closes. */
final class Connection implements AutoCloseable {
    /** Far more than anything here needs; a read that waits so long has failed. */
    static final int PATIENCE_MILLIS = 30_000;

    final Socket socket = new Socket();

    private Connection(int port) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Connects and sends, and does not read. */
    static Connection open(int port, String request) {
        try {
            Connection connection = new Connection(port);
            connection
                    .socket
                    .getOutputStream()
                    .write(request.getBytes(StandardCharsets.ISO_8859_1));
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks as curl does, with further header lines, and waits for the answer. */
    static Response ask(int port, String methodAndTarget, String... headers) {
        try (Connection connection = open(port, request(methodAndTarget, headers))) {
            return connection.response();
        }
    }

    static String request(String methodAndTarget, String... headers) {
        StringBuilder text = new StringBuilder(methodAndTarget).append(" HTTP/1.1\r\n");
        if (List.of(headers).stream().noneMatch(header -> header.startsWith("Host:"))) {
            text.append("Host: 127.0.0.1\r\n");
        }
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** Reads until the server closes; a connection that is reset, or left open, fails. */
    String readAll() {
        try {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            InputStream in = socket.getInputStream();
            in.transferTo(all);
            return all.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the whole answer; one that is cut off fails. */
    Response response() {
        String text = readAll();
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no whole head: \"" + text + '"');
        }
        return new Response(
                Integer.parseInt(text.substring(9, 12)),
                List.of(text.substring(0, end).split("\r\n")),
                text.substring(end + 4));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came back. */
    record Response(int status, List<String> head, String body) {
        /** The value of a header, or nothing; its length is checked where it says one. */
        String header(String name) {
            String beginning = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(beginning))
                    .map(line -> line.substring(beginning.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }
}
