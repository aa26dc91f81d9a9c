package org.stop4j;

/** Text for logs and terminals. */
final class Printable {
    private Printable() {}

    /** On one line, and without what a terminal obeys: a message may quote what somebody sent. */
    static String line(String text) {
        StringBuilder plain = null;
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                if (plain == null) {
                    plain = new StringBuilder(text);
                }
                plain.setCharAt(i, ' ');
            }
        }
        return plain == null ? text : plain.toString();
    }
}
