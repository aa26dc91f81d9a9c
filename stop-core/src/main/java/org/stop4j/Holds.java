package org.stop4j;

import org.stop4j.internal.Ticker;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Those who wait for the answer, and for whom the process is kept alive. Thread-safe. */
final class Holds {
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock:
    private int open;
    private boolean ended;

    Holds(Ticker ticker) {
        this.ticker = ticker;
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
        lock.lock();
        try {
            open += difference;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waiting, now and later. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until none is open, for the limit at most. */
    void awaitNone(Duration limit) {
        Deadline deadline = Deadline.after(limit, ticker);
        lock.lock();
        try {
            while (open > 0 && !ended && !deadline.expired()) {
                try {
                    changed.awaitNanos(deadline.remainingNanos());
                } catch (InterruptedException notForUs) {
                    // see StepRun.awaitEnd
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
