package org.stop4j;

import org.awaitility.Awaitility;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** The time of the JVM, which notes the thread of the stop; by name it could be that of an earlier test. */
final class StopThread implements Time {
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();

    @Override
    public long nanos() {
        return Time.system().nanos();
    }

    @Override
    public Monitor monitor() {
        return Time.system().monitor();
    }

    @Override
    public Thread thread(Runnable work, String name) {
        Thread made = Time.system().thread(work, name);
        if (name.equals("stop")) {
            thread.complete(made);
        }
        return made;
    }

    /** Returns when the stop is done and nothing but a hold keeps it from going on. */
    void awaitHolding() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Arrays.stream(thread.join().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Holds.class.getName())
                                && frame.getMethodName().equals("awaitNone")));
    }

    /** Returns when the stop has come to its end, the exit included. */
    void awaitEnd() throws InterruptedException {
        thread.join().join();
    }
}
