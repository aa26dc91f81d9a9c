package org.stop4j.kafka;

import org.stop4j.Deadline;

import java.time.Duration;

/**
 * A stop, and what its time is for: eight tenths for records; one for the record that has begun by then, after
 * which it is interrupted; and one to commit and close however the records behave.
 *
 * @param deadline when it is over; may come nearer
 * @param begunWith the nanoseconds that there were
 */
record Stopping(Deadline deadline, long begunWith) {

    boolean hasTimeForRecord() {
        return deadline.remainingNanos() > begunWith / 10 * 2;
    }

    boolean hasTimeForThread() {
        return deadline.remainingNanos() > begunWith / 10;
    }

    boolean isOver() {
        return deadline.expired();
    }

    /** For the consumer, with enough after it to tell how it came out. */
    Duration left() {
        long remaining = deadline.remainingNanos();
        long least = begunWith / 20;
        long untilThread = remaining - begunWith / 10;
        return Duration.ofNanos(untilThread > least ? untilThread : Math.max(0, remaining - least));
    }

    String taken() {
        long millis = (begunWith - deadline.remainingNanos()) / 1_000_000;
        return millis < 1000 ? millis + " ms" : millis / 1000 + "." + millis % 1000 / 100 + " s";
    }
}
