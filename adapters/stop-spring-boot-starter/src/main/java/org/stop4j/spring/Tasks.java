package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.stop4j.Deadline;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * What executors and schedulers run, and the step that waits for it.
 *
 * <p>A task is work of this process's own at the gate while it runs: so it is listed by name and age, and phase {@link
 * org.stop4j.Phase#DRAIN} waits for it. It is not refused when the gate is closed already: a request that is in flight and
 * hands over a task would fail. Such a task, what waits in queues, and what those begin in their turn, is waited for by
 * this step, before the first executor is shut down.
 *
 * <p>At the gate is what has begun, not what was handed over: whether an executor has taken a task is not known where it is
 * decorated, and one that it refuses, or drops from its queue, would be waited for there until the time is over. Here, what
 * was handed over is known until it begins, or until nobody has it any more; and what has not begun although no queue has
 * anything and nothing has run for a second, was refused.
 */
final class Tasks implements Step {
    static final String NAME = "tasks";
    /** The name of the bean. */
    static final String BEAN = "stopTasks";

    private static final Log LOG = LogFactory.getLog(Tasks.class);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Stop stop;
    private final AsyncMethods methods;
    // All below are guarded by the lock; one that parks virtual threads, instead of pinning them.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Set<ThreadPoolTaskExecutor> pools =
            Collections.newSetFromMap(new WeakHashMap<>());
    /** Weak, or what is refused would stay here for ever. */
    private final Map<Task, Boolean> handedOver = new WeakHashMap<>();

    private final Set<Run> running = new LinkedHashSet<>();
    /** The names of executors on whose threads somebody is at work whom nobody may wait for. */
    private final Set<String> left = new HashSet<>();

    private long begun;

    Tasks(Stop stop, AsyncMethods methods) {
        this.stop = stop;
        this.methods = methods;
    }

    // ---- decorating

    /** What is handed to a pool, which may have it wait in its queue. */
    TaskDecorator ofPool(
            ThreadPoolTaskExecutor pool, String executor, @Nullable TaskDecorator inner) {
        lock.lock();
        try {
            pools.add(pool);
        } finally {
            lock.unlock();
        }
        return handedOver(executor, inner);
    }

    /** What is handed to any executor. */
    TaskDecorator handedOver(String executor, @Nullable TaskDecorator inner) {
        return task -> {
            String name = TaskNames.submitted(task, methods.take(), executor);
            Task decorated = new Task(name, executor, decorated(inner, task));
            lock.lock();
            try {
                handedOver.put(decorated, true);
            } finally {
                lock.unlock();
            }
            return decorated;
        };
    }

    /** What is run when it is due, perhaps many times, and is decorated once. */
    TaskDecorator ofScheduler(String scheduler, @Nullable TaskDecorator inner) {
        return task -> new Task(TaskNames.scheduled(task), scheduler, decorated(inner, task));
    }

    private static Runnable decorated(@Nullable TaskDecorator inner, Runnable task) {
        return inner == null ? task : inner.decorate(task);
    }

    // ---- running

    private final class Task implements Runnable {
        private final String name;
        private final String executor;
        private final Runnable inner;

        Task(String name, String executor, Runnable inner) {
            this.name = name;
            this.executor = executor;
            this.inner = inner;
        }

        @Override
        public void run() {
            Work work = stop.gate().isOpen() // or it would count as refused
                    ? stop.gate().tryEnterOwn(name, "by its executor").orElse(null)
                    : null;
            Run run = new Run(name, executor, Thread.currentThread(), work);
            begin(this, run);
            try {
                inner.run();
            } finally {
                end(run);
                run.leaveGate();
            }
        }
    }

    /** One run of a task. A class without an equality of its own: a task may run twice at once. */
    private static final class Run {
        final String name;
        final String executor;
        final Thread thread;
        /** Of the thread alone. */
        private @Nullable Work work;

        Run(String name, String executor, Thread thread, @Nullable Work work) {
            this.name = name;
            this.executor = executor;
            this.thread = thread;
            this.work = work;
        }

        void leaveGate() {
            Work its = work;
            work = null;
            if (its != null) {
                its.close();
            }
        }
    }

    private void begin(Task task, Run run) {
        lock.lock();
        try {
            running.add(run);
            handedOver.remove(task);
            begun++;
        } finally {
            lock.unlock();
        }
    }

    /** Says that what runs on this thread is to be waited for by nobody: it waits itself for what waits for tasks. */
    void leave() {
        List<Run> its = new ArrayList<>();
        lock.lock();
        try {
            for (Run run : running) {
                if (run.thread == Thread.currentThread()) {
                    its.add(run);
                    left.add(run.executor);
                }
            }
            its.forEach(running::remove);
            news.signalAll();
        } finally {
            lock.unlock();
        }
        its.forEach(Run::leaveGate);
    }

    /** Whether somebody on a thread of the executor is not to be waited for. */
    boolean hasLeft(String executor) {
        lock.lock();
        try {
            return left.contains(executor);
        } finally {
            lock.unlock();
        }
    }

    private void end(Run run) {
        lock.lock();
        try {
            running.remove(run);
            if (running.isEmpty()) {
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the step

    /**
     * Waits until nothing runs, and nothing waits to be run.
     *
     * @throws TimeoutException if nine tenths of the time are over before
     */
    @Override
    public void run(Deadline deadline) throws InterruptedException, TimeoutException {
        long begunWith = deadline.remainingNanos();
        long kept = begunWith / 10;
        lock.lock();
        try {
            long left = begunWith;
            long calmFrom = left;
            long begunThen = begun;
            while (!isOver() && calmFrom - left < PATIENCE_NANOS) {
                if (left <= kept) {
                    throw stillAtWork(begunWith - left);
                }
                news.awaitNanos(LOOK_NANOS);
                left = deadline.remainingNanos();
                if (!running.isEmpty() || !areQueuesEmpty() || begun != begunThen) {
                    calmFrom = left;
                    begunThen = begun;
                }
            }
            if (!handedOver.isEmpty()) {
                LOG.info(
                        handedOver.size()
                                + " tasks that were handed to an executor have not begun: it has refused them");
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        return running.isEmpty() && handedOver.isEmpty();
    }

    private boolean areQueuesEmpty() {
        for (ThreadPoolTaskExecutor pool : pools) {
            if (pool.getQueueSize() > 0) {
                return false;
            }
        }
        return true;
    }

    private TimeoutException stillAtWork(long nanos) {
        String after = " after " + Duration.ofNanos(nanos).toMillis() + " ms";
        if (running.isEmpty()) {
            return new TimeoutException("tasks were still waiting to be run" + after);
        }
        TimeoutException failure = new TimeoutException("still at work" + after + ": "
                + running.stream()
                        .map(run -> run.name + " on " + run.thread.getName())
                        .collect(Collectors.joining(", "))
                + "; the first one at:");
        // Where this step has waited is of no interest.
        failure.setStackTrace(running.iterator().next().thread.getStackTrace());
        return failure;
    }
}
