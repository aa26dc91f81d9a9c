package org.stop4j.rolling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What one request asks for: to work {@code millis}, and to answer {@code bytes} bytes that begin with the
 * id and a line end (so at least these).
 */
record Job(String id, int millis, int bytes) {
    String path() {
        return "/job?id=" + id + "&ms=" + millis + "&bytes=" + bytes;
    }

    /** Whether this is all of the answer, and the one to this request rather than to another. */
    boolean isAnsweredBy(byte[] body) {
        byte[] beginning = (id + "\n").getBytes(StandardCharsets.US_ASCII);
        return body.length == Math.max(bytes, beginning.length)
                && Arrays.equals(body, 0, beginning.length, beginning, 0, beginning.length);
    }
}
