package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A named barrier in the order of a stop: no step of a phase begins before all steps of the phases before
 * have ended or were given up. The steps of one phase run side by side.
 *
 * <p>These five are always there, in this order. Own ones are placed between them by {@link
 * Stop.Builder#phaseAfter}. Two phases of the same name are the same.
 *
 * @param name its name; not blank, at most 100 characters
 * @since 0.1
 */
public record Phase(String name) {
    /** At the very start: leave the load balancer, tell consumers and long-lived streams. Still serving. */
    public static final Phase NOTIFY = new Phase("NOTIFY");

    /** Refuse new work, wait for what is in flight, close listeners. */
    public static final Phase DRAIN = new Phase("DRAIN");

    /** End executors, schedulers, consumers and batch jobs. */
    public static final Phase FINISH = new Phase("FINISH");

    /** Close pools, clients and files. */
    public static final Phase CLOSE = new Phase("CLOSE");

    /** Flush telemetry. */
    public static final Phase LAST = new Phase("LAST");

    /**
     * Names a phase.
     *
     * @param name its name; not blank, at most 100 characters
     * @throws IllegalArgumentException if it is blank or too long
     */
    public Phase {
        Names.check("phase", Objects.requireNonNull(name, "name"));
    }

    // Those of a record are linked when they are first called, which takes 20 ms that a stop has
    // not got.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Phase phase && name.equals(phase.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /**
     * Says its name.
     *
     * @return the name
     */
    @Override
    public String toString() {
        return name;
    }
}
