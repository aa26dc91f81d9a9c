package org.stop4j;

/**
 * Thrown when this JVM lets nobody take the signals that were asked for; the message says which, why,
 * and what to do about it.
 *
 * @since 0.1
 */
public final class SignalsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SignalsUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
