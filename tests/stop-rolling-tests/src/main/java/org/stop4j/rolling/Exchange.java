package org.stop4j.rolling;

/**
 * One request, accounted for.
 *
 * @param endedNanos when its outcome was known, as of {@link System#nanoTime}
 */
record Exchange(Job job, Outcome outcome, long endedNanos) {
    /** Not the client's word alone: an endpoint behind a balancer may have taken no connection. */
    Result result() {
        boolean reached = outcome.on().reached();
        return reached || !outcome.result().isFailure() ? outcome.result() : Result.NOT_CONNECTED;
    }

    boolean isOn(String instance) {
        return outcome.on().reached() && outcome.on().instance().equals(instance);
    }

    /** Whether it had been sent, and its outcome was not known, at this time. */
    boolean inFlightAt(long nanos) {
        return outcome.sent() && outcome.sentNanos() - nanos <= 0 && endedNanos - nanos > 0;
    }

    long tookNanos() {
        return outcome.sent() ? endedNanos - outcome.sentNanos() : 0;
    }

    /**
     * Whether it failed although the server seems to have begun with it: the answer had begun, or three
     * quarters of the time that the work takes had passed. A connection that nobody had accepted is reset
     * as soon as the port is closed.
     */
    boolean seemsCutOff() {
        boolean workedOn = job.millis() > 0 && tookNanos() >= job.millis() * 750_000L;
        return result().isFailure() && (result() == Result.CUT_OFF || workedOn);
    }
}
