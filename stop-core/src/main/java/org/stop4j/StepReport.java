package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Json;

import java.time.Duration;
import java.util.List;

/**
 * How one step came out.
 *
 * @param name the step's name
 * @param phase its phase
 * @param result how it came out
 * @param begin how long after the beginning of the stop it began
 * @param took how long it ran, or until it was given up
 * @param limit how long it was allowed to run
 * @param detail what else there is to say of it, for people, as in {@code quiet after 3.2 s}; often empty
 * @param failure what it threw, or null
 * @param stacks for one that did not end in its time: where it stood at its limit, the telling stack first;
 *     for an executor that had to be shut down by force, where its tasks stood; else empty
 * @since 0.1
 */
public record StepReport(
        String name,
        Phase phase,
        Result result,
        Duration begin,
        Duration took,
        Duration limit,
        String detail,
        @Nullable Throwable failure,
        List<ThreadStack> stacks) {

    /**
     * How a step can come out.
     *
     * @since 0.1
     */
    public enum Result {
        /** It ended in its time. */
        DONE(Outcome.CLEAN, "done"),
        /** It ended in its time, by throwing something; or it has called {@link System#exit}. */
        FAILED(Outcome.FAILED, "failed"),
        /** It was never begun, because a step of a phase that aborts on failure was not done. */
        SKIPPED(Outcome.FAILED, "skipped"),
        /** It did not end in its time, but when it was interrupted; or somebody else interrupted it. */
        INTERRUPTED(Outcome.FORCED, "interrupted"),
        /** It did not end in its time, and not by the interrupt either: it was left behind. */
        HUNG(Outcome.FORCED, "hung");

        private final Outcome outcome;
        private final String word;

        Result(Outcome outcome, String word) {
            this.outcome = outcome;
            this.word = word;
        }

        /**
         * Tells what it makes of the whole stop, unless something else was worse.
         *
         * @return the outcome
         */
        public Outcome outcome() {
            return outcome;
        }

        /** As it is written in a text for people. */
        String word() {
            return word;
        }
    }

    /**
     * Makes a report that does not change when the list does.
     *
     * @param name the step's name
     * @param phase its phase
     * @param result how it came out
     * @param begin how long after the beginning of the stop it began
     * @param took how long it ran, or until it was given up
     * @param limit how long it was allowed to run
     * @param detail what else there is to say of it, or nothing
     * @param failure what it threw, or null
     * @param stacks where it stood at its limit, or nothing
     */
    public StepReport {
        stacks = List.copyOf(stacks);
    }

    void writeTo(Json json) {
        json.object()
                .field("name")
                .string(name)
                .field("phase")
                .string(phase.name())
                .field("result")
                .string(result.name())
                .field("beginMillis")
                .number(begin.toMillis())
                .field("millis")
                .number(took.toMillis())
                .field("limitMillis")
                .number(limit.toMillis());
        if (!detail.isEmpty()) {
            json.field("detail").string(detail);
        }
        if (failure != null) {
            json.field("failure").string(Description.of(failure));
        }
        if (!stacks.isEmpty()) {
            json.field("stacks").array();
            for (ThreadStack stack : stacks) {
                stack.writeTo(json);
            }
            json.endArray();
        }
        json.endObject();
    }

    /**
     * Says it for people.
     *
     * @return {@code "database" hung for 2.5 s at com.example.Pool.close(Pool.java:42)}; the place is the
     *     innermost one that is neither in the JDK nor in this library, if there is one
     */
    @Override
    public String toString() {
        String subject = '"' + name + '"';
        return switch (result) {
            case DONE -> subject + " was done in " + Durations.plain(took);
            case SKIPPED -> subject + " was skipped";
            case FAILED -> subject + " failed after " + Durations.plain(took) + failureText();
            case INTERRUPTED ->
                subject + " was interrupted after " + Durations.plain(took) + place()
                        + failureText();
            case HUNG -> subject + " hung for " + Durations.plain(took) + place() + failureText();
        };
    }

    private String failureText() {
        return failure == null ? "" : ": " + Description.of(failure);
    }

    private String place() {
        String place = stacks.isEmpty() ? "" : stacks.get(0).place();
        return place.isEmpty() ? "" : " at " + place;
    }
}
