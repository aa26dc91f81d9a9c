package org.stop4j.examples.plain;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a request asks for. */
record Query(String id, long millis, int bytes) {
    private static final int LONGEST_MILLIS = 600_000;
    private static final int LARGEST = 64 << 20;

    static Query of(URI uri) {
        String id = "";
        long millis = 200;
        int bytes = 0;
        String raw = uri.getRawQuery();
        for (String parameter : raw == null ? new String[0] : raw.split("&")) {
            String[] pair = parameter.split("=", 2);
            String value =
                    pair.length < 2 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8);
            switch (pair[0]) {
                case "id" -> id = value;
                case "ms" -> millis = number("ms", value, LONGEST_MILLIS);
                case "bytes" -> bytes = number("bytes", value, LARGEST);
                default ->
                    throw new IllegalArgumentException(
                            "unknown parameter \"" + pair[0] + "\"; allowed: id, ms, bytes");
            }
        }
        return new Query(id, millis, bytes);
    }

    static int number(String name, String value, int most) {
        if (value.matches("[0-9]{1,9}") && Integer.parseInt(value) <= most) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(
                name + " is \"" + value + "\"; allowed: a whole number from 0 to " + most);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    byte[] body() {
        byte[] head = text(id + "\n");
        byte[] body = Arrays.copyOf(head, Math.max(bytes, head.length));
        Arrays.fill(body, head.length, body.length, (byte) '.');
        return body;
    }
}
