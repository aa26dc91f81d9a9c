package org.stop4j.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Reads the values of options and variables; what is not allowed is refused, naming it and what is allowed. */
final class Values {
    private static final long LARGEST_SECONDS = 24 * 60 * 60;
    private static final long LARGEST_MILLIS = LARGEST_SECONDS * 1_000;

    private Values() {}

    static Path path(String option, String value, String allowed) throws Options.UsageException {
        try {
            if (!value.isEmpty()) {
                return Path.of(value);
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new Options.UsageException(option + " is \"" + value + "\"; allowed: " + allowed);
    }

    static long pid(String value) throws Options.UsageException {
        long pid = number(value);
        if (pid <= 0 || pid > Integer.MAX_VALUE) {
            throw new Options.UsageException(
                    "--pid is \"" + value + "\"; allowed: the number of a process");
        }
        return pid;
    }

    static String reason(String value) throws Options.UsageException {
        if (value.length() > 1_000) {
            throw new Options.UsageException(
                    "--reason has " + value.length() + " characters; allowed: 1000");
        }
        return value;
    }

    static Options.Until until(String value) throws Options.UsageException {
        return switch (value) {
            case "stopped" -> Options.Until.STOPPED;
            case "exited" -> Options.Until.EXITED;
            default ->
                throw new Options.UsageException(
                        "--until is \"" + value + "\"; allowed: stopped, exited");
        };
    }

    /** {@code 30}, {@code 30s}, {@code 500ms}, {@code 2m}. */
    static Duration duration(String value) throws Options.UsageException {
        int digits = 0;
        while (digits < value.length()
                && value.charAt(digits) >= '0'
                && value.charAt(digits) <= '9') {
            digits++;
        }
        long unitMillis = switch (value.substring(digits)) {
            case "", "s" -> 1_000;
            case "ms" -> 1;
            case "m" -> 60_000;
            default -> 0;
        };
        long number = number(value.substring(0, digits));
        if (unitMillis == 0 || number <= 0 || number > LARGEST_MILLIS / unitMillis) {
            throw new Options.UsageException(
                    "--timeout is \"" + value
                            + "\"; allowed: a whole number of seconds, or one with ms, s or m, from 1ms to 1440m");
        }
        return Duration.ofMillis(number * unitMillis);
    }

    static Duration timeoutFrom(Map<String, String> environment) throws Options.UsageException {
        String value = environment.get("STOP_TIMEOUT_SECONDS");
        if (value == null || value.isEmpty()) {
            return Duration.ofSeconds(30);
        }
        long seconds = number(value);
        if (seconds <= 0 || seconds > LARGEST_SECONDS) {
            throw new Options.UsageException("STOP_TIMEOUT_SECONDS is \"" + value
                    + "\"; allowed: a whole number of seconds from 1 to " + LARGEST_SECONDS
                    + ", without a unit");
        }
        return Duration.ofSeconds(seconds);
    }

    /** The number, or -1 if it is none. */
    private static long number(String value) {
        if (value.isEmpty() || value.length() > 12) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
