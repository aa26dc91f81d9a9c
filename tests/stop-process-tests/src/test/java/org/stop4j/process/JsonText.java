package org.stop4j.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON by the letter of RFC 8259, so that a test notices every departure from it. */
final class JsonText {
    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** Reads the whole text, one object. */
    static Map<String, Object> object(String text) {
        JsonText json = new JsonText(text);
        Map<String, Object> object = json.readObject();
        if (json.at != text.length()) {
            throw json.wrong("the end");
        }
        return object;
    }

    /** Reads the whole text, one object, and returns what the path of keys and indices leads to in it. */
    static Object at(String text, Object... path) {
        Object value = object(text);
        for (Object step : path) {
            Object inner = step instanceof Integer index
                    ? ((List<?>) value).get(index)
                    : ((Map<?, ?>) value).get(step);
            if (inner == null) {
                throw new AssertionError("no " + step + " in " + value);
            }
            value = inner;
        }
        return value;
    }

    private AssertionError wrong(String expected) {
        return new AssertionError("expected " + expected + " at " + at + " of " + text);
    }

    private void expect(char c) {
        if (at >= text.length() || text.charAt(at) != c) {
            throw wrong("'" + c + "'");
        }
        at++;
    }

    private boolean next(char c) {
        boolean isNext = at < text.length() && text.charAt(at) == c;
        at += isNext ? 1 : 0;
        return isNext;
    }

    private Map<String, Object> readObject() {
        Map<String, Object> object = new LinkedHashMap<>();
        expect('{');
        if (next('}')) {
            return object;
        }
        do {
            String key = readString();
            expect(':');
            if (object.containsKey(key)) {
                throw wrong("no second \"" + key + '"');
            }
            object.put(key, readValue());
        } while (next(','));
        expect('}');
        return object;
    }

    private List<Object> readArray() {
        List<Object> array = new ArrayList<>();
        expect('[');
        if (next(']')) {
            return array;
        }
        do {
            array.add(readValue());
        } while (next(','));
        expect(']');
        return array;
    }

    private Object readValue() {
        return switch (at < text.length() ? text.charAt(at) : ' ') {
            case '{' -> readObject();
            case '[' -> readArray();
            case '"' -> readString();
            case 't' -> readLiteral("true", true);
            case 'f' -> readLiteral("false", false);
            default -> readNumber();
        };
    }

    /** Nothing here writes null. */
    private Boolean readLiteral(String word, Boolean value) {
        if (!text.startsWith(word, at)) {
            throw wrong(word);
        }
        at += word.length();
        return value;
    }

    /** Whole numbers: nothing here writes others. */
    private Long readNumber() {
        int start = at;
        while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == start) {
            throw wrong("a value");
        }
        return Long.valueOf(text.substring(start, at));
    }

    private String readString() {
        StringBuilder value = new StringBuilder();
        expect('"');
        while (!next('"')) {
            if (at >= text.length() || text.charAt(at) < ' ') {
                throw wrong("a character of a string");
            }
            char c = text.charAt(at++);
            value.append(c == '\\' ? readEscaped() : c);
        }
        return value.toString();
    }

    private char readEscaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> throw wrong("an escape");
        };
    }
}
