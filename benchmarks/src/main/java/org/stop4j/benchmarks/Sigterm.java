package org.stop4j.benchmarks;

import java.util.Map;

/** From SIGTERM to the end of a process that has nothing to do. */
final class Sigterm {
    private static final int RUNS = 20;
    private static final long ALLOWED_MILLIS = 50;

    void measure(Table table) {
        Samples with = new Samples();
        Samples without = new Samples();
        try (Directories directories = new Directories()) {
            Map<String, String> environment = Directories.environment(directories.ofItsOwn());
            for (int run = 0; run < RUNS; run++) {
                try (Child app = Child.app(environment, "without")) {
                    without.add(app.terminate(128 + 15));
                }
                try (Child app = Child.app(environment, "with")) {
                    with.add(app.terminate(0));
                }
            }
        }
        long difference = with.median() - without.median();
        table.judged(
                "SIGTERM → process gone, nothing to do, median",
                Samples.millis(with.median()),
                "the same JVM without Stop: " + Samples.millis(without.median()),
                "+" + Samples.millis(difference),
                "≤ +" + ALLOWED_MILLIS + " ms",
                difference <= ALLOWED_MILLIS * 1_000_000,
                with.count());
    }
}
