package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a control file: a first line that tells protocol, version and kind, then {@code
 * key=value} lines in UTF-8. Unknown keys are kept and ignored, so that later versions can add some.
 */
final class Message {
    static final String REQUEST = "request";
    static final String STATUS = "status";
    static final String STOPPED = "stopped";
    static final String ACK = "ack";

    private static final String PROTOCOL = "stop4j";
    private static final String VERSION = "1";

    private final String kind;
    private final Map<String, String> fields = new LinkedHashMap<>();

    Message(String kind) {
        this.kind = kind;
    }

    /** Sets a field; returns this message. */
    Message with(String key, String value) {
        fields.put(key, value);
        return this;
    }

    /** The value of a field, or null. */
    @Nullable
    String get(String key) {
        return fields.get(key);
    }

    /** The value of a field, or the other. */
    String get(String key, String otherwise) {
        String value = fields.get(key);
        return value == null ? otherwise : value;
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder(256);
        text.append(PROTOCOL)
                .append(' ')
                .append(VERSION)
                .append(' ')
                .append(kind)
                .append('\n');
        for (Map.Entry<String, String> field : fields.entrySet()) {
            text.append(field.getKey()).append('=');
            escape(field.getValue(), text);
            text.append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a message of the given kind.
     *
     * @throws MalformedException saying what it is instead
     */
    static Message parse(byte[] content, String kind) throws MalformedException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("is not text");
        }
        int end = text.indexOf('\n');
        String first = end < 0 ? "" : text.substring(0, end);
        checkFirstLine(first, kind);
        Message message = new Message(kind);
        int start = end + 1;
        while (start < text.length()) {
            end = text.indexOf('\n', start);
            if (end < 0) {
                throw new MalformedException("ends in the middle of a line");
            }
            int equals = text.indexOf('=', start);
            if (equals < 0 || equals > end) {
                throw new MalformedException("has a line without '='");
            }
            message.with(text.substring(start, equals), unescape(text, equals + 1, end));
            start = end + 1;
        }
        return message;
    }

    private static void checkFirstLine(String first, String kind) throws MalformedException {
        String[] words = first.split(" ", -1);
        if (words.length != 3 || !words[0].equals(PROTOCOL)) {
            throw new MalformedException("is not in the format of the stop protocol");
        }
        if (!words[1].equals(VERSION)) {
            throw new MalformedException(
                    "has protocol version " + words[1] + "; known here: " + VERSION);
        }
        if (!words[2].equals(kind)) {
            throw new MalformedException("holds a " + words[2] + " instead of a " + kind);
        }
    }

    private static void escape(String value, StringBuilder to) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                default -> to.append(c);
            }
        }
    }

    private static String unescape(String text, int start, int end) {
        StringBuilder value = new StringBuilder(end - start);
        int i = start;
        while (i < end) {
            char c = text.charAt(i++);
            if (c == '\\' && i < end) {
                char escaped = text.charAt(i++);
                c = escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
            }
            value.append(c);
        }
        return value.toString();
    }

    /** Says what is wrong with a content. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }
}
