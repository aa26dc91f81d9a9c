package org.stop4j.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The options of the stop command, in the order of {@code stop --help}. They stand here once more because this module
 * knows no other; a test sees to it that they are the command's.
 */
enum StopOption {
    STATUS("--status"),
    DRAIN("--drain"),
    RESUME("--resume"),
    LIST("--list"),
    /** The launcher's, as {@code check} is: the first argument, or none. */
    PREPARE("--prepare"),
    DIR("--dir", "/run/stop", "a directory"),
    NAME("--name", "orders", ValueRules.NAME_WORDS),
    PID("--pid", "1", "the number of a process"),
    TIMEOUT("--timeout", "30s", "a whole number with ms, s, m or nothing, up to a day"),
    REASON("--reason", "preStop", "1000 characters"),
    UNTIL("--until", "stopped", "stopped, exited"),
    NO_WAIT("--no-wait"),
    JSON("--json"),
    VERBOSE("--verbose", "-v"),
    QUIET("--quiet", "-q"),
    REPORT("--report", "/tmp/stop.html", "a file"),
    HELP("--help", "-h"),
    VERSION("--version");

    private final String longName;
    private final String shortName;
    private final String example;
    private final String allowed;

    /** One that takes no value. */
    StopOption(String longName) {
        this(longName, "", "", "");
    }

    /** One that takes no value, and has a short name, too. */
    StopOption(String longName, String shortName) {
        this(longName, shortName, "", "");
    }

    /** One that takes a value, for which there is an example and what is allowed, in words. */
    StopOption(String longName, String example, String allowed) {
        this(longName, "", example, allowed);
    }

    StopOption(String longName, String shortName, String example, String allowed) {
        this.longName = longName;
        this.shortName = shortName;
        this.example = example;
        this.allowed = allowed;
    }

    /** The option that has this name, if there is one. */
    static Optional<StopOption> of(String name) {
        return Arrays.stream(values())
                .filter(option -> option.names().contains(name))
                .findFirst();
    }

    String longName() {
        return longName;
    }

    /** All its names. */
    List<String> names() {
        return shortName.isEmpty() ? List.of(longName) : List.of(longName, shortName);
    }

    /** As one may write it. */
    String example() {
        return takesValue() ? longName + " " + example : longName;
    }

    boolean takesValue() {
        return !allowed.isEmpty();
    }

    /** What its value may be, in words. */
    String allowed() {
        return allowed;
    }

    boolean allows(String value) {
        return switch (this) {
            case NAME -> value.matches(ValueRules.NAME);
            case PID -> isPid(value);
            case TIMEOUT -> Times.of(value).isPresent();
            case REASON -> value.length() <= 1_000;
            case UNTIL -> value.matches("stopped|exited");
            default -> !value.isEmpty();
        };
    }

    private static boolean isPid(String value) {
        return value.matches("[0-9]{1,12}")
                && Long.parseLong(value) > 0
                && Long.parseLong(value) <= Integer.MAX_VALUE;
    }

    /** Whether the command stops the application with it; else it does something else instead. */
    boolean stops() {
        return switch (this) {
            case STATUS, DRAIN, RESUME, LIST, PREPARE, HELP, VERSION -> false;
            default -> true;
        };
    }
}
