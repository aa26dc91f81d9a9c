package org.stop4j;

import java.util.List;
import java.util.concurrent.TimeoutException;

/** What a step waited for had to be ended by force. */
final class StillRunningException extends TimeoutException {
    private static final long serialVersionUID = 1L;
    private final transient List<ThreadStack> stacks;

    StillRunningException(String message, List<ThreadStack> stacks) {
        super(message);
        this.stacks = stacks;
    }

    /** Where it stood before. */
    List<ThreadStack> stacks() {
        return stacks;
    }
}
