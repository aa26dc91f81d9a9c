package org.stop4j;

import org.stop4j.internal.Json;

import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;

/**
 * The value in which a stop ends.
 *
 * @param reason why it began
 * @param outcome how it came out
 * @param took how long it took, without the hold
 * @param steps every step, in the order in which they were attempted
 * @since 0.1
 */
public record Report(Reason reason, Outcome outcome, Duration took, List<StepReport> steps) {

    /**
     * Makes a report that does not change when the list does.
     *
     * @param reason why it began
     * @param outcome how it came out
     * @param took how long it took, without the hold
     * @param steps every step, in the order in which they were attempted
     */
    public Report {
        steps = List.copyOf(steps);
    }

    /** Judges by the steps. */
    static Report of(Reason reason, Duration took, List<StepReport> steps) {
        Outcome worst = Outcome.CLEAN;
        for (StepReport step : steps) {
            Outcome outcome = switch (step.result()) {
                case DONE -> Outcome.CLEAN;
                case FAILED -> Outcome.FAILED;
                case HUNG -> Outcome.FORCED;
            };
            worst = outcome.compareTo(worst) > 0 ? outcome : worst;
        }
        return new Report(reason, worst, took, steps);
    }

    /**
     * Says it for people, in one line.
     *
     * @return {@code stopped cleanly in 312 ms (signal SIGTERM)}
     */
    public String summary() {
        if (outcome == Outcome.CLEAN) {
            return "stopped cleanly in " + Durations.plain(took) + " (" + reason + ")";
        }
        // No stream: the first one in a JVM would cost a stop that has nothing to do half its time.
        StringJoiner problems = new StringJoiner("; ");
        for (StepReport step : steps) {
            if (step.result() != StepReport.Result.DONE) {
                problems.add(step.toString());
            }
        }
        return "stopped in " + Durations.plain(took) + " (" + reason + "), but step " + problems;
    }

    /**
     * Writes it for programs.
     *
     * @return one JSON object in one line; later versions add fields, and remove none
     */
    public String toJson() {
        Json json = new Json()
                .object()
                .field("outcome")
                .string(outcome.name())
                .field("millis")
                .number(took.toMillis())
                .field("reason")
                .object()
                .field("kind")
                .string(reason.kind().name())
                .field("detail")
                .string(reason.detail())
                .field("time")
                .string(reason.time().toString())
                .endObject()
                .field("steps")
                .array();
        for (StepReport step : steps) {
            step.writeTo(json);
        }
        return json.endArray().endObject().toString();
    }
}
