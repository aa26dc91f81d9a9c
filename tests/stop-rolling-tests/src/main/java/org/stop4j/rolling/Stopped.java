package org.stop4j.rolling;

import java.util.concurrent.TimeUnit;

/** The end of an instance: when the signal was sent, when the process was gone, and its exit code. */
record Stopped(String instance, long signalledNanos, long endedNanos, int exitCode) {
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(endedNanos - signalledNanos);
    }
}
