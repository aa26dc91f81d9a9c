package org.stop4j.examples.plain;

import org.stop4j.Deadline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The requests in flight. */
final class Traffic {
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration SERVED_ON = Duration.ofSeconds(2);

    private int inFlight;
    private int admitted;
    private boolean closed;

    /** Whether the request is let in; then it must {@link #exit}. */
    synchronized boolean enter() {
        if (!closed) {
            inFlight++;
            admitted++;
            notifyAll();
        }
        return !closed;
    }

    synchronized void exit() {
        inFlight--;
        notifyAll();
    }

    /** Serves on until clients have gone quiet, for two seconds at most; then lets nobody in any more. */
    synchronized void drain(Deadline deadline) throws InterruptedException {
        Deadline servedOn = deadline.within(SERVED_ON);
        Deadline quiet = servedOn.within(QUIET);
        while (!quiet.expired()) {
            int before = admitted;
            wait(millisUntil(quiet));
            if (admitted != before || inFlight > 0) {
                quiet = servedOn.within(QUIET);
            }
        }
        closed = true;
        while (inFlight > 0 && !deadline.expired()) {
            wait(millisUntil(deadline));
        }
    }

    private static long millisUntil(Deadline deadline) {
        return 1 + TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos());
    }
}
