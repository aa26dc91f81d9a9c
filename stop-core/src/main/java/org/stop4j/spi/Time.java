package org.stop4j.spi;

/**
 * The time in which a stop runs: a monotonic clock, what waits by it, and the threads that take part in it.
 *
 * <p>There are two: that of the JVM, {@link #system}, and the virtual time of {@code stop-testing}, which
 * passes only while all threads that take part wait. Therefore a stop makes its threads here, and waits
 * only by monitors of its time.
 *
 * <p>Safe to use from any thread.
 *
 * @see org.stop4j.Stop.Builder#time
 * @since 0.1
 */
public interface Time {

    /**
     * Reads the clock.
     *
     * @return nanoseconds since some fixed instant; may be negative, may wrap: compare by difference
     */
    long nanos();

    /**
     * Makes a lock that can be waited at.
     *
     * @return a new one
     */
    Monitor monitor();

    /**
     * Makes a daemon thread that takes part in this time from its start to its end.
     *
     * @param work what it runs
     * @param name its name
     * @return the thread, not started
     */
    Thread thread(Runnable work, String name);

    /**
     * The time of the JVM.
     *
     * @return by {@link System#nanoTime}
     */
    static Time system() {
        return SystemTime.INSTANCE;
    }

    /**
     * A reentrant lock with one condition.
     *
     * @since 0.1
     */
    interface Monitor {

        /** Waits for the lock, uninterruptibly, and takes it. */
        void lock();

        /**
         * Gives the lock back.
         *
         * @throws IllegalMonitorStateException if the thread does not have it
         */
        void unlock();

        /**
         * Gives the lock back, waits until somebody signals or the time has passed, and takes it again. May
         * return early: whoever waits for something looks again.
         *
         * @param nanos how long at most; zero or less does not wait; {@link Long#MAX_VALUE} is for ever
         * @throws InterruptedException if the thread is or becomes interrupted
         */
        void await(long nanos) throws InterruptedException;

        /** Wakes one of those who wait, if there is any; called with the lock. */
        void signal();

        /** Wakes all who wait; called with the lock. */
        void signalAll();
    }
}
