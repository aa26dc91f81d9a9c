package org.stop4j;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The steps that {@link Step} offers for things of the JDK. */
final class ReadyMade {
    private ReadyMade() {}

    /** A step whose own thread only waits for another. */
    interface WaitsForThread {
        Thread awaited();
    }

    /** Of what is left, what the polite way may take; the rest is for the other. */
    private static long politeNanos(Deadline deadline) {
        return deadline.remainingNanos() / 10 * 9;
    }

    record ShutDown(ExecutorService executor) implements Step {
        @Override
        public void run(Deadline deadline) throws Exception {
            if (executor instanceof ScheduledThreadPoolExecutor scheduled) {
                // Otherwise a task that is due in an hour would be waited for.
                scheduled.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
                scheduled.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
            }
            executor.shutdown();
            boolean ended;
            try {
                ended = executor.awaitTermination(politeNanos(deadline), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                executor.shutdownNow();
                throw e;
            }
            if (!ended) {
                forced(deadline);
            }
        }

        private void forced(Deadline deadline) throws Exception {
            List<Runnable> neverBegun = executor.shutdownNow();
            boolean ended =
                    executor.awaitTermination(deadline.remainingNanos() / 2, TimeUnit.NANOSECONDS);
            throw new TimeoutException("tasks were still running and have been interrupted; "
                    + neverBegun.size() + " had not begun"
                    + (ended ? "" : "; some have not ended even now"));
        }
    }

    record Interrupt(Thread awaited) implements Step, WaitsForThread {
        @Override
        public void run(Deadline deadline) throws Exception {
            if (awaited == Thread.currentThread()) {
                throw new IllegalStateException("a step cannot wait for its own thread");
            }
            awaited.interrupt();
            // Beyond the deadline on purpose: then the stop sees where the thread hangs, and says
            // so.
            awaited.join();
        }
    }

    record Destroy(Process process) implements Step {
        @Override
        public void run(Deadline deadline) throws Exception {
            process.destroy();
            boolean ended;
            try {
                ended = process.waitFor(politeNanos(deadline), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                throw e;
            }
            if (!ended) {
                process.destroyForcibly();
                boolean gone = process.waitFor(deadline.remainingNanos() / 2, TimeUnit.NANOSECONDS);
                throw new TimeoutException("process " + process.pid()
                        + " did not end when it was asked ("
                        + (gone ? "then it was killed" : "and has not even when it was killed")
                        + ")");
            }
        }
    }
}
