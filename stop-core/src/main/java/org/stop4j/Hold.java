package org.stop4j;

/**
 * Somebody waits for the answer: while a hold is open, the process stays alive after its stop is done,
 * for at most the hold limit.
 *
 * @see Stop#hold
 * @since 0.1
 */
public interface Hold extends AutoCloseable {

    /** Tells that nobody waits any more; closing again does nothing. */
    @Override
    void close();
}
