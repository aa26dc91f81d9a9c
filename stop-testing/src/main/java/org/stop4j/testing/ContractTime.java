package org.stop4j.testing;

import org.stop4j.spi.Time;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The time of the JVM, which knows the threads that were made by it. Thread-safe. */
final class ContractTime implements Time {
    private final Time time = Time.system();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    @Override
    public long nanos() {
        return time.nanos();
    }

    @Override
    public Monitor monitor() {
        return time.monitor();
    }

    @Override
    public Thread thread(Runnable work, String name) {
        Thread thread = time.thread(work, name);
        threads.add(thread);
        return thread;
    }

    /** Whether no thread is left that was made by it. */
    boolean isQuiet() {
        return threads.stream().noneMatch(Thread::isAlive);
    }
}
