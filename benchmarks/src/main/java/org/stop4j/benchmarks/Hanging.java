package org.stop4j.benchmarks;

import java.util.Map;

/** From SIGTERM to the end of a process in which something hangs. */
final class Hanging {
    private static final int RUNS = 5;
    private static final int STEP_TIMEOUT_SECONDS = 3;
    private static final int HOOK_TIMEOUT_SECONDS = 1;
    private static final int FORCED = 3;

    /** A step that ignores interrupts; the steps after it are run. */
    void measureStep(Table table) {
        tell(
                table,
                "SIGTERM → process gone, a step hangs, timeout " + STEP_TIMEOUT_SECONDS
                        + " s, median",
                samples("step", STEP_TIMEOUT_SECONDS),
                STEP_TIMEOUT_SECONDS);
    }

    /** A shutdown hook of somebody else's. */
    void measureHook(Table table) {
        tell(
                table,
                "SIGTERM → process gone, a foreign shutdown hook hangs, timeout "
                        + HOOK_TIMEOUT_SECONDS + " s, median",
                samples("hook", HOOK_TIMEOUT_SECONDS),
                HOOK_TIMEOUT_SECONDS);
    }

    private static Samples samples(String what, int timeoutSeconds) {
        Samples samples = new Samples();
        for (int run = 0; run < RUNS; run++) {
            try (Child app = Child.start(
                    Map.of(),
                    Child.java(HangingApp.class, what, Integer.toString(timeoutSeconds)))) {
                app.line("up");
                samples.add(app.terminate(FORCED));
                app.line("closed");
            }
        }
        return samples;
    }

    private static void tell(Table table, String what, Samples samples, int timeoutSeconds) {
        long allowed = (timeoutSeconds + 1) * 1_000_000_000L;
        table.judged(
                what,
                Samples.millis(samples.median()) + ", at most " + Samples.millis(samples.largest()),
                "a shutdown hook that does the same: never",
                "–",
                "≤ " + (timeoutSeconds + 1) + ".0 s",
                samples.largest() <= allowed,
                samples.count());
    }
}
