package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.time.Duration;

/**
 * Calls what is not ours (loggers, listeners, triggers) on a thread beside that of the stop, so that what
 * hangs there hangs alone. The thread is kept from call to call, and replaced when a call does not return.
 *
 * <p>Used by one thread, that of the stop.
 */
final class Aside {
    /** For a call when the time of all is spent: enough for what does not hang. */
    private static final long LEAST_NANOS = 50_000_000;

    private final Time time;
    private final long patienceNanos;
    private final long allNanos;
    private final @Nullable ClassLoader loader;
    private @Nullable Hand hand;
    private long spentNanos;
    private @Nullable ThreadStack where;

    /** The patience is how long the stop waits for a call; and for all of them together. */
    Aside(Time time, long patienceNanos, long allNanos, @Nullable ClassLoader loader) {
        this.time = time;
        this.patienceNanos = patienceNanos;
        this.allNanos = allNanos;
        this.loader = loader;
    }

    /** Makes the call; false if it has not returned in time, and goes on without anybody's waiting. */
    boolean call(Runnable task) {
        long begin = time.nanos();
        long left = Math.max(LEAST_NANOS, allNanos - spentNanos);
        try {
            return call(task, Math.min(patienceNanos, left));
        } finally {
            spentNanos += time.nanos() - begin;
        }
    }

    /** From now on it waits again as long as in the beginning, for all calls together. */
    void renew() {
        spentNanos = 0;
    }

    /** The same with a patience of its own, which does not count. */
    boolean call(Runnable task, long nanos) {
        Hand its = hand();
        if (its == null) {
            task.run(); // then nothing bounds it; but most calls return
            return true;
        }
        return call(its, task, nanos);
    }

    /** The same, but without a thread the call is not made. */
    void callIfThread(Runnable task, long nanos) {
        Hand its = hand();
        if (its != null) {
            call(its, task, nanos);
        }
    }

    /** Null if there is no thread for it. */
    private @Nullable Hand hand() {
        Hand its = hand;
        if (its == null) {
            its = new Hand();
            try {
                its.thread.start();
            } catch (OutOfMemoryError noThreadLeft) {
                return null;
            }
            hand = its;
        }
        return its;
    }

    private boolean call(Hand its, Runnable task, long nanos) {
        if (its.call(task, nanos)) {
            return true;
        }
        where = Stacks.of(its.thread);
        its.end();
        hand = null;
        return false;
    }

    /** Where the last call that has not returned in time stood then, in short. */
    String place() {
        ThreadStack last = where;
        return last == null ? "" : last.place();
    }

    /** Lets the thread end. */
    void end() {
        if (hand != null) {
            hand.end();
            hand = null;
        }
    }

    private final class Hand implements Runnable {
        private final Thread thread = time.thread(this, "stop-aside");
        private final Time.Monitor monitor = time.monitor();
        // Guarded by the monitor:
        private @Nullable Runnable task;
        private boolean ended;

        private Hand() {
            thread.setContextClassLoader(loader);
        }

        private boolean call(Runnable wanted, long nanos) {
            Deadline limit = Deadline.after(Duration.ofNanos(nanos), time);
            monitor.lock();
            try {
                task = wanted;
                monitor.signalAll();
                while (task != null && !limit.expired()) {
                    Uninterrupted.await(monitor, limit.remainingNanos());
                }
                return task == null;
            } finally {
                monitor.unlock();
            }
        }

        private void end() {
            monitor.lock();
            try {
                ended = true;
                monitor.signalAll();
            } finally {
                monitor.unlock();
            }
        }

        // What a task throws is its own to catch. This is for what it cannot: the thread must
        // stay, or the next call would wait for nobody.
        @Override
        @SuppressWarnings("CatchingUnchecked")
        public void run() {
            for (Runnable next = next(); next != null; next = next()) {
                // An interrupt that some step sends to every thread it can find is not meant for
                // the
                // next call; it would close the file into which that writes.
                Thread.interrupted();
                try {
                    next.run();
                } catch (Throwable uncaught) {
                    Log.hand(uncaught);
                } finally {
                    done();
                }
            }
        }

        private @Nullable Runnable next() {
            monitor.lock();
            try {
                while (task == null && !ended) {
                    Uninterrupted.await(monitor, Long.MAX_VALUE);
                }
                return task;
            } finally {
                monitor.unlock();
            }
        }

        private void done() {
            monitor.lock();
            try {
                task = null;
                monitor.signalAll();
            } finally {
                monitor.unlock();
            }
        }
    }
}
