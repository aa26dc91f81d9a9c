package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
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
    private static final char INSTEAD_OF_MALFORMED = '\uFFFD';

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

    /** All fields of a message; none of none. */
    static Map<String, String> fields(@Nullable Message message) {
        return message == null ? Map.of() : Collections.unmodifiableMap(message.fields);
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
            text.append(escape(field.getValue())).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a message of the given kind.
     *
     * @throws MalformedException saying what it is instead
     */
    static Message parse(byte[] content, String kind) throws MalformedException {
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.indexOf(INSTEAD_OF_MALFORMED) >= 0) {
            checkIsText(content);
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
            // Cut out before it is looked at: nothing here may look beyond its line, as there may
            // be
            // a hundred thousand lines.
            message.with(text.substring(start, equals), unescape(text.substring(equals + 1, end)));
            start = end + 1;
        }
        return message;
    }

    /** The decoder tells what is malformed from what only looks so; the first one costs the command 0.3 ms. */
    private static void checkIsText(byte[] content) throws MalformedException {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
        } catch (CharacterCodingException e) {
            throw new MalformedException("is not text");
        }
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

    // Not character by character, here and below: a JVM that is young interprets this, and takes
    // 0.4 µs for each.
    private static String escape(String value) {
        if (value.indexOf('\\') < 0 && value.indexOf('\n') < 0 && value.indexOf('\r') < 0) {
            return value;
        }
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String escaped) {
        int escape = escaped.indexOf('\\');
        if (escape < 0) {
            return escaped;
        }
        StringBuilder value = new StringBuilder(escaped.length());
        int copied = 0;
        while (escape >= 0 && escape + 1 < escaped.length()) {
            char c = escaped.charAt(escape + 1);
            value.append(escaped.substring(copied, escape));
            value.append(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
            copied = escape + 2;
            escape = escaped.indexOf('\\', copied);
        }
        return value.append(escaped.substring(copied)).toString();
    }

    /** Says what is wrong with a content. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }
}
