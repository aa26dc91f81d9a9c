package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs one step once, on a thread of its own, and leaves it behind when its time is over. */
final class StepRun {
    private final String name;
    private final Step step;
    private final Deadline deadline;
    /** Its own thread; changed only when there is none to be had. */
    private volatile Thread thread;

    private final CountDownLatch ended = new CountDownLatch(1);
    /** Written before {@code ended} is counted down, read after it. */
    private volatile @Nullable Throwable failure;

    StepRun(String name, Step step, Deadline deadline) {
        this.name = name;
        this.step = step;
        this.deadline = deadline;
        thread = new Thread(this::work, "stop-step-" + name);
        thread.setDaemon(true);
    }

    String name() {
        return name;
    }

    boolean isOn(Thread other) {
        return thread == other;
    }

    /** Runs the step; returns when it has ended or its time is over, whichever comes first. */
    StepReport run(Ticker ticker) {
        long start = ticker.nanos();
        try {
            thread.start();
        } catch (OutOfMemoryError noThreadLeft) {
            // Then the step cannot be left behind if it hangs; but most do not,
            // and every one is attempted.
            thread = Thread.currentThread();
            work();
        }
        boolean inTime = awaitEnd();
        // The stack first: after the interrupt the thread may be anywhere.
        List<StackTraceElement> stack = inTime ? List.of() : stackOf(thread);
        Duration took = Duration.ofNanos(ticker.nanos() - start);
        if (ended.getCount() > 0) {
            thread.interrupt();
            return new StepReport(name, StepReport.Result.HUNG, took, null, stack);
        }
        Throwable thrown = failure;
        return thrown == null
                ? new StepReport(name, StepReport.Result.DONE, took, null, List.of())
                : new StepReport(name, StepReport.Result.FAILED, took, thrown, List.of());
    }

    // Whatever a step throws, Errors included, is in the report; the stop goes on.
    private void work() {
        try {
            step.run(deadline);
        } catch (Throwable thrown) {
            failure = thrown;
        } finally {
            ended.countDown();
        }
    }

    private boolean awaitEnd() {
        while (true) {
            try {
                return ended.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException notForUs) {
                // The thread of the stop is ours; an interrupt that some step sends to every thread
                // it can find must not cut the stop short.
            }
        }
    }

    /** Without what JDK 17 writes before every class name: {@code app//}, {@code java.base@17.0.15/}. */
    private static List<StackTraceElement> stackOf(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> new StackTraceElement(
                        null,
                        frame.getModuleName(),
                        null,
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber()))
                .toList();
    }

    /**
     * Gives up a step that has called {@link System#exit}: it waits in there for the hook that waits for
     * this stop. Seen by {@code Runtime.exit} and not by {@code java.lang.Shutdown}, where {@code
     * File.deleteOnExit} also passes through.
     */
    void giveUpIfExiting() {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Runtime")
                    && frame.getMethodName().equals("exit")) {
                failure = new IllegalStateException("step \"" + name
                        + "\" called System.exit; the process ends with its exit code");
                ended.countDown();
                return;
            }
        }
    }
}
