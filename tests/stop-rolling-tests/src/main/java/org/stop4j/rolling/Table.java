package org.stop4j.rolling;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs as one Markdown table: a line for each, and at the end one for all of each server and measure, which
 * has the sums of the counts and the medians of the times. "In flight" is at the signal; "sent back" are those
 * of them that were refused politely.
 */
final class Table {
    private static final List<String> HEAD = List.of(
            "server",
            "measure",
            "run",
            "in flight",
            "lost",
            "sent back",
            "sent",
            "answered",
            "503",
            "unprocessed",
            "no connection",
            "broken off",
            "wrong or none",
            "signal to exit",
            "exit codes");

    private final Map<String, List<Measured>> runs = new LinkedHashMap<>();

    synchronized void add(Measured run) {
        runs.computeIfAbsent(run.server() + run.measure(), key -> new ArrayList<>())
                .add(run);
    }

    private synchronized Collection<List<Measured>> groups() {
        return runs.values().stream().map(List::copyOf).toList();
    }

    private static List<String> row(String run, List<Measured> runs) {
        Measured first = runs.get(0);
        return List.of(
                first.server().toString(),
                first.measure(),
                run,
                sum(runs.stream().mapToInt(one -> one.inFlight().size())),
                sum(runs.stream().mapToInt(one -> one.lost().size())),
                sum(runs.stream().mapToInt(one -> one.sentBack().size())),
                sum(runs.stream().mapToInt(one -> one.ledger().begun())),
                count(runs, Result.ANSWERED),
                count(runs, Result.REFUSED),
                count(runs, Result.UNPROCESSED),
                count(runs, Result.NOT_CONNECTED),
                count(runs, Result.RESET, Result.HUNG_UP, Result.CUT_OFF),
                count(runs, Result.WRONG, Result.SILENT),
                millis(runs) + " ms",
                runs.stream()
                        .flatMap(one -> one.stopped().stream())
                        .map(stop -> Integer.toString(stop.exitCode()))
                        .distinct()
                        .collect(Collectors.joining(", ")));
    }

    private static String count(List<Measured> runs, Result... results) {
        return sum(runs.stream().mapToInt(one -> one.ledger().count(results)));
    }

    private static String sum(IntStream counts) {
        return Integer.toString(counts.sum());
    }

    /** The median over all instances that were stopped. */
    private static long millis(List<Measured> runs) {
        List<Long> sorted = runs.stream()
                .flatMap(one -> one.stopped().stream())
                .map(Stopped::millis)
                .sorted()
                .toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(half)
                : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Prints all of it, the columns aligned. */
    void print(PrintStream out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        for (List<Measured> group : groups()) {
            for (int i = 0; i < group.size(); i++) {
                rows.add(row(Integer.toString(i + 1), List.of(group.get(i))));
            }
        }
        for (List<Measured> group : groups()) {
            rows.add(row("all " + group.size(), group));
        }
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        printRow(out, HEAD, widths);
        printRow(out, HEAD.stream().map(cell -> "---").toList(), widths);
        rows.stream().skip(1).forEach(row -> printRow(out, row, widths));
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
