package org.stop4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the time of a stop is shared out: what each phase keeps for itself, however the phases before it
 * behave. Immutable.
 */
final class Budget {
    /** How long a step that was interrupted may take to end, before the stop goes on; at most. */
    private static final long MOST_GRACE_NANOS = 100_000_000;

    /** How long the look at where steps hang may take, before they are interrupted; at most. */
    private static final long MOST_LOOK_NANOS = 500_000_000;

    private final long[] reserves;
    private final long graceNanos;
    private final long lookNanos;

    /**
     * Shares it out. A phase without a reserve of its own keeps a tenth of the whole; where there are more
     * phases than the five, so much less that all of these together keep half.
     *
     * @throws IllegalArgumentException if the reserves together are longer than the timeout
     */
    Budget(Duration timeout, List<Phase> phases, Map<Phase, Duration> chosen) {
        // As far as the deadline, or what is kept of "for ever" would be longer than that.
        long whole = Deadline.saturatedNanos(timeout);
        reserves = new long[phases.size()];
        long left = whole;
        long grace = Math.min(MOST_GRACE_NANOS, whole / 100);
        long look = MOST_LOOK_NANOS;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < reserves.length; i++) {
            Duration own = chosen.get(phases.get(i));
            reserves[i] =
                    own == null ? share(whole, reserves.length) : Durations.saturatedNanos(own);
            left = left < 0 ? left : left - reserves[i];
            grace = Math.min(grace, reserves[i] / 4);
            look = Math.min(look, reserves[i] / 2);
            words.add(phases.get(i) + " " + Durations.plain(Duration.ofNanos(reserves[i])));
        }
        graceNanos = grace;
        lookNanos = look;
        if (left < 0) {
            throw new IllegalArgumentException(
                    "the reserves of the phases (" + String.join(", ", words)
                            + ") are longer than the timeout of " + Durations.plain(timeout)
                            + "; allowed: as long together as the timeout, at most");
        }
    }

    /** What each of so many keeps of a whole for itself: a tenth, and all of them together at most half. */
    static long share(long whole, int parts) {
        return whole / Math.max(10, 2L * parts);
    }

    /** How long a step that was interrupted may take to end, before the stop goes on. */
    long graceNanos() {
        return graceNanos;
    }

    /** How long to look at where steps hang, before they are interrupted. */
    long lookNanos() {
        return lookNanos;
    }

    /** What the phase keeps. */
    long reserve(int phase) {
        return reserves[phase];
    }

    /** What is kept for those phases after this one that have steps. */
    long keptAfter(int phase, Plan plan) {
        long kept = 0;
        for (int i = phase + 1; i < reserves.length; i++) {
            if (plan.hasSteps(i)) {
                kept += reserves[i];
            }
        }
        return kept;
    }
}
