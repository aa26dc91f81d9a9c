package org.stop4j;

/**
 * It comes too late: the stop has gone past it.
 *
 * @since 0.1
 */
public final class StoppingException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StoppingException(String message) {
        super(message);
    }
}
