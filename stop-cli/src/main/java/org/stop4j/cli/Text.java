package org.stop4j.cli;

import org.stop4j.StopAnswer.Result;

/** Text for terminals and for programs. */
final class Text {
    private Text() {}

    /** Without what a terminal obeys: the application may quote what somebody has sent it. */
    static String printable(String text) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) {
            if (Character.isISOControl(plain.charAt(i)) && plain.charAt(i) != '\n') {
                plain.setCharAt(i, ' ');
            }
        }
        return plain.toString();
    }

    /** The same on one line: a directory may be named so that it looks like two. */
    static String oneLine(String text) {
        return printable(text).replace('\n', ' ');
    }

    /** A result as one JSON object in one line; the report is JSON already, or empty. */
    static String json(Result result, String message, String report) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"event\":\"result\",\"result\":\"").append(result.name());
        json.append("\",\"exitCode\":").append(result.exitCode());
        json.append(",\"message\":\"");
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (Character.isISOControl(c)) {
                String hex = Integer.toHexString(c);
                json.append("\\u0000", 0, 6 - hex.length()).append(hex);
            } else {
                json.append(c);
            }
        }
        json.append('"');
        if (!report.isEmpty()) {
            // It is the application's: in JSON no control character stands for itself.
            json.append(",\"report\":").append(oneLine(report));
        }
        return json.append('}').toString();
    }
}
