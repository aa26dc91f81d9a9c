package org.stop4j;

import org.stop4j.internal.Ticker;

import java.time.Duration;

/**
 * One absolute instant on the monotonic clock, fixed at the door and passed down; whoever gets it
 * asks how much is left instead of starting a clock of its own.
 *
 * <p>Immutable and safe to share between threads. The wall clock has no influence on it.
 *
 * @since 0.1
 */
public final class Deadline {
    /** About 73 years: half of what two readings of the ticker can be apart and still be compared. */
    private static final long FARTHEST_NANOS = Long.MAX_VALUE / 4;

    private final Ticker ticker;
    private final long instant;

    private Deadline(Ticker ticker, long instant) {
        this.ticker = ticker;
        this.instant = instant;
    }

    /**
     * Fixes the instant that lies the given time ahead of now.
     *
     * @param time how far ahead; zero is now, and more than 73 years counts as 73 years
     * @return the deadline
     * @throws IllegalArgumentException if the time is negative
     */
    public static Deadline after(Duration time) {
        return after(time, Ticker.system());
    }

    static Deadline after(Duration time, Ticker ticker) {
        return new Deadline(ticker, ticker.nanos() + saturatedNanos(time));
    }

    /**
     * Returns the earlier of this deadline and the instant that lies the given time ahead of now.
     *
     * @param ceiling how far ahead at most; it can only shorten this deadline
     * @return this deadline, or an earlier one
     * @throws IllegalArgumentException if the ceiling is negative
     */
    public Deadline within(Duration ceiling) {
        long ceilingNanos = saturatedNanos(ceiling);
        long now = ticker.nanos();
        return ceilingNanos < instant - now ? new Deadline(ticker, now + ceilingNanos) : this;
    }

    /**
     * Tells how much is left.
     *
     * @return the time left, never negative
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /**
     * Tells how much is left, in nanoseconds.
     *
     * @return the nanoseconds left, never negative
     */
    public long remainingNanos() {
        return Math.max(0, instant - ticker.nanos());
    }

    /**
     * Tells whether the instant has come.
     *
     * @return whether nothing is left
     */
    public boolean expired() {
        return remainingNanos() == 0;
    }

    @Override
    public String toString() {
        return "in " + Durations.plain(remaining());
    }

    private static long saturatedNanos(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "a deadline cannot lie in the past: " + time + "; allowed: zero or more");
        }
        return time.toSeconds() >= FARTHEST_NANOS / 1_000_000_000L
                ? FARTHEST_NANOS
                : time.toNanos();
    }
}
