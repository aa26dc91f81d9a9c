package org.stop4j.spring.apps;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What an answer is made of. */
final class Job {
    private Job() {}

    /** So many bytes, which begin with the id and a line end. */
    static byte[] body(String id, int bytes) {
        byte[] head = (id + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, Math.max(bytes, head.length));
        Arrays.fill(body, head.length, body.length, (byte) '.');
        return body;
    }
}
