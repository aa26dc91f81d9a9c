package org.stop4j.servlet;

import org.jspecify.annotations.Nullable;

/** What went wrong with some of several, while all were attempted. */
final class Failures {
    private @Nullable Exception first;

    /** Something that may fail. */
    interface Attempt {
        void run() throws Exception;
    }

    void collect(Attempt attempt) {
        try {
            attempt.run();
        } catch (Exception e) {
            if (first == null) {
                first = e;
            } else {
                first.addSuppressed(e);
            }
        }
    }

    void throwFirst() throws Exception {
        if (first != null) {
            throw first;
        }
    }
}
