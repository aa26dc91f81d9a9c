package org.stop4j.spi;

import org.stop4j.internal.Ticker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The time of the JVM. */
final class SystemTime implements Time {
    static final SystemTime INSTANCE = new SystemTime();

    private SystemTime() {}

    @Override
    public long nanos() {
        return Ticker.system().nanos();
    }

    @Override
    public Monitor monitor() {
        return new Lock();
    }

    @Override
    public Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private static final class Lock implements Monitor {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition condition = lock.newCondition();

        @Override
        public void lock() {
            lock.lock();
        }

        @Override
        public void unlock() {
            lock.unlock();
        }

        // The result would tell whether the time has passed; whoever waits looks at the clock
        // anyway.
        @Override
        @SuppressWarnings({"ResultOfMethodCallIgnored", "WaitNotInLoop"})
        public void await(long nanos) throws InterruptedException {
            condition.await(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void signal() {
            condition.signal();
        }

        @Override
        public void signalAll() {
            condition.signalAll();
        }
    }
}
