package org.stop4j;

import java.time.Duration;
import java.util.Map;

/** How long whoever ends the process by force waits, if the environment tells. */
record Grace(long seconds) {
    private static final String VARIABLE = "STOP_GRACE_SECONDS";

    /** What the process may take beyond its timeout before it ends itself. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final long UNKNOWN = -1;

    static Grace unknown() {
        return new Grace(UNKNOWN);
    }

    static Grace from(Map<String, String> environment) {
        String value = environment.getOrDefault(VARIABLE, "").trim();
        if (value.isEmpty()) {
            return new Grace(UNKNOWN);
        }
        try {
            long seconds = Long.parseLong(value);
            if (seconds > 0) {
                return new Grace(seconds);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                VARIABLE + " is \"" + value + "\"; allowed: a whole number of seconds, 1 or more");
    }

    /** Says so if the stop may take longer. */
    void check(Duration timeout, Log log) {
        Duration longest = Durations.sum(timeout, MARGIN);
        if (seconds == UNKNOWN || longest.compareTo(Duration.ofSeconds(seconds)) <= 0) {
            return;
        }
        log.warning("the stop may take " + Durations.plain(longest) + " (timeout "
                + Durations.plain(timeout) + ", and " + Durations.plain(MARGIN) + " to end), but "
                + VARIABLE + " is " + seconds
                + ": the process would be killed in the middle of it. "
                + (seconds > 1 ? "Make the timeout " + (seconds - 1) + " s at most, or" : "Make")
                + " the grace period longer");
    }
}
