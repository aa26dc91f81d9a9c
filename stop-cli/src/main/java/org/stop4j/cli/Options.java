package org.stop4j.cli;

import org.jspecify.annotations.Nullable;
import org.stop4j.ControlDirectory;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What the command line and the environment ask for; read by hand, since a parser library would double the start. */
final class Options {
    /** What to wait for. */
    enum Until {
        TAKEN,
        STOPPED,
        EXITED
    }

    private static final long LARGEST_SECONDS = 24 * 60 * 60;
    private static final long LARGEST_MILLIS = LARGEST_SECONDS * 1_000;

    private @Nullable Path directory;
    private @Nullable String name;
    private @Nullable ReportFile reportFile;
    private @Nullable Duration timeout;
    private String reason = "";
    private Until until = Until.STOPPED;
    private boolean json;
    private boolean quiet;
    private boolean help;
    private boolean version;

    private Options() {}

    /**
     * Reads them.
     *
     * @throws UsageException naming what is wrong and what is allowed
     */
    static Options parse(String[] arguments, Map<String, String> environment)
            throws UsageException {
        Options options = new Options();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String option = equals < 0 ? argument : argument.substring(0, equals);
            if (isFlag(option)) {
                if (equals >= 0) {
                    throw new UsageException(option + " takes no value");
                }
                options.set(option);
            } else if (takesValue(option)) {
                String value = equals < 0 ? null : argument.substring(equals + 1);
                if (value == null) {
                    i++;
                    if (i == arguments.length) {
                        throw new UsageException(option + " needs a value");
                    }
                    value = arguments[i];
                }
                options.set(option, value);
            } else {
                throw new UsageException("unknown argument \"" + argument + "\"");
            }
        }
        if (options.timeout == null) {
            options.timeout = timeoutFrom(environment);
        }
        if (options.reportFile != null && options.until == Until.TAKEN) {
            throw new UsageException(
                    "--report needs the answer, which --no-wait does not wait for");
        }
        return options;
    }

    private static boolean isFlag(String option) {
        return switch (option) {
            case "--no-wait", "--json", "--quiet", "-q", "--help", "-h", "--version" -> true;
            default -> false;
        };
    }

    private static boolean takesValue(String option) {
        return switch (option) {
            case "--timeout", "--dir", "--name", "--reason", "--until", "--report" -> true;
            default -> false;
        };
    }

    private void set(String flag) {
        switch (flag) {
            case "--no-wait" -> until = Until.TAKEN;
            case "--json" -> json = true;
            case "--quiet", "-q" -> quiet = true;
            case "--help", "-h" -> help = true;
            default -> version = true;
        }
    }

    private void set(String option, String value) throws UsageException {
        switch (option) {
            case "--timeout" -> timeout = duration(value);
            case "--dir" -> directory = path(option, value, "a directory");
            case "--report" -> reportFile = new ReportFile(path(option, value, "a file"));
            case "--name" -> name = value;
            case "--reason" -> reason = reason(value);
            default -> until = until(value);
        }
    }

    private static Path path(String option, String value, String allowed) throws UsageException {
        try {
            if (!value.isEmpty()) {
                return Path.of(value);
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new UsageException(option + " is \"" + value + "\"; allowed: " + allowed);
    }

    private static String reason(String value) throws UsageException {
        if (value.length() > 1_000) {
            throw new UsageException(
                    "--reason has " + value.length() + " characters; allowed: 1000");
        }
        return value;
    }

    private static Until until(String value) throws UsageException {
        return switch (value) {
            case "stopped" -> Until.STOPPED;
            case "exited" -> Until.EXITED;
            default ->
                throw new UsageException("--until is \"" + value + "\"; allowed: stopped, exited");
        };
    }

    /** {@code 30}, {@code 30s}, {@code 500ms}, {@code 2m}. */
    private static Duration duration(String value) throws UsageException {
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
            throw new UsageException(
                    "--timeout is \"" + value
                            + "\"; allowed: a whole number of seconds, or one with ms, s or m, from 1ms to 1440m");
        }
        return Duration.ofMillis(number * unitMillis);
    }

    private static Duration timeoutFrom(Map<String, String> environment) throws UsageException {
        String value = environment.get("STOP_TIMEOUT_SECONDS");
        if (value == null || value.isEmpty()) {
            return Duration.ofSeconds(30);
        }
        long seconds = number(value);
        if (seconds <= 0 || seconds > LARGEST_SECONDS) {
            throw new UsageException("STOP_TIMEOUT_SECONDS is \"" + value
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

    /**
     * Where to meet the application.
     *
     * @throws UsageException if the environment or a name is not allowed
     */
    ControlDirectory place() throws UsageException {
        try {
            ControlDirectory place = ControlDirectory.fromEnvironment();
            if (directory != null) {
                place = place.in(directory);
            }
            return name == null ? place : place.named(name);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new UsageException(message.startsWith("name ") ? "--" + message : message);
        }
    }

    Duration timeout() {
        return timeout == null ? Duration.ofSeconds(30) : timeout;
    }

    String reason() {
        return reason;
    }

    Until until() {
        return until;
    }

    /** Where the report goes as a page; null if nowhere. */
    @Nullable
    ReportFile reportFile() {
        return reportFile;
    }

    boolean json() {
        return json;
    }

    boolean quiet() {
        return quiet;
    }

    boolean help() {
        return help;
    }

    boolean version() {
        return version;
    }

    /** Says what is wrong with the command line or the environment. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
