package org.stop4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON exactly as RFC 8259 has it, and nothing more lenient: the judge of what we write. */
final class StrictJson {
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    /** Maps, Lists, Strings and Longs. */
    static Object parse(String text) {
        StrictJson reader = new StrictJson(text);
        Object value = reader.value();
        if (reader.at != text.length()) {
            throw reader.error("something after the end");
        }
        return value;
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> number();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> fields = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            if (!fields.isEmpty()) {
                expect(',');
            }
            String name = string();
            expect(':');
            if (fields.put(name, value()) != null) {
                throw error("field " + name + " twice");
            }
        }
        at++;
        return fields;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        expect('[');
        while (peek() != ']') {
            if (!elements.isEmpty()) {
                expect(',');
            }
            elements.add(value());
        }
        at++;
        return elements;
    }

    private String string() {
        StringBuilder value = new StringBuilder();
        expect('"');
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c < ' ' || Character.isSurrogate(c)) {
                throw error("a character that must be escaped");
            }
            value.append(c == '\\' ? escaped() : c);
        }
        at++;
        return value.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text, at - 4, at, 16);
        }
        int known = ESCAPES.indexOf(c);
        if (known < 0) {
            throw error("an unknown escape");
        }
        return ESCAPED.charAt(known);
    }

    private Long number() {
        int start = at;
        while (at < text.length()
                && (text.charAt(at) == '-' || Character.isDigit(text.charAt(at)))) {
            at++;
        }
        String digits = text.substring(start, at);
        if (!digits.matches("-?(0|[1-9][0-9]*)")) {
            throw error("no value");
        }
        return Long.valueOf(digits);
    }

    private char peek() {
        if (at >= text.length()) {
            throw error("the end");
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error("no '" + c + "'");
        }
        at++;
    }

    private IllegalArgumentException error(String what) {
        return new IllegalArgumentException(what + " at " + at + " of " + text);
    }
}
