package org.stop4j.testing;

/** Thrown out of every wait when the time is closed, so that the threads that waited end. */
final class ClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ClosedException() {
        super("the virtual time is closed");
    }
}
