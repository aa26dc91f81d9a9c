package org.stop4j;

import org.stop4j.spi.Time;

/**
 * Ends the process by force when the stop is over its time: {@link #bite} is what it does then.
 *
 * <p>Thread-safe; guarded by the monitor.
 */
final class Watchdog implements Runnable {
    private final Time time;
    private final Deadline deadline;
    private final long marginNanos;
    private final Runnable bite;
    private final Time.Monitor monitor;
    private long allowedNanos;
    private boolean ended;

    /** It bites when the margin after the deadline is over; a thread of its own is to run it. */
    Watchdog(Time time, Deadline deadline, long marginNanos, Runnable bite) {
        this.time = time;
        this.deadline = deadline;
        this.marginNanos = marginNanos;
        this.bite = bite;
        monitor = time.monitor();
    }

    /** Allows so much more than the margin; replaces what was allowed before. */
    void allow(long nanos) {
        monitor.lock();
        try {
            allowedNanos = nanos;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** Sees that the deadline has come nearer. */
    void wake() {
        monitor.lock();
        try {
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** Calls it off; what has begun already is not undone. */
    void end() {
        monitor.lock();
        try {
            ended = true;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    @Override
    public void run() {
        if (awaitLimit()) {
            bite.run();
        }
    }

    private boolean awaitLimit() {
        monitor.lock();
        try {
            while (!ended && leftNanos() > 0) {
                Uninterrupted.await(monitor, leftNanos());
            }
            return !ended;
        } finally {
            monitor.unlock();
        }
    }

    private long leftNanos() {
        return deadline.instant() + marginNanos + allowedNanos - time.nanos();
    }
}
