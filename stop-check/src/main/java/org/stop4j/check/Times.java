package org.stop4j.check;

import java.time.Duration;
import java.util.Optional;

/** Times as the command and the application take them, and as they are told. */
final class Times {
    /** What {@code Stop.Builder.timeout} is if nobody sets it. */
    static final Duration APPLICATION = Duration.ofSeconds(25);

    /** What a process may take beyond its timeout before it ends itself. */
    static final Duration TO_END = Duration.ofSeconds(1);

    /** For a JVM to start beside a busy one. */
    static final Duration TO_START = Duration.ofSeconds(1);

    /** What Kubernetes takes if a pod says nothing. */
    static final Duration GRACE = Duration.ofSeconds(30);

    private static final Duration QUIET_FLOOR = Duration.ofSeconds(3);
    private static final Duration QUIET_CEILING = Duration.ofSeconds(10);
    private static final long LARGEST_MILLIS = Duration.ofDays(1).toMillis();

    private Times() {}

    /** How long the application goes on serving at least. */
    static Duration quietFloor(Duration timeout) {
        return shorter(QUIET_FLOOR, timeout.dividedBy(5));
    }

    /** How long the application goes on serving at most. */
    static Duration quietCeiling(Duration timeout) {
        return shorter(QUIET_CEILING, timeout.dividedBy(5).multipliedBy(2));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    static boolean longer(Duration a, Duration b) {
        return a.compareTo(b) > 0;
    }

    /**
     * {@code 30}, {@code 30s}, {@code 500ms}, {@code 2m}, as the command's {@code --timeout} takes
     * them.
     */
    static Optional<Duration> of(String text) {
        String digits = text.replaceFirst("(ms|s|m)$", "");
        long unitMillis = switch (text.substring(digits.length())) {
            case "ms" -> 1;
            case "m" -> 60_000;
            default -> 1_000;
        };
        return number(digits)
                .filter(number -> number <= LARGEST_MILLIS / unitMillis)
                .map(number -> Duration.ofMillis(number * unitMillis));
    }

    /** Whole seconds without a unit, as {@code STOP_TIMEOUT_SECONDS} has them. */
    static Optional<Duration> ofSeconds(String text) {
        return number(text)
                .filter(seconds -> seconds <= LARGEST_MILLIS / 1_000)
                .map(Duration::ofSeconds);
    }

    private static Optional<Long> number(String digits) {
        if (!digits.matches("[0-9]{1,12}")) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(digits)).filter(number -> number > 0);
    }

    /** {@code 25 s}, {@code 1.5 s}. */
    static String plain(Duration time) {
        long millis = time.toMillis();
        String fraction = millis % 1_000 == 0
                ? ""
                : String.format(".%03d", millis % 1_000).replaceFirst("0+$", "");
        return millis / 1_000 + fraction + " s";
    }

    /** Whole seconds, not less than the time. */
    static long seconds(Duration time) {
        return (time.toMillis() + 999) / 1_000;
    }
}
