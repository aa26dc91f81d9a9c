package org.stop4j.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The rows of all measures, printed as one Markdown table. */
final class Table {
    private static final List<String> HEAD = List.of(
            "measure",
            "result",
            "compared with",
            "ratio or difference",
            "at least",
            "reached",
            "JDK",
            "runs");

    private final List<List<String>> rows = new ArrayList<>();
    private final PrintStream progress;

    /** Each row goes to {@code progress} too, as soon as it is known. */
    Table(PrintStream progress) {
        this.progress = progress;
        rows.add(HEAD);
    }

    /** A row with a promise. */
    void judged(
            String measure,
            String result,
            String comparedWith,
            String ratio,
            String atLeast,
            boolean reached,
            int runs) {
        add(measure, result, comparedWith, ratio, atLeast, reached ? "yes" : "**no**", runs);
    }

    /** A row that only informs. */
    void told(String measure, String result, String comparedWith, String ratio, int runs) {
        add(measure, result, comparedWith, ratio, "–", "–", runs);
    }

    /** A row that says why there is no figure. */
    void missing(String measure, String why) {
        add(measure, "not measured: " + why, "–", "–", "–", "–", 0);
    }

    private void add(
            String measure,
            String result,
            String comparedWith,
            String ratio,
            String atLeast,
            String reached,
            int runs) {
        String jdk = Integer.toString(Runtime.version().feature());
        List<String> row = List.of(
                measure,
                result,
                comparedWith,
                ratio,
                atLeast,
                reached,
                jdk,
                Integer.toString(runs));
        rows.add(row);
        progress.println(String.join("  |  ", row));
    }

    /** Prints all of it, the columns aligned. */
    void print(PrintStream out) {
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            printRow(out, rows.get(i), widths);
            if (i == 0) {
                printRow(out, rows.get(0).stream().map(cell -> "---").toList(), widths);
            }
        }
    }

    private static void printRow(PrintStream out, List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            line.append(' ').append(cell).append(" ".repeat(widths[i] - cell.length()));
            line.append(" |");
        }
        out.println(line);
    }
}
