package org.stop4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The platform threads that work on the tasks of an executor. A {@link ForkJoinPool} can be asked of each of
 * its threads. A {@link ThreadPoolExecutor} tells how many there are, but not which: those of all such
 * executors are known by their frames, and if there are more of them than are its own, or if it is
 * hidden behind something of {@link java.util.concurrent.Executors}, each only may be one of its own.
 */
final class PoolThreads {
    private static final String POOL = ThreadPoolExecutor.class.getName();

    private PoolThreads() {}

    /**
     * Where the tasks of the executor stand now, as far as that is known. To be called aside, since the executor
     * is asked how many they are: its answer may wait for a lock that its user holds in {@code terminated}.
     */
    static List<ThreadStack> of(ExecutorService executor) {
        List<ThreadStack> stacks = new ArrayList<>();
        String type = executor.getClass().getName();
        boolean jdks = type.startsWith("java.util.concurrent.")
                && !type.equals("java.util.concurrent.ThreadPerTaskExecutor"); // has no workers
        if (!(jdks || executor instanceof ThreadPoolExecutor || executor instanceof ForkJoinPool)) {
            return stacks;
        }
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            boolean its = executor instanceof ForkJoinPool
                    ? isWorkerOf(executor, entry.getKey(), entry.getValue())
                    : isInTaskOfPool(entry.getValue());
            if (its) {
                stacks.add(
                        new ThreadStack(entry.getKey().getName(), Stacks.plain(entry.getValue())));
            }
        }
        if (isDoubtful(executor, stacks.size())) {
            stacks.replaceAll(stack -> new ThreadStack(
                    stack.thread() + " (perhaps of this executor)", stack.frames()));
        }
        return stacks;
    }

    private static boolean isDoubtful(ExecutorService executor, int found) {
        return !(executor instanceof ForkJoinPool
                || (executor instanceof ThreadPoolExecutor pool && pool.getActiveCount() == found));
    }

    private static boolean isWorkerOf(
            ExecutorService executor, Thread thread, StackTraceElement[] frames) {
        return thread instanceof ForkJoinWorkerThread worker
                && executor.equals(worker.getPool())
                && new ThreadStack("", Stacks.plain(frames)).isInSomebodysCode();
    }

    /** Whether a task has been called by such a pool: the worker is there, and does not look for one. */
    private static boolean isInTaskOfPool(StackTraceElement[] frames) {
        for (int i = 1; i < frames.length; i++) {
            if (frames[i].getClassName().equals(POOL)
                    && frames[i].getMethodName().equals("runWorker")) {
                return !frames[i - 1].getClassName().startsWith(POOL);
            }
        }
        return false;
    }
}
