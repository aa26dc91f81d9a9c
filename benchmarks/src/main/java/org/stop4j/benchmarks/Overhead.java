package org.stop4j.benchmarks;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * What the stop itself takes: 20 steps of 100 ms in 5 phases, above the 500 ms that they must take, and
 * 10 000 steps that do nothing. In a JVM that has never stopped before, as every process that ends, and in
 * one that has done it often. Beside it, the same steps by hand, with {@code invokeAll} on a cached pool.
 */
final class Overhead {
    private static final int RUNS = 20;
    private static final int WARM_UP = 5;
    private static final long OVERHEAD_ALLOWED_MILLIS = 15;
    private static final long MANY_ALLOWED_MILLIS = 150;

    /** The 20 steps. */
    void measure(Table table) {
        Figures stop = cold("waiting", "stop");
        Figures hand = cold("waiting", "executor");
        tellOverhead(table, "first stop of a JVM", stop, hand);
        tellOverhead(table, "later stops", warm("waiting", "stop"), warm("waiting", "executor"));
        tellWholeProcess(table);
    }

    /** The 10 000 steps. */
    void measureMany(Table table) {
        tellMany(table, "first stop of a JVM", cold("empty", "stop"), cold("empty", "executor"));
        tellMany(table, "later stops", warm("empty", "stop"), warm("empty", "executor"));
    }

    private static void tellOverhead(Table table, String which, Figures stop, Figures hand) {
        long above = stop.took.median() - StepsApp.CRITICAL_PATH_NANOS;
        long aboveByHand = hand.took.median() - StepsApp.CRITICAL_PATH_NANOS;
        table.judged(
                "20 steps of 100 ms in 5 phases, above 500 ms, " + which + ", median",
                Samples.millis(above),
                "`invokeAll` for each phase: " + Samples.millis(aboveByHand),
                "+" + Samples.millis(above - aboveByHand),
                "≤ " + OVERHEAD_ALLOWED_MILLIS + " ms",
                above <= OVERHEAD_ALLOWED_MILLIS * 1_000_000,
                stop.took.count());
    }

    private static void tellMany(Table table, String which, Figures stop, Figures hand) {
        table.judged(
                "10 000 empty steps in one phase, " + which + ", median",
                Samples.millis(stop.took.median()) + ", " + stop.threads.largest()
                        + " threads at most",
                "`invokeAll`: " + Samples.millis(hand.took.median()) + ", " + hand.threads.largest()
                        + " threads at most",
                Samples.ratio((double) stop.took.median() / hand.took.median()),
                "≤ " + MANY_ALLOWED_MILLIS + " ms",
                stop.took.median() <= MANY_ALLOWED_MILLIS * 1_000_000,
                stop.took.count());
    }

    private static void tellWholeProcess(Table table) {
        Samples stop = new Samples();
        Samples hand = new Samples();
        Samples bare = new Samples();
        Figures report = new Figures();
        for (int run = 0; run < RUNS; run++) {
            try (Child app = Child.app(Map.of(), "without")) {
                bare.add(app.terminate(128 + 15));
            }
            stop.add(onSignal("stop", 0, report));
            hand.add(onSignal("executor", 128 + 15, null));
        }
        long took = report.took.median() - StepsApp.CRITICAL_PATH_NANOS;
        table.judged(
                "the same by SIGTERM, of a process that was to end by it (so it was rehearsed), median",
                Samples.millis(took),
                "–",
                "–",
                "≤ " + OVERHEAD_ALLOWED_MILLIS + " ms",
                took <= OVERHEAD_ALLOWED_MILLIS * 1_000_000,
                report.took.count());
        long above = stop.median() - bare.median() - StepsApp.CRITICAL_PATH_NANOS;
        long byHand = hand.median() - bare.median() - StepsApp.CRITICAL_PATH_NANOS;
        table.told(
                "the same from SIGTERM to the end of the process, above a bare JVM, median",
                Samples.millis(above),
                "`invokeAll` in a shutdown hook: " + Samples.millis(byHand),
                (above < byHand ? "" : "+") + Samples.millis(above - byHand),
                stop.count());
    }

    private static long onSignal(String by, int code, @Nullable Figures report) {
        try (Child app =
                Child.start(Map.of(), Child.java(StepsApp.class, "waiting", by, "signal"))) {
            app.line("up");
            long gone = app.terminate(code);
            if (report != null) {
                report.add(app.line("took "));
            }
            return gone;
        }
    }

    /** Each time in a JVM of its own. */
    private static Figures cold(String shape, String by) {
        Figures figures = new Figures();
        for (int run = 0; run < RUNS; run++) {
            try (Child app = Child.start(Map.of(), Child.java(StepsApp.class, shape, by, "1"))) {
                figures.add(app.line("took "));
                app.awaitExit(0);
            }
        }
        return figures;
    }

    /** All in one JVM, the first of them not counted. */
    private static Figures warm(String shape, String by) {
        Figures figures = new Figures();
        String times = Integer.toString(WARM_UP + RUNS);
        try (Child app = Child.start(Map.of(), Child.java(StepsApp.class, shape, by, times))) {
            for (int run = 0; run < WARM_UP; run++) {
                app.line("took ");
            }
            for (int run = 0; run < RUNS; run++) {
                figures.add(app.line("took "));
            }
            app.awaitExit(0);
        }
        return figures;
    }

    private static final class Figures {
        private final Samples took = new Samples();
        private final Samples threads = new Samples();

        /** What {@link StepsApp} says. */
        void add(String line) {
            String[] words = line.split(" ", -1);
            took.add(Long.parseLong(words[1]));
            threads.add(Long.parseLong(words[2]));
        }
    }
}
