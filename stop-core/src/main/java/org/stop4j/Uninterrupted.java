package org.stop4j;

import org.stop4j.spi.Time;

/**
 * How threads that are ours wait: an interrupt that a step sends to every thread it can find must cut nothing
 * short.
 */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Waits as {@link Time.Monitor#await} does, but when interrupted only returns early. */
    static void await(Time.Monitor monitor, long nanos) {
        try {
            monitor.await(nanos);
        } catch (InterruptedException notForUs) {
            // The flag stays cleared, or the next wait would not wait.
        }
    }
}
