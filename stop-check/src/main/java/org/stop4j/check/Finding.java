package org.stop4j.check;

/**
 * Something that was found.
 *
 * @param rule by which rule
 * @param file the file's name, as it was given
 * @param line the line, from 1
 * @param column the column, from 1
 * @param sentence what will happen
 * @param write what to write instead; may have several lines
 */
record Finding(Rule rule, String file, int line, int column, String sentence, String write) {
    private static final String INDENT = "    ";

    /** For people: one line, and below it what to write instead. */
    String text() {
        String head = file + ":" + line + ":" + column + ": " + rule.level().word() + ": "
                + sentence + " [" + rule.id() + "]";
        String[] lines = write.split("\n", -1);
        StringBuilder text = new StringBuilder(Printable.line(head));
        for (int i = 0; i < lines.length; i++) {
            text.append('\n').append(INDENT).append(i == 0 ? "write: " : "       ");
            text.append(Printable.line(lines[i]));
        }
        return text.toString();
    }

    /** For programs: one object in one line. */
    String json() {
        return "{\"file\":" + Printable.json(file) + ",\"line\":" + line + ",\"column\":" + column
                + ",\"level\":\"" + rule.level().word() + "\",\"id\":\"" + rule.id()
                + "\",\"sentence\":" + Printable.json(sentence) + ",\"write\":"
                + Printable.json(write) + "}";
    }
}
