package org.stop4j.examples.grpc;

import io.grpc.MethodDescriptor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a call of {@code Job/Run} asks for. Instead of protocol buffers, the messages are plain bytes: the request
 * is the text {@code ID MILLIS BYTES} in UTF-8, with single spaces; the answer, after that many milliseconds, that
 * many bytes, which begin with the ID and a line end (or just these, if that is more).
 *
 * @param id comes back in the answer; not empty, no space
 * @param millis how long the work takes
 * @param bytes how long the answer is
 */
record Job(String id, long millis, int bytes) {
    private static final int LONGEST_MILLIS = 600_000;
    private static final int LARGEST = 3 << 20; // a client takes 4 MiB

    /** The method, for both sides. */
    static final MethodDescriptor<byte[], byte[]> RUN =
            MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName("Job", "Run"))
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();

    static Job of(byte[] request) {
        String[] parts = new String(request, StandardCharsets.UTF_8).split(" ", -1);
        if (parts.length != 3 || parts[0].isEmpty()) {
            throw new IllegalArgumentException("the request is not \"ID MILLIS BYTES\"");
        }
        return new Job(
                parts[0],
                number("MILLIS", parts[1], LONGEST_MILLIS),
                number("BYTES", parts[2], LARGEST));
    }

    static int number(String name, String value, int most) {
        if (value.matches("[0-9]{1,9}") && Integer.parseInt(value) <= most) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(
                name + " is \"" + value + "\"; allowed: a whole number from 0 to " + most);
    }

    byte[] request() {
        return (id + " " + millis + " " + bytes).getBytes(StandardCharsets.UTF_8);
    }

    byte[] answer() {
        byte[] head = (id + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] answer = Arrays.copyOf(head, Math.max(bytes, head.length));
        Arrays.fill(answer, head.length, answer.length, (byte) '.');
        return answer;
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
