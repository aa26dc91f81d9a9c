package org.stop4j.check;

/** Texts of manifests as they may be printed: what a terminal obeys may stand in any of them. */
final class Printable {
    private Printable() {}

    /** One line for people: a space for each control character. */
    static String line(String text) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) {
            if (isControl(plain.charAt(i))) {
                plain.setCharAt(i, ' ');
            }
        }
        return plain.toString();
    }

    /** A JSON string, with its quotes. */
    static String json(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (isControl(c) || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** A value as it is quoted in a sentence: not longer than one can read. */
    static String quoted(String text) {
        int longest = 60;
        String shown = text.length() <= longest ? text : text.substring(0, longest) + "…";
        return "\"" + shown + "\"";
    }

    private static boolean isControl(char c) {
        return Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT
                || c == '\u2028'
                || c == '\u2029';
    }
}
