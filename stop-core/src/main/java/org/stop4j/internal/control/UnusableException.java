package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** Says, naming the file, why a control directory cannot be used. */
public final class UnusableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
        super(message);
    }

    UnusableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
