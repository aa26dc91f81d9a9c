package org.stop4j.internal;

import java.util.Locale;

/** Writes JSON, in one line; {@link JsonReader} reads it. */
public final class Json {
    private final StringBuilder text = new StringBuilder(256);
    private boolean first = true;

    /** Begins an object, as the value of a field, an element of an array, or the whole. */
    public Json object() {
        return open('{');
    }

    /** Begins an array. */
    public Json array() {
        return open('[');
    }

    /** Ends the object. */
    public Json endObject() {
        return close('}');
    }

    /** Ends the array. */
    public Json endArray() {
        return close(']');
    }

    /** Names the field whose value comes next. */
    public Json field(String name) {
        string(name);
        text.append(':');
        first = true;
        return this;
    }

    /** Adds a string. */
    public Json string(String value) {
        separate();
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            escape(value.charAt(i));
        }
        text.append('"');
        return this;
    }

    /** Adds a number. */
    public Json number(long value) {
        separate();
        text.append(value);
        return this;
    }

    /** Adds something that is JSON already. */
    public Json json(String value) {
        separate();
        text.append(value);
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private Json open(char bracket) {
        separate();
        text.append(bracket);
        first = true;
        return this;
    }

    private Json close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                // U+2028 and U+2029 end a line in JavaScript;
                // a lone surrogate cannot be written in UTF-8.
                // A terminal obeys U+009B as it does ESC and '['.
                if (c < ' '
                        || (c >= 0x7f && c <= 0x9f)
                        || c == '\u2028'
                        || c == '\u2029'
                        || Character.isSurrogate(c)) {
                    text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
        }
    }
}
