package org.stop4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The steps that {@link Step} offers for things of the JDK.
 *
 * <p>Each asks politely, then uses force, then waits as long as it takes, through interrupts too: by then
 * all is done that can be. So what does not even end by force is seen as what it is, a step that hangs, and
 * the stop leaves it behind at its limit.
 */
final class ReadyMade {
    private static final long MOST_LOOK_MILLIS = 300;

    private ReadyMade() {}

    /** Of what is left, what the polite way may take; the rest is for the other. */
    static long politeNanos(Deadline deadline) {
        return deadline.remainingNanos() / 10 * 9;
    }

    /** Something that ends. */
    @FunctionalInterface
    interface End {
        /** Returns whether it has ended in that time. */
        boolean await(long nanos) throws InterruptedException;
    }

    /** Waits for it, however long and however often interrupted; returns whether it was interrupted. */
    static boolean awaitAtLast(End end) throws TimeoutException {
        boolean interrupted = false;
        while (true) {
            try {
                if (!end.await(Long.MAX_VALUE)) {
                    throw new TimeoutException("it did not wait for its end");
                }
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    static String since(Deadline deadline, long begunWith) {
        return Durations.plain(
                Duration.ofNanos(Math.max(0, begunWith - deadline.remainingNanos())));
    }

    record ShutDown(ExecutorService executor) implements Step {
        @Override
        public void run(Deadline deadline) throws Exception {
            if (executor.equals(ForkJoinPool.commonPool())) {
                awaitCommonPool(deadline);
                return;
            }
            long begunWith = deadline.remainingNanos();
            shutDown();
            boolean interrupted = false;
            try {
                if (awaitEnd(politeNanos(deadline))) {
                    return;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
            force(deadline, since(deadline, begunWith), interrupted);
        }

        /**
         * A pool of Java 25 whose last task ends while it is being shut down at times overlooks that only delayed ones
         * are left, and waits for them for ever. When it is told again, it sees.
         */
        private boolean awaitEnd(long nanos) throws InterruptedException {
            if (!(executor instanceof ForkJoinPool)) {
                return executor.awaitTermination(nanos, TimeUnit.NANOSECONDS);
            }
            long left = nanos;
            long slice = TimeUnit.MILLISECONDS.toNanos(5);
            while (!executor.awaitTermination(Math.min(slice, left), TimeUnit.NANOSECONDS)) {
                left -= slice;
                if (left <= 0) {
                    return false;
                }
                slice = Math.min(2 * slice, TimeUnit.SECONDS.toNanos(1));
                executor.shutdown();
            }
            return true;
        }

        private void shutDown() {
            if (executor instanceof ScheduledThreadPoolExecutor scheduled) {
                // Otherwise a task that is due in an hour would be waited for.
                scheduled.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
                scheduled.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
            } else if (executor instanceof ScheduledExecutorService hidden
                    && executor.getClass()
                            .getName()
                            .startsWith("java.util.concurrent.Executors$")) {
                dropWhatIsNotDue(hidden);
            }
            if (executor instanceof ForkJoinPool pool) {
                dropWhatIsNotDue(pool);
            }
            executor.shutdown();
        }

        /** From Java 25 on, such a pool schedules, too. */
        private static void dropWhatIsNotDue(ForkJoinPool pool) {
            try {
                ForkJoinPool.class.getMethod("cancelDelayedTasksOnShutdown").invoke(pool);
            } catch (NoSuchMethodException olderJava) {
                // then it has none
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        }

        /**
         * For {@link java.util.concurrent.Executors#newSingleThreadScheduledExecutor}, which hides the
         * policy that would do this: a task that comes after those that run or are due, and before all
         * others. It is the only one to run then, so nobody else is interrupted.
         */
        private static void dropWhatIsNotDue(ScheduledExecutorService hidden) {
            try {
                hidden.execute(hidden::shutdownNow);
            } catch (RejectedExecutionException alreadyShutDown) {
                // Then it has been decided elsewhere what becomes of the delayed ones.
            }
        }

        /** It cannot be shut down, and need not be: its threads keep no process alive. */
        private void awaitCommonPool(Deadline deadline) throws StillRunningException {
            ForkJoinPool common = ForkJoinPool.commonPool();
            long begunWith = deadline.remainingNanos();
            if (!common.awaitQuiescence(politeNanos(deadline), TimeUnit.NANOSECONDS)) {
                throw new StillRunningException(
                        "the common pool, which cannot be shut down, was still at work after "
                                + since(deadline, begunWith),
                        tasks(deadline));
            }
        }

        private void force(Deadline deadline, String after, boolean interrupted) throws Exception {
            List<ThreadStack> stacks = interrupted ? List.of() : tasks(deadline);
            int running = running();
            List<Runnable> neverBegun = executor.shutdownNow();
            boolean again =
                    awaitAtLast(nanos -> executor.awaitTermination(nanos, TimeUnit.NANOSECONDS));
            String words = words(after, running, neverBegun.size(), stacks);
            if (interrupted || again) {
                throw new InterruptedException(words);
            }
            throw new StillRunningException(words, stacks);
        }

        private static String words(
                String after, int running, int neverBegun, List<ThreadStack> stacks) {
            String tasks = running < 0
                    ? "tasks were"
                    : running == 1 ? "1 task was" : running + " tasks were";
            String dropped = neverBegun == 0
                    ? ""
                    : "; " + neverBegun + " that had not begun "
                            + (neverBegun == 1 ? "was" : "were") + " dropped";
            String place = stacks.isEmpty() ? "" : "; first at " + stacks.get(0).place();
            return tasks + " still running after " + after + ", interrupted, and then ended"
                    + dropped + place;
        }

        /** How many tasks run; -1 if nobody knows. */
        private int running() {
            if (executor instanceof ThreadPoolExecutor pool) {
                return pool.getActiveCount();
            }
            return executor instanceof ForkJoinPool pool ? pool.getActiveThreadCount() : -1;
        }

        /** Where its tasks stand. The look at them must not keep them from being interrupted. */
        private List<ThreadStack> tasks(Deadline deadline) {
            Look look = new Look(List.of(new Look.Subject("", StepWork.of(this), null)));
            Thread looking = new Thread(look, "stop-look");
            looking.setDaemon(true);
            try {
                looking.start();
                looking.join(Math.min(MOST_LOOK_MILLIS, deadline.remaining().toMillis() / 2) + 1);
            } catch (OutOfMemoryError noThreadLeft) {
                return look.found().get(0);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // for what comes next, which waits
            }
            look.abandon();
            return look.found().get(0);
        }
    }

    record Interrupt(Thread thread) implements Step {
        @Override
        public void run(Deadline deadline) throws Exception {
            if (thread == Thread.currentThread()) {
                throw new IllegalStateException("a step cannot wait for its own thread");
            }
            thread.interrupt();
            boolean interrupted = awaitAtLast(nanos -> {
                thread.join();
                return true;
            });
            if (interrupted) {
                throw new InterruptedException();
            }
        }
    }

    record Destroy(Process process) implements Step {
        @Override
        public void run(Deadline deadline) throws Exception {
            long begunWith = deadline.remainingNanos();
            process.destroy();
            boolean interrupted = false;
            try {
                if (process.waitFor(politeNanos(deadline), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
            kill(since(deadline, begunWith), interrupted);
        }

        private void kill(String after, boolean interrupted) throws Exception {
            String name = name();
            // Asked before: when it is dead, nobody knows any more what it has started.
            List<ProcessHandle> below = descendants();
            process.destroyForcibly();
            for (ProcessHandle one : below) {
                one.destroyForcibly();
            }
            boolean again = awaitAtLast(nanos -> process.waitFor(nanos, TimeUnit.NANOSECONDS));
            String words = name + " had not ended " + after
                    + " after it was asked to, and was killed"
                    + (below.isEmpty() ? "" : ", with " + below.size() + " that it had started");
            if (interrupted || again) {
                throw new InterruptedException(words);
            }
            throw new TimeoutException(words);
        }

        /** {@code process 4711 (/bin/sleep)}. */
        private String name() {
            try {
                String command = process.info().command().orElse("");
                return "process " + process.pid() + (command.isEmpty() ? "" : " (" + command + ')');
            } catch (UnsupportedOperationException notOfTheJdk) {
                return "the process";
            }
        }

        private List<ProcessHandle> descendants() {
            List<ProcessHandle> all = new ArrayList<>();
            try {
                process.descendants().forEach(all::add);
            } catch (UnsupportedOperationException notOfTheJdk) {
                // Then it has none that anybody knows.
            }
            return all;
        }
    }
}
