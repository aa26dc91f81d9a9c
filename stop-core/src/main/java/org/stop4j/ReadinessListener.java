package org.stop4j;

/**
 * Learns whether the process wants to be sent work.
 *
 * @see Readiness#listen
 * @since 0.1
 */
@FunctionalInterface
public interface ReadinessListener {

    /**
     * Learns of a change, one at a time. Changes that follow each other faster than the listener returns may
     * be left out, never the last. Called on a thread of the stop, which waits only a moment for it, or on that of
     * whoever objected or withdrew. What it throws is logged.
     *
     * @param ready whether it is ready now
     * @param why what keeps it from being ready; empty if it is
     */
    void changed(boolean ready, String why);
}
