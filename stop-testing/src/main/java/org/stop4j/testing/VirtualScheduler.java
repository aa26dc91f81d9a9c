package org.stop4j.testing;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A scheduler in virtual time, with one thread.
 *
 * <p>Thread-safe; everything mutable is guarded by the monitor, which is not held while a task runs.
 */
final class VirtualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    private final VirtualTime time;
    private final Time.Monitor monitor;
    private final TreeSet<Task<?>> queue = new TreeSet<>();
    private @Nullable Thread worker;
    private boolean shutdown;
    private boolean terminated;
    private long numbers;

    VirtualScheduler(VirtualTime time) {
        this.time = time;
        monitor = time.monitor();
    }

    // ---- taking tasks

    @Override
    public void execute(Runnable command) {
        enqueue(new Task<>(Executors.callable(command), 0, 0));
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return schedule(Executors.callable(command), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        Task<V> task = new Task<>(callable, unit.toNanos(delay), 0);
        enqueue(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable command, long initialDelay, long period, TimeUnit unit) {
        return repeated(command, unit.toNanos(initialDelay), unit.toNanos(positive(period)));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return repeated(command, unit.toNanos(initialDelay), -unit.toNanos(positive(delay)));
    }

    private ScheduledFuture<?> repeated(Runnable command, long delayNanos, long period) {
        Task<Object> task = new Task<>(Executors.callable(command), delayNanos, period);
        enqueue(task);
        return task;
    }

    private static long positive(long period) {
        if (period <= 0) {
            throw new IllegalArgumentException(
                    "the period is " + period + "; allowed: more than zero");
        }
        return period;
    }

    @Override
    protected <V> RunnableFuture<V> newTaskFor(Runnable runnable, V value) {
        return new Task<>(Executors.callable(runnable, value), 0, 0);
    }

    @Override
    protected <V> RunnableFuture<V> newTaskFor(Callable<V> callable) {
        return new Task<>(callable, 0, 0);
    }

    private long dueIn(long delayNanos) {
        return time.nanos() + Math.min(Math.max(0, delayNanos), Long.MAX_VALUE / 2);
    }

    private void enqueue(Task<?> task) {
        monitor.lock();
        try {
            if (shutdown) {
                throw new RejectedExecutionException("the scheduler is shut down");
            }
            add(task);
            if (worker == null) {
                worker = time.thread(this::work, "virtual-scheduler");
                worker.start();
            }
        } finally {
            monitor.unlock();
        }
    }

    private void add(Task<?> task) {
        task.number = numbers++;
        queue.add(task);
        monitor.signalAll();
    }

    /** Refused: it would wait by the time of the JVM, and so for ever. */
    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) {
        throw new UnsupportedOperationException("invokeAny is not available in virtual time");
    }

    /** Refused: it would wait by the time of the JVM, and so for ever. */
    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("invokeAny is not available in virtual time");
    }

    // ---- running them

    private void work() {
        try {
            for (Task<?> task = next(); task != null; task = next()) {
                task.run();
                // What was meant for this task must not reach the next.
                Thread.interrupted();
            }
        } finally {
            terminate();
        }
    }

    private @Nullable Task<?> next() {
        monitor.lock();
        try {
            while (true) {
                Task<?> first = queue.isEmpty() ? null : queue.first();
                if (first == null && shutdown) {
                    return null;
                }
                long left = first == null ? Long.MAX_VALUE : first.dueAt - time.nanos();
                if (first != null && left <= 0) {
                    queue.remove(first);
                    return first;
                }
                awaitNews(left);
            }
        } finally {
            monitor.unlock();
        }
    }

    private void awaitNews(long nanos) {
        try {
            monitor.await(nanos);
        } catch (InterruptedException shutdownNow) {
            // Then the queue is empty; and an interrupt that comes too late for its task is for
            // nobody.
        }
    }

    private void repeat(Task<?> task) {
        monitor.lock();
        try {
            if (shutdown) {
                task.cancel(false);
            } else {
                task.dueAt = task.period > 0 ? task.dueAt + task.period : dueIn(-task.period);
                add(task);
            }
        } finally {
            monitor.unlock();
        }
    }

    // ---- the end

    @Override
    public void shutdown() {
        monitor.lock();
        try {
            shutdown = true;
            for (Task<?> task : List.copyOf(queue)) {
                if (task.period != 0) {
                    task.cancel(false);
                }
            }
            terminated = terminated || worker == null;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        monitor.lock();
        try {
            shutdown = true;
            terminated = terminated || worker == null;
            List<Runnable> never = new ArrayList<>(queue);
            queue.clear();
            if (worker != null) {
                worker.interrupt();
            }
            monitor.signalAll();
            return never;
        } finally {
            monitor.unlock();
        }
    }

    private void terminate() {
        monitor.lock();
        try {
            shutdown = true;
            terminated = true;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    @Override
    public boolean isShutdown() {
        monitor.lock();
        try {
            return shutdown;
        } finally {
            monitor.unlock();
        }
    }

    @Override
    public boolean isTerminated() {
        monitor.lock();
        try {
            return terminated;
        } finally {
            monitor.unlock();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long end = dueIn(unit.toNanos(timeout));
        monitor.lock();
        try {
            long left = end - time.nanos();
            while (!terminated && left > 0) {
                monitor.await(left);
                left = end - time.nanos();
            }
            return terminated;
        } finally {
            monitor.unlock();
        }
    }

    // ---- a task

    private final class Task<V> extends FutureTask<V>
            implements ScheduledFuture<V>, RunnableFuture<V> {
        /** As the JDK's: zero runs once, positive is a rate, negative a delay. */
        private final long period;

        // Guarded by the monitor:
        private long dueAt;
        private long number;

        private Task(Callable<V> callable, long delayNanos, long period) {
            super(callable);
            dueAt = dueIn(delayNanos);
            this.period = period;
        }

        @Override
        public void run() {
            if (period == 0) {
                super.run();
            } else if (runAndReset()) {
                repeat(this);
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            monitor.lock();
            try {
                queue.remove(this);
                monitor.signalAll();
            } finally {
                monitor.unlock();
            }
            return cancelled;
        }

        @Override
        protected void done() {
            monitor.lock();
            try {
                monitor.signalAll();
            } finally {
                monitor.unlock();
            }
        }

        @Override
        public V get() throws InterruptedException, ExecutionException {
            awaitDone(Long.MAX_VALUE / 2);
            return super.get();
        }

        @Override
        public V get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            awaitDone(unit.toNanos(timeout));
            return super.get(0, TimeUnit.NANOSECONDS);
        }

        private void awaitDone(long nanos) throws InterruptedException {
            long end = dueIn(nanos);
            monitor.lock();
            try {
                long left = end - time.nanos();
                while (!isDone() && left > 0) {
                    monitor.await(left);
                    left = end - time.nanos();
                }
            } finally {
                monitor.unlock();
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.ofNanos(dueAt - time.nanos()));
        }

        /** The earlier first; of one instant, the one that came first. */
        @Override
        public int compareTo(Delayed other) {
            if (other instanceof Task<?> task) {
                long apart = dueAt - task.dueAt;
                return apart != 0 ? Long.signum(apart) : Long.compare(number, task.number);
            }
            return Long.compare(
                    getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
