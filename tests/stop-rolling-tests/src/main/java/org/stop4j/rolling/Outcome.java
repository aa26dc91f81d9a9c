package org.stop4j.rolling;

/**
 * What a client knows of a request when it is over.
 *
 * @param detail for people: the status, or the exception
 * @param sent whether all of it was written
 * @param sentNanos when it was, as of {@link System#nanoTime}; meaningless if it was not
 */
record Outcome(Result result, String detail, Whereabouts on, boolean sent, long sentNanos) {
    static Outcome sent(Result result, String detail, Whereabouts on, long sentNanos) {
        return new Outcome(result, detail, on, true, sentNanos);
    }

    static Outcome notSent(Result result, String detail, Whereabouts on) {
        return new Outcome(result, detail, on, false, 0);
    }
}
