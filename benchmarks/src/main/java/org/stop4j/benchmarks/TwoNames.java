package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.Map;

/** Two applications under one {@code TMPDIR}, told apart by {@code STOP_NAME}. */
final class TwoNames {
    private static final int RUNS = 5;

    private final Command command;

    TwoNames(Command command) {
        this.command = command;
    }

    void measure(Table table) {
        int alone = 0;
        try (Directories directories = new Directories()) {
            Path directory = directories.shared();
            for (int run = 0; run < RUNS; run++) {
                alone += once(directory) ? 1 : 0;
            }
        }
        table.judged(
                "two applications under one TMPDIR, each stops alone",
                alone + " of " + RUNS,
                "–",
                "–",
                RUNS + " of " + RUNS,
                alone == RUNS,
                RUNS);
    }

    /** Whether the second lived on, unasked, when the first was stopped, and then stopped too. */
    private boolean once(Path directory) {
        Map<String, String> first = environment(directory, "first");
        Map<String, String> second = environment(directory, "second");
        try (Child one = Child.app(first, "with");
                Child other = Child.app(second, "with")) {
            Child.timed(first, command.byJar());
            one.awaitExit(0);
            other.rest(1);
            Child.timed(second, command.byJar());
            other.awaitExit(0);
            return true;
        }
    }

    private static Map<String, String> environment(Path directory, String name) {
        return Map.of("TMPDIR", directory.toString(), "STOP_NAME", name);
    }
}
