package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.time.Duration;

/**
 * One absolute instant on the monotonic clock, fixed at the door and passed down; whoever gets it
 * asks how much is left instead of starting a clock of its own.
 *
 * <p>A deadline never moves away. That of a step may come nearer: a second signal shortens what is left of
 * the stop. So ask it again rather than once.
 *
 * <p>Safe to share between threads. The wall clock has no influence on it.
 *
 * @since 0.1
 */
public final class Deadline {
    /** About 73 years: half of what two readings of the ticker can be apart and still be compared. */
    private static final long FARTHEST_NANOS = Long.MAX_VALUE / 4;

    private final Time time;
    /** What this one is a part of, and ends with. */
    private final @Nullable Deadline outer;
    /** Written under this object's lock, only ever to an earlier one. */
    private volatile long instant;

    private Deadline(Time time, @Nullable Deadline outer, long instant) {
        this.time = time;
        this.outer = outer;
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
        return after(time, Time.system());
    }

    static Deadline after(Duration time, Time clock) {
        return new Deadline(clock, null, clock.nanos() + saturatedNanos(time));
    }

    /** Makes one that ends at the instant, or with this one if that is earlier; can be shortened by itself. */
    Deadline part(long instantNanos) {
        return new Deadline(time, this, instantNanos);
    }

    /** Makes it end at the instant, if that is earlier. */
    synchronized void shortenTo(long instantNanos) {
        if (instantNanos - instant < 0) {
            instant = instantNanos;
        }
    }

    /** When it ends, by the clock. */
    long instant() {
        long own = instant;
        Deadline around = outer;
        if (around == null) {
            return own;
        }
        long its = around.instant();
        return its - own < 0 ? its : own;
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
        long now = time.nanos();
        return ceilingNanos < instant() - now ? part(now + ceilingNanos) : this;
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
        return Math.max(0, instant() - time.nanos());
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

    /** How far ahead a deadline lies that is so long away. */
    static long saturatedNanos(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "a deadline cannot lie in the past: " + time + "; allowed: zero or more");
        }
        return time.toSeconds() >= FARTHEST_NANOS / 1_000_000_000L
                ? FARTHEST_NANOS
                : time.toNanos();
    }
}
