package org.stop4j;

/**
 * How work that does not end by itself is told that the process stops: a WebSocket, a stream of events, a
 * streaming call.
 *
 * @see Gate#enterLongLived
 * @since 0.1
 */
@FunctionalInterface
public interface LongLived {

    /**
     * Begins to end the work: sends the last message, closes the connection. Called once, when the stop
     * begins, on a thread of the stop; one after the other for all such work, spread over the {@linkplain
     * Stop.Builder#longLived pace}. Must be quick, and not wait for the end: one that takes longer than 1 s is
     * left alone, and what it throws is in the report. The work has ended when its {@link Work} is closed.
     *
     * @param deadline until when the stop waits for this work
     * @throws Exception if it cannot; the stop waits for the work all the same
     */
    void stopping(Deadline deadline) throws Exception;
}
