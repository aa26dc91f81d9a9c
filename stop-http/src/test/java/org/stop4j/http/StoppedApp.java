package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.stop4j.Phase;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A stop whose only step waits until the test lets it go on, and whose exit is recorded. */
final class StoppedApp {
    /** So long that a test which depends on its end fails. */
    static final Duration HOLD_LIMIT = Duration.ofMinutes(5);

    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    final Stop stop;

    StoppedApp() {
        this(Stop.builder());
    }

    StoppedApp(Stop.Builder builder) {
        stop = builder.holdLimit(HOLD_LIMIT).exit(exit::complete).start();
        stop.step(Phase.FINISH, "work", deadline -> {
            begun.countDown();
            mayGoOn.await();
        });
    }

    /** From now on, the step does not wait. */
    StoppedApp quick() {
        mayGoOn.countDown();
        return this;
    }

    void awaitBegun() throws InterruptedException {
        assertThat(begun.await(30, TimeUnit.SECONDS)).as("the stop has begun").isTrue();
    }

    int awaitExit() throws InterruptedException, ExecutionException, TimeoutException {
        return exit.get(30, TimeUnit.SECONDS);
    }

    boolean exited() {
        return exit.isDone();
    }

    boolean asked() {
        return stop.reason().isPresent();
    }
}
