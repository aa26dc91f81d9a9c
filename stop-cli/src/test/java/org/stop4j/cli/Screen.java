package org.stop4j.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A terminal, as far as the command uses one: characters, carriage return, line feed, erasing to the end of the
 * screen, wrapping on and off. Made narrower, it breaks the lines that are there, as modern terminals do, and the
 * cursor stays with the character it was on.
 */
final class Screen {
    private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
    private int width;
    private int row;
    private int column;
    private boolean wraps = true;
    private int erasedBeforeDrawing;

    Screen(int width) {
        this.width = width;
    }

    /** What is to be seen, without empty rows at the end. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (StringBuilder each : rows) {
            lines.add(each.toString().stripTrailing());
        }
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    boolean wraps() {
        return wraps;
    }

    /** How often something was erased that was seen, and not drawn over: that is what flickers. */
    int flickers() {
        return erasedBeforeDrawing;
    }

    /** Shows what a program writes in one piece. */
    void write(String text) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\033') {
                int end = i + 2;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                obey(text.substring(i + 2, end + 1), i == 0 && text.length() > end + 1);
                i = end + 1;
                continue;
            }
            put(c);
            i++;
        }
    }

    private void obey(String sequence, boolean beforeDrawing) {
        switch (sequence) {
            case "J" -> {
                if (beforeDrawing && rows.get(row).length() > column) {
                    erasedBeforeDrawing++;
                }
                erase();
            }
            case "?7l" -> wraps = false;
            case "?7h" -> wraps = true;
            default -> throw new IllegalArgumentException("unknown sequence " + sequence);
        }
    }

    private void erase() {
        while (rows.size() > row + 1) {
            rows.remove(rows.size() - 1);
        }
        rows.get(row).setLength(Math.min(column, rows.get(row).length()));
    }

    private void put(char c) {
        if (c == '\r') {
            column = 0;
            return;
        }
        if (c == '\n') {
            nextRow();
            return;
        }
        if (column == width) {
            if (wraps) {
                nextRow();
            } else {
                column = width - 1;
            }
        }
        StringBuilder line = rows.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column, c);
        column++;
    }

    private void nextRow() {
        row++;
        column = 0;
        if (row == rows.size()) {
            rows.add(new StringBuilder());
        }
    }

    /** The user makes the window narrower. */
    void narrow(int newWidth) {
        List<StringBuilder> broken = new ArrayList<>();
        int newRow = 0;
        int newColumn = 0;
        for (int i = 0; i < rows.size(); i++) {
            String line = rows.get(i).toString();
            int first = broken.size();
            for (int from = 0; from == 0 || from < line.length(); from += newWidth) {
                broken.add(new StringBuilder(
                        line.substring(from, Math.min(line.length(), from + newWidth))));
            }
            if (i == row) {
                newRow = first + column / newWidth;
                newColumn = column % newWidth;
            }
        }
        while (broken.size() <= newRow) {
            broken.add(new StringBuilder());
        }
        rows.clear();
        rows.addAll(broken);
        width = newWidth;
        row = newRow;
        column = newColumn;
    }
}
