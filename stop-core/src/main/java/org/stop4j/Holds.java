package org.stop4j;

import org.stop4j.spi.Time;

import java.time.Duration;

/** Those who wait for the answer, and for whom the process is kept alive. Thread-safe. */
final class Holds {
    private final Time time;
    private final Time.Monitor monitor;

    // Guarded by the monitor:
    private int open;
    private boolean ended;

    Holds(Time time) {
        this.time = time;
        monitor = time.monitor();
    }

    /** How many are open. */
    int count() {
        monitor.lock();
        try {
            return open;
        } finally {
            monitor.unlock();
        }
    }

    Hold add() {
        addToOpen(1);
        return new Hold() {
            private boolean closed;

            @Override
            public synchronized void close() {
                if (!closed) {
                    closed = true;
                    addToOpen(-1);
                }
            }
        };
    }

    private void addToOpen(int difference) {
        monitor.lock();
        try {
            open += difference;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** Ends all waiting, now and later. */
    void end() {
        monitor.lock();
        try {
            ended = true;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** Waits until none is open, for the limit at most. */
    void awaitNone(Duration limit) {
        Deadline deadline = Deadline.after(limit, time);
        monitor.lock();
        try {
            while (open > 0 && !ended && !deadline.expired()) {
                Uninterrupted.await(monitor, deadline.remainingNanos());
            }
        } finally {
            monitor.unlock();
        }
    }
}
