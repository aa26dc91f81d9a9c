package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the servlet filter costs: the throughput of one Tomcat with it, beside that without. The ratio is the median
 * of the ratios within one round, so that what disturbs the machine for a while disturbs both sides.
 */
final class ServletFilterCost {
    private static final int ROUNDS = 31;
    private static final int HALF_ROUND_MILLIS = 1000;
    private static final double LEAST_RATIO = 0.98;

    private final Path root;

    ServletFilterCost(Path root) {
        this.root = root;
    }

    void measure(Table table) {
        Samples without = new Samples();
        Samples with = new Samples();
        List<Double> ratios = new ArrayList<>();
        List<String> command = List.of(
                Child.javaProgram(),
                "-cp",
                root.resolve("benchmarks/target/jmh.jar").toString(),
                "org.stop4j.benchmarks.servlet.FilterRounds",
                Integer.toString(ROUNDS),
                Integer.toString(HALF_ROUND_MILLIS));
        try (Child rounds = Child.start(Map.of(), command)) {
            for (int round = 0; round < ROUNDS; round++) {
                String[] words = rounds.line("round ").split(" ", -1);
                without.add(Long.parseLong(words[1]));
                with.add(Long.parseLong(words[2]));
                ratios.add(Double.parseDouble(words[2]) / Double.parseDouble(words[1]));
            }
            rounds.awaitExit(0);
        }
        Collections.sort(ratios);
        double ratio = ratios.get(ratios.size() / 2);
        table.judged(
                "throughput of Tomcat with the servlet filter, 4 clients, median",
                with.median() + " requests/s",
                "without: " + without.median() + " requests/s",
                String.format(Locale.ROOT, "%.3f", ratio),
                "≥ " + LEAST_RATIO,
                ratio >= LEAST_RATIO,
                ratios.size());
    }
}
