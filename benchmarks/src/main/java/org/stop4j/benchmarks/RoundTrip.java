package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command as a whole process, from before its start to its end, against an application that is up
 * and stops at once; in turn with JVMs that run an empty main.
 */
final class RoundTrip {
    private static final int RUNS = 20;
    private static final double ALLOWED = 2.5;

    private final Command command;

    RoundTrip(Command command) {
        this.command = command;
    }

    void measure(Table table) {
        try (Directories directories = new Directories()) {
            Path own = directories.ofItsOwn();
            Path shared = directories.shared();
            Path jar = EmptyJar.in(directories.ofItsOwn());
            List<Kind> kinds = List.of(
                    new Kind("`java -jar stop.jar`, private directory", command.byJar(), own, true),
                    new Kind(
                            "`java -jar stop.jar`, shared directory",
                            command.byJar(),
                            shared,
                            false),
                    new Kind("`bin/stop`, private directory", command.byLauncher(), own, true));
            for (int run = 0; run < RUNS; run++) {
                for (Kind kind : kinds) {
                    kind.once(jar, run % 2 == 0);
                }
            }
            for (Kind kind : kinds) {
                kind.tell(table);
            }
        }
    }

    /** One way to run the command, and its figures. */
    private static final class Kind {
        private final String name;
        private final List<String> command;
        private final Map<String, String> environment;
        /** Not in a shared directory, where half the period of the application's poll comes on top. */
        private final boolean judged;

        private final Samples whole = new Samples();
        private final Samples empty = new Samples();
        private final Samples emptyByJar = new Samples();

        Kind(String name, List<String> command, Path directory, boolean judged) {
            this.judged = judged;
            this.name = name;
            this.command = command;
            this.environment = Directories.environment(directory);
        }

        /** The order changes from run to run, so that nobody always comes after the others. */
        void once(Path emptyJar, boolean emptyFirst) {
            try (Child app = Child.app(environment, "with")) {
                if (emptyFirst) {
                    compare(emptyJar);
                }
                whole.add(Child.timed(environment, command));
                app.awaitExit(0);
                if (!emptyFirst) {
                    compare(emptyJar);
                }
            }
        }

        private void compare(Path emptyJar) {
            List<String> main = new ArrayList<>(Child.java(EmptyMain.class));
            main.add(1, Child.FAST_START);
            empty.add(Child.timed(environment, main));
            emptyByJar.add(Child.timed(
                    environment,
                    List.of(Child.javaProgram(), Child.FAST_START, "-jar", emptyJar.toString())));
        }

        void tell(Table table) {
            String measure = "round trip of " + name + ", median";
            String result = Samples.millis(whole.median());
            String compared =
                    "an empty main, same flags, class path: " + Samples.millis(empty.median());
            double ratio = (double) whole.median() / empty.median();
            if (judged) {
                table.judged(
                        measure,
                        result,
                        compared,
                        Samples.ratio(ratio),
                        "≤ " + ALLOWED + " ×",
                        ratio <= ALLOWED,
                        whole.count());
            } else {
                table.told(measure, result, compared, Samples.ratio(ratio), whole.count());
            }
            table.told(
                    "the same",
                    Samples.millis(whole.median()),
                    "an empty main, same flags, -jar: " + Samples.millis(emptyByJar.median()),
                    Samples.ratio((double) whole.median() / emptyByJar.median()),
                    whole.count());
        }
    }
}
