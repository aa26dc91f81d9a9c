package org.stop4j;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a control directory cannot be used: it does not exist, cannot be written to, belongs to
 * somebody else, or another application is there already. The message names the file, what is wrong
 * with it and what is allowed.
 *
 * @since 0.1
 */
public final class ControlDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ControlDirectoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
