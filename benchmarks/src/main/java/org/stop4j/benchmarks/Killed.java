package org.stop4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon a waiting command ends when the application that it waits for is killed: from {@code kill -9} of
 * the one process to the end of the other, which must be with 4.
 */
final class Killed {
    private static final int RUNS = 30;
    private static final long ALLOWED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Command command;

    Killed(Command command) {
        this.command = command;
    }

    void measure(Table table) {
        Samples samples = new Samples();
        for (int run = 0; run < RUNS; run++) {
            try (Directories directories = new Directories()) {
                samples.add(once(directories.ofItsOwn()));
            }
        }
        table.judged(
                "the application is killed, the waiting `bin/stop` has ended: median, p90, longest",
                samples.spread(),
                "",
                "",
                "≤ " + Samples.millis(ALLOWED_NANOS),
                samples.largest() <= ALLOWED_NANOS,
                samples.count());
    }

    private long once(Path directory) {
        var environment = Directories.environment(directory);
        try (Child app = Child.start(environment, Child.java(HangingApp.class, "asked", "600"))) {
            app.line("up");
            try (Child waiting = Child.start(environment, command.byLauncher())) {
                awaitTaken(directory.resolve("process.status"));
                long before = System.nanoTime();
                app.handle().destroyForcibly();
                waiting.awaitExit(4);
                return waiting.endedNanos() - before;
            }
        }
    }

    /** The status lists who has asked as soon as that was taken. */
    private static void awaitTaken(Path status) {
        long start = System.nanoTime();
        while (true) {
            try {
                if (Files.readString(status).matches("(?s).*\nrequests=[^\n].*")) {
                    return;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IllegalStateException("nobody has taken the request");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
