package org.stop4j.benchmarks;

import org.stop4j.Exit;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.Stop;
import org.stop4j.spi.Trigger;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs steps, phase by phase: by a {@link Stop}, or by hand with {@code invokeAll} on a cached pool.
 *
 * <p>Arguments: {@code waiting} (20 steps of 100 ms in 5 phases) or {@code empty} (10 000 steps in one
 * phase); {@code stop} or {@code executor}; and how often in this process, or {@code signal} to do it once
 * when SIGTERM comes (by a {@code Stop} that ends the process). Prints {@code took NANOS THREADS} for each time, where THREADS is how many there were
 * at most beyond those of before; or {@code up}.
 */
final class StepsApp {
    static final long CRITICAL_PATH_NANOS = 500_000_000;

    private static final List<Phase> PHASES =
            List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST);
    private static final int STEPS_A_PHASE = 4;
    private static final long STEP_MILLIS = 100;
    private static final int MANY = 10_000;

    private StepsApp() {}

    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        boolean waiting = arguments[0].equals("waiting");
        boolean byStop = arguments[1].equals("stop");
        if (arguments[2].equals("signal")) {
            awaitSignal(waiting, byStop);
        } else {
            for (int i = Integer.parseInt(arguments[2]); i > 0; i--) {
                once(waiting, byStop);
            }
        }
    }

    private static void awaitSignal(boolean waiting, boolean byStop) throws InterruptedException {
        if (byStop) {
            Stop stop = Stop.builder().onSignals().trigger(of -> new Teller()).start();
            register(stop, waiting);
            System.out.println("up");
            stop.await();
        } else {
            List<List<Callable<Void>>> phases = phases(waiting);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> runByHand(phases)));
            System.out.println("up");
            new CountDownLatch(1).await();
        }
    }

    /** Says what the report says; main may not come to it any more. */
    private static final class Teller implements Trigger.Installed {
        @Override
        public void stopped(Report report) {
            System.out.println("took " + report.took().toNanos() + " 0");
        }

        @Override
        public void close() {}
    }

    private static void once(boolean waiting, boolean byStop) throws InterruptedException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        threads.resetPeakThreadCount();
        int threadsBefore = threads.getThreadCount();
        long took = byStop ? byStop(waiting) : byHand(waiting);
        System.out.println(
                "took " + took + " " + Math.max(0, threads.getPeakThreadCount() - threadsBefore));
    }

    private static long byStop(boolean waiting) throws InterruptedException {
        Stop stop = Stop.builder().exit(Exit.never()).start();
        register(stop, waiting);
        long before = System.nanoTime();
        stop.request("measured");
        stop.await();
        return System.nanoTime() - before;
    }

    private static void register(Stop stop, boolean waiting) {
        if (waiting) {
            for (Phase phase : PHASES) {
                for (int i = 0; i < STEPS_A_PHASE; i++) {
                    stop.step(phase, phase.name() + i, StepsApp::takeTime);
                }
            }
        } else {
            for (int i = 0; i < MANY; i++) {
                stop.step(Phase.CLOSE, "step" + i, () -> {});
            }
        }
    }

    private static long byHand(boolean waiting) {
        List<List<Callable<Void>>> phases = phases(waiting);
        long before = System.nanoTime();
        runByHand(phases);
        return System.nanoTime() - before;
    }

    private static List<List<Callable<Void>>> phases(boolean waiting) {
        List<List<Callable<Void>>> phases = new ArrayList<>();
        for (int phase = 0; phase < (waiting ? PHASES.size() : 1); phase++) {
            List<Callable<Void>> steps = new ArrayList<>();
            for (int i = 0; i < (waiting ? STEPS_A_PHASE : MANY); i++) {
                steps.add(() -> {
                    if (waiting) {
                        takeTime();
                    }
                    return null;
                });
            }
            phases.add(steps);
        }
        return phases;
    }

    private static void runByHand(List<List<Callable<Void>>> phases) {
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            for (List<Callable<Void>> steps : phases) {
                for (Future<Void> step : pool.invokeAll(steps)) {
                    step.get();
                }
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** What the JDK offers for it returns a little late; that is a part of what is measured, on both sides. */
    private static void takeTime() throws InterruptedException {
        if (new CountDownLatch(1).await(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("nobody counts down");
        }
    }
}
