package org.stop4j;

import java.util.Locale;

/**
 * The operating system signals that can be taken as a request to stop.
 *
 * <p>The list is closed on purpose: of the others, the JVM needs some itself (QUIT prints the thread
 * dump, USR2 is HotSpot's own, SEGV, BUS, FPE, ILL and PIPE are part of how it runs) and two nobody
 * can take (KILL, STOP).
 *
 * @since 0.1
 */
public enum Signal {
    /** The usual request to end: {@code kill PID}, systemd, Docker and Kubernetes. */
    TERM(15),
    /** Ctrl-C on the terminal. */
    INT(2),
    /** The terminal has gone away. */
    HUP(1),
    /** Left to the application by the system. */
    USR1(10);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /**
     * Tells the number of this signal on Linux.
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * Finds a signal by its name, as configuration writes it.
     *
     * @param name {@code TERM} or {@code SIGTERM}, in any case
     * @return the signal
     * @throws IllegalArgumentException if there is none, or if it cannot be taken; the message says why
     */
    public static Signal of(String name) {
        String upper = name.trim().toUpperCase(Locale.ROOT);
        String plain = upper.startsWith("SIG") ? upper.substring(3) : upper;
        for (Signal signal : values()) {
            if (signal.name().equals(plain)) {
                return signal;
            }
        }
        throw new IllegalArgumentException("signal \"" + name + "\" cannot be taken: "
                + whyNot(plain) + "; allowed: TERM, INT, HUP, USR1");
    }

    private static String whyNot(String name) {
        return switch (name) {
            case "KILL", "STOP" -> "the system lets no process take it";
            case "QUIT" -> "the JVM prints its thread dump on it";
            case "USR2" -> "HotSpot uses it to suspend threads";
            case "SEGV", "BUS", "FPE", "ILL", "PIPE", "TRAP", "XFSZ" -> "the JVM needs it to run";
            default -> "it is not a signal that asks a process to end";
        };
    }

    /**
     * Names the signal as people write it.
     *
     * @return {@code SIGTERM}
     */
    @Override
    public String toString() {
        return "SIG" + name();
    }
}
