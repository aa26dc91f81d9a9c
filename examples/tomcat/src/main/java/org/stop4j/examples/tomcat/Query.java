package org.stop4j.examples.tomcat;

import jakarta.servlet.http.HttpServletRequest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a request asks for. */
record Query(String id, long millis, int bytes) {
    private static final int LONGEST_MILLIS = 600_000;
    private static final int LARGEST = 64 << 20;

    static Query of(HttpServletRequest request) {
        String id = request.getParameter("id");
        String millis = request.getParameter("ms");
        String bytes = request.getParameter("bytes");
        return new Query(
                id == null ? "" : id,
                millis == null ? 200 : number("ms", millis, LONGEST_MILLIS),
                bytes == null ? 0 : number("bytes", bytes, LARGEST));
    }

    static int port(String[] arguments) {
        int port = 8080;
        for (String argument : arguments) {
            if (!argument.startsWith("--port=")) {
                throw new IllegalArgumentException(
                        "unknown argument \"" + argument + "\"; allowed: --port=P");
            }
            port = number("--port", argument.substring("--port=".length()), 65_535);
        }
        return port;
    }

    private static int number(String name, String value, int most) {
        if (value.matches("[0-9]{1,9}") && Integer.parseInt(value) <= most) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(
                name + " is \"" + value + "\"; allowed: a whole number from 0 to " + most);
    }

    byte[] body() {
        byte[] head = (id + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, Math.max(bytes, head.length));
        Arrays.fill(body, head.length, body.length, (byte) '.');
        return body;
    }
}
