package org.stop4j.rolling;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP/1.1 answer: its head, and when that was read, its body. The names of headers are in lower case. */
final class Http1Answer {
    private final String statusLine;
    private final Map<String, String> headers;

    private Http1Answer(String statusLine, Map<String, String> headers) {
        this.statusLine = statusLine;
        this.headers = headers;
    }

    /**
     * Reads the head and nothing that follows it.
     *
     * @throws EOFException if the connection ends before the head does
     * @throws ProtocolException if it is no HTTP/1.1 answer
     */
    static Http1Answer readHead(InputStream in) throws IOException {
        String statusLine = line(in);
        if (!statusLine.matches("HTTP/1\\.1 \\d{3}( .*)?")) {
            throw new ProtocolException("not the beginning of an answer: " + statusLine);
        }
        return new Http1Answer(statusLine, headers(in));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new ProtocolException("not a header: " + line);
            }
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim(),
                    (one, other) -> one + "," + other);
        }
        return headers;
    }

    /**
     * Reads the body, after the head.
     *
     * @throws EOFException if the connection ends before the body does
     * @throws ProtocolException if its end cannot be told
     */
    byte[] readBody(InputStream in) throws IOException {
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            return chunks(in);
        }
        String length = headers.get("content-length");
        if (length == null) {
            throw new ProtocolException("neither Content-Length nor chunks: " + headers);
        }
        return bytes(in, number(length, 10));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            body.write(bytes(in, size));
            line(in);
        }
        headers(in); // trailers, and the empty line
        return body.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        return number(line(in).split(";", 2)[0].trim(), 16);
    }

    private static int number(String digits, int radix) throws ProtocolException {
        try {
            return Integer.parseUnsignedInt(digits, radix);
        } catch (NumberFormatException e) {
            throw new ProtocolException("not a length: " + digits);
        }
    }

    private static byte[] bytes(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the body ended after " + bytes.length + " of " + count);
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended in the head");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    String statusLine() {
        return statusLine;
    }

    int status() {
        return Integer.parseInt(statusLine.substring(9, 12));
    }

    /** Whether the server will close the connection now. */
    boolean closes() {
        return Arrays.stream(headers.getOrDefault("connection", "").split(","))
                .anyMatch(token -> token.trim().equalsIgnoreCase("close"));
    }

    /** Whether it sends the request back as it should: for later, and for another connection. */
    boolean refusesPolitely() {
        return status() == 503 && headers.containsKey("retry-after") && closes();
    }
}
