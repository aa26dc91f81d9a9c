package org.stop4j.servlet;

import org.stop4j.Deadline;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits until the threads of a container have nothing to do. When the last request has left the gate, its thread
 * may still be sending what was answered last, or the page of an error.
 */
final class Idle {
    /** Far more than that takes; a client that is only slow is waited for at the gate. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** Where it cannot be seen, only so long. */
    private static final Duration LIMIT_UNSEEN = Duration.ofMillis(50);

    private static final long LOOK_NANOS = 1_000_000;

    private Idle() {}

    /** How long at most: no more than half of what is left, since closing needs time, too. */
    private static Duration limit(Deadline deadline) {
        Duration half = deadline.remaining().dividedBy(2);
        return half.compareTo(LIMIT) < 0 ? half : LIMIT;
    }

    static void await(Deadline deadline, boolean canBeSeen, BooleanSupplier idle)
            throws InterruptedException {
        Duration half = limit(deadline);
        Deadline limit = deadline.within(
                canBeSeen || half.compareTo(LIMIT_UNSEEN) < 0 ? half : LIMIT_UNSEEN);
        Time.Monitor monitor = Time.system().monitor();
        monitor.lock();
        try {
            while (!idle.getAsBoolean() && !limit.expired()) {
                monitor.await(LOOK_NANOS); // nobody signals
            }
        } finally {
            monitor.unlock();
        }
    }
}
