package org.stop4j;

import java.time.Duration;

/** Durations as people read them. */
final class Durations {
    private Durations() {}

    /** {@code 7 ms}, {@code 3.2 s}; for any duration that is not negative. */
    static String plain(Duration duration) {
        // Not toMillis(), which throws at 292 million years: somebody's "for ever".
        long seconds = duration.toSeconds();
        int millis = duration.toMillisPart();
        return seconds == 0 ? millis + " ms" : seconds + "." + millis / 100 + " s";
    }

    /** Refuses what is not positive, naming the parameter. */
    static Duration positive(String parameter, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    parameter + " is " + value + "; allowed: more than zero");
        }
        return value;
    }

    /** The sum; somebody's "for ever" stays that. */
    static Duration sum(Duration a, Duration b) {
        try {
            return a.plus(b);
        } catch (ArithmeticException tooLong) {
            return Duration.ofSeconds(Long.MAX_VALUE);
        }
    }

    /** Nanoseconds, for waits: more than 292 years count as 292 years. */
    static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
