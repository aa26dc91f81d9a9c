package org.stop4j.internal;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The threads of a test: what they throw is kept, and those still there at its end are interrupted. */
public final class Threads implements AfterEachCallback {
    private final List<Thread> started = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    /** What a thread does. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** Starts one. */
    public Thread start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception | Error e) {
                        failures.add(e);
                    }
                },
                "test");
        thread.setDaemon(true);
        started.add(thread);
        thread.start();
        return thread;
    }

    /** What they threw so far. */
    public List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Returns when the thread waits for something. */
    public static void awaitWaiting(Thread thread) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> thread.getState() == Thread.State.WAITING
                        || thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        started.forEach(Thread::interrupt);
    }
}
