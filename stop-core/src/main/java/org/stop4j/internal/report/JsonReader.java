package org.stop4j.internal.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON by the letter of RFC 8259, from whoever wrote it: nothing lenient, no field twice, not deeper
 * than {@value #DEEPEST}, so that no text can exhaust the stack.
 *
 * <p>Without regular expressions, streams and lambdas: the {@code stop} command loads it. Used by one thread.
 */
public final class JsonReader {
    private static final int DEEPEST = 32;
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads a whole text, which is one value.
     *
     * @param most how many characters the text may have
     * @return a {@link Map} or {@link List} of such values, a {@link String}, a {@link Long}, a {@link Double}
     *     (of a number with a fraction or an exponent, or too large for a long), a {@link Boolean}, or null;
     *     a map has its fields in their order
     * @throws IllegalArgumentException if it is longer or is not JSON; names the position and what is wrong,
     *     and quotes nothing of the text
     */
    public static @Nullable Object read(String text, int most) {
        if (text.length() > most) {
            throw new IllegalArgumentException(
                    "JSON of " + text.length() + " characters; allowed: " + most);
        }
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.wrong("expected the end");
        }
        return value;
    }

    private @Nullable Object value() {
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object() {
        descend();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (isEnd('}')) {
            return fields;
        }
        do {
            skipSpace();
            int start = at;
            String name = string();
            if (fields.containsKey(name)) {
                at = start;
                throw wrong("a field that stands there twice");
            }
            skipSpace();
            if (!next(':')) {
                throw wrong("expected ':'");
            }
            fields.put(name, value());
        } while (goesOn('}'));
        return fields;
    }

    private List<@Nullable Object> array() {
        descend();
        List<@Nullable Object> elements = new ArrayList<>();
        if (isEnd(']')) {
            return elements;
        }
        do {
            elements.add(value());
        } while (goesOn(']'));
        return elements;
    }

    private void descend() {
        depth++;
        if (depth > DEEPEST) {
            throw wrong("deeper than " + DEEPEST);
        }
        at++;
    }

    /** Whether nothing is in the brackets. */
    private boolean isEnd(char bracket) {
        skipSpace();
        boolean end = next(bracket);
        depth -= end ? 1 : 0;
        return end;
    }

    private boolean goesOn(char bracket) {
        skipSpace();
        if (next(',')) {
            return true;
        }
        if (!next(bracket)) {
            throw wrong("expected ',' or '" + bracket + "'");
        }
        depth--;
        return false;
    }

    private @Nullable Object literal(String word, @Nullable Boolean value) {
        if (!text.startsWith(word, at)) {
            throw wrong("expected a value");
        }
        at += word.length();
        return value;
    }

    private String string() {
        if (!next('"')) {
            throw wrong("expected '\"'");
        }
        StringBuilder value = new StringBuilder();
        while (true) {
            char c = peek();
            if (c < ' ') {
                throw wrong("a control character in a string");
            }
            at++;
            if (c == '"') {
                return value.toString();
            }
            value.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = peek();
        if (c == 'u') {
            at++;
            return hex();
        }
        int known = ESCAPES.indexOf(c);
        if (known < 0) {
            throw wrong("an unknown escape");
        }
        at++;
        return ESCAPED.charAt(known);
    }

    private char hex() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            // Not Character.digit alone, which knows the digits of all scripts.
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw wrong("expected four hexadecimal digits");
            }
            value = value * 16 + digit;
            at++;
        }
        return (char) value;
    }

    private Number number() {
        int start = at;
        next('-');
        if (!next('0')) {
            digits();
        }
        boolean whole = true;
        if (next('.')) {
            whole = false;
            digits();
        }
        if (next('e') || next('E')) {
            whole = false;
            if (!next('+')) {
                next('-');
            }
            digits();
        }
        String number = text.substring(start, at);
        if (whole) {
            try {
                return Long.valueOf(number);
            } catch (NumberFormatException tooLarge) {
                // the nearest double is near enough for anything that counts so far
            }
        }
        return Double.valueOf(number);
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw wrong(
                    start > 0 && "-.eE+".indexOf(text.charAt(start - 1)) >= 0
                            ? "expected a digit"
                            : "expected a value");
        }
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean next(char c) {
        boolean isNext = at < text.length() && text.charAt(at) == c;
        at += isNext ? 1 : 0;
        return isNext;
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("the text ends too early");
        }
        return text.charAt(at);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("JSON, position " + at + ": " + what);
    }
}
