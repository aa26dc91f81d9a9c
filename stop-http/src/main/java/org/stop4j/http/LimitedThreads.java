package org.stop4j.http;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/*
 * The JDK's server reads and writes by blocking calls on whatever thread it is given, and its own
 * timeouts are system properties of the whole JVM, which are not ours to set. What ends a blocked call is
 * interrupting its thread: that closes the channel (measured on 17 and 25: the client sees the end
 * within 1 ms, and the thread is free).
 * An interrupt must hit nothing else: neither the next task of the thread, so it is given, and taken
 * back, under the lock that also says whose the thread is; nor the code of anybody else, such as a
 * logger, whose file it would close: see exempt.
 */
/**
 * Runs network work on a bounded number of daemon threads and lets none of it block for long: a task that
 * takes more than its limit is interrupted, which closes its connection. While all threads are busy and
 * work is waiting, the limit is a short one, so that slow clients cannot starve the others.
 *
 * <p>Thread-safe. Threads end a second after they have nothing to do; nothing needs to be closed.
 */
final class LimitedThreads implements Executor {
    private final int max;
    private final Duration limit;
    private final Duration limitWhenFull;
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor clock;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock:
    private final Map<Thread, Task> running = new HashMap<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int busy;

    /** What a thread does now, and from when on it may be given up if others wait; guarded by lock. */
    private static final class Task {
        private final Deadline whenFull;
        private boolean exempt;

        private Task(Deadline whenFull) {
            this.whenFull = whenFull;
        }
    }

    LimitedThreads(String name, int max, Duration limit, Duration limitWhenFull) {
        this.max = max;
        this.limit = limit;
        this.limitWhenFull = limitWhenFull;
        pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
        clock = new ScheduledThreadPoolExecutor(1, daemons(name + "-limit"));
        clock.setKeepAliveTime(1, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
        clock.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory daemons(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs the work as soon as a thread is free. */
    @Override
    public void execute(Runnable work) {
        boolean full;
        lock.lock();
        try {
            full = busy == max;
            if (full) {
                waiting.add(work);
            } else {
                busy++;
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            makeRoom();
            var unused = after(limitWhenFull, this::makeRoom);
        } else {
            start(work);
        }
    }

    private void start(Runnable work) {
        boolean started = false;
        try {
            pool.execute(() -> runAll(work));
            started = true;
        } finally {
            if (!started) { // no thread left in this system
                lock.lock();
                try {
                    busy--;
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private void runAll(Runnable first) {
        for (Runnable work = first; work != null; work = nextOrLeave()) {
            try {
                runLimited(work);
            } catch (RuntimeException | Error e) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        }
    }

    private @Nullable Runnable nextOrLeave() {
        lock.lock();
        try {
            Runnable next = waiting.poll();
            if (next == null) {
                busy--;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void runLimited(Runnable work) {
        Thread thread = Thread.currentThread();
        Task task = new Task(Deadline.after(limitWhenFull));
        boolean full;
        lock.lock();
        try {
            running.put(thread, task);
            full = !waiting.isEmpty(); // what comes later looks after this task by itself: see
            // execute
        } finally {
            lock.unlock();
        }
        try {
            if (full) {
                var unused = after(limitWhenFull, this::makeRoom);
            }
            Future<?> atLimit = after(limit, () -> giveUp(thread, task));
            try {
                work.run();
            } finally {
                atLimit.cancel(false);
            }
        } finally {
            lock.lock();
            try {
                running.remove(thread);
                Thread.interrupted(); // meant for this task, which is over
            } finally {
                lock.unlock();
            }
        }
    }

    private Future<?> after(Duration time, Runnable what) {
        return clock.schedule(what, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveUp(Thread thread, Task task) {
        lock.lock();
        try {
            if (running.get(thread) == task && !task.exempt) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom() {
        lock.lock();
        try {
            if (!waiting.isEmpty()) {
                running.forEach((thread, task) -> {
                    if (task.whenFull.expired() && !task.exempt) {
                        thread.interrupt();
                    }
                });
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees the rest of the current task from its limit, because it does no network work from here on.
     *
     * @return whether the limit came before: the connection is closed, or is to be
     */
    boolean exempt() {
        lock.lock();
        try {
            Task task = running.get(Thread.currentThread());
            if (task == null) {
                throw new IllegalStateException("not a task of these threads");
            }
            task.exempt = true;
            return Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }
}
