package org.stop4j;

import org.stop4j.internal.Threads;
import org.stop4j.spi.Trigger;

import java.util.concurrent.CompletableFuture;

/** Knows the thread of one stop; by its name it could be that of an earlier test, still ending. */
final class StopThread implements Trigger, Trigger.Installed {
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();

    @Override
    public Installed install(Stop stop) {
        return this;
    }

    @Override
    public void stopped(Report report) {
        thread.complete(Thread.currentThread());
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "the thread of the stop";
    }

    /** Returns when the stop is done and nothing but a hold keeps it from going on. */
    void awaitHolding() {
        Threads.awaitWaiting(thread.join());
    }

    /** Returns when the stop has come to its end, the exit included. */
    void awaitEnd() throws InterruptedException {
        thread.join().join();
    }
}
