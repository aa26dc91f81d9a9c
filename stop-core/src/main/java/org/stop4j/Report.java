package org.stop4j;

import org.stop4j.internal.Json;
import org.stop4j.internal.report.ReportPage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The value in which a stop ends.
 *
 * @param reason why it began
 * @param joined who else asked until its end, in the order of asking; the first 16
 * @param outcome how it came out
 * @param exitCode what the stop ends the process with; somebody else's {@link System#exit} has the last word
 * @param begin when it began, by the wall clock
 * @param timeout how long it was allowed to take, unless a second signal shortened that
 * @param took how long it took, without the hold
 * @param phases the phases that had steps, in their order
 * @param notes what else went wrong: a logger, a listener or a trigger that hung or threw, something that
 *     was left behind
 * @since 0.1
 */
public record Report(
        Reason reason,
        List<Reason> joined,
        Outcome outcome,
        int exitCode,
        Instant begin,
        Duration timeout,
        Duration took,
        List<PhaseReport> phases,
        List<String> notes) {

    /**
     * Makes a report that does not change when the lists do.
     *
     * @param reason why it began
     * @param joined who else asked
     * @param outcome how it came out
     * @param exitCode what the process exits with
     * @param begin when it began, by the wall clock
     * @param timeout how long it was allowed to take
     * @param took how long it took, without the hold
     * @param phases the phases that had steps
     * @param notes what else went wrong
     */
    public Report {
        joined = List.copyOf(joined);
        phases = List.copyOf(phases);
        notes = List.copyOf(notes);
    }

    /**
     * Makes the report of a stop that was done by other means than a {@link Stop}.
     *
     * @param reason why it began; its time is when
     * @param took how long it took
     * @param phases the phases, with their steps; may be empty
     * @return the report, with the outcome that the worst of the steps makes, and its exit code
     */
    public static Report of(Reason reason, Duration took, List<PhaseReport> phases) {
        Outcome outcome = outcomeOf(phases);
        return new Report(
                reason,
                List.of(),
                outcome,
                outcome.exitCode(),
                reason.time(),
                took,
                took,
                phases,
                List.of());
    }

    /** The worst of the steps decides. */
    static Outcome outcomeOf(List<PhaseReport> phases) {
        Outcome worst = Outcome.CLEAN;
        for (PhaseReport phase : phases) {
            for (StepReport step : phase.steps()) {
                Outcome outcome = step.result().outcome();
                worst = outcome.compareTo(worst) > 0 ? outcome : worst;
            }
        }
        return worst;
    }

    /**
     * Returns every step, of all phases.
     *
     * @return the steps, phase by phase, in the order in which they began
     */
    public List<StepReport> steps() {
        List<StepReport> all = new ArrayList<>();
        for (PhaseReport phase : phases) {
            all.addAll(phase.steps());
        }
        return all;
    }

    /**
     * Says it for people, in one line.
     *
     * @return {@code stopped cleanly in 312 ms (signal SIGTERM)}
     */
    public String summary() {
        return ReportText.summary(this);
    }

    /**
     * Says it for people, as a block of lines.
     *
     * @return the summary, then a line for each phase and step; for what failed or hung, what it threw and
     *     where it stood. Without a line end after the last line
     */
    public String toText() {
        return ReportText.block(this);
    }

    /**
     * Says what matters most for people: how it came out, what went wrong and where it hung, with the inner frames
     * of its stack, and what took longest.
     *
     * @return a few lines, without a line end after the last one
     */
    public String toShortText() {
        return ReportText.brief(this);
    }

    /**
     * Makes it a page for people: self-contained, without scripts, with the steps as bars on a time axis.
     *
     * @return the page, as HTML
     */
    public String toHtml() {
        return ReportPage.of(toJson());
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
                .field("exitCode")
                .number(exitCode)
                .field("millis")
                .number(took.toMillis())
                .field("timeoutMillis")
                .number(Durations.saturatedNanos(timeout) / 1_000_000)
                .field("begin")
                .string(begin.toString())
                .field("reason");
        reason.writeTo(json);
        json.field("joined").array();
        for (Reason also : joined) {
            also.writeTo(json);
        }
        json.endArray().field("phases").array();
        for (PhaseReport phase : phases) {
            phase.writeTo(json);
        }
        json.endArray().field("steps").array();
        for (PhaseReport phase : phases) {
            for (StepReport step : phase.steps()) {
                step.writeTo(json);
            }
        }
        json.endArray().field("notes").array();
        for (String note : notes) {
            json.string(note);
        }
        return json.endArray().endObject().toString();
    }
}
