package org.stop4j;

import java.util.concurrent.CountDownLatch;

/** Code that hangs until the test is over, at places whose names a test can look for. */
final class Hanging {
    private final CountDownLatch over = new CountDownLatch(1);

    /** Lets everything go on. */
    void end() {
        over.countDown();
    }

    /** Counts down, then hangs; ends when interrupted. */
    void politely(CountDownLatch there) {
        there.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Counts down, then hangs, interrupted or not. */
    void stubbornly(CountDownLatch there) {
        there.countDown();
        boolean waits = true;
        while (waits) {
            try {
                over.await();
                waits = false;
            } catch (InterruptedException ignoredOnPurpose) {
                // on purpose
            }
        }
    }
}
