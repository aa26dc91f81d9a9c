package org.stop4j;

import org.stop4j.internal.Json;

import java.time.Duration;
import java.util.List;

/**
 * How one phase came out.
 *
 * @param phase the phase
 * @param begin how long after the beginning of the stop it began
 * @param took how long it took
 * @param steps its steps, in the order in which they began
 * @since 0.1
 */
public record PhaseReport(Phase phase, Duration begin, Duration took, List<StepReport> steps) {

    /**
     * Makes a report that does not change when the list does.
     *
     * @param phase the phase
     * @param begin how long after the beginning of the stop it began
     * @param took how long it took
     * @param steps its steps, in the order in which they began
     */
    public PhaseReport {
        steps = List.copyOf(steps);
    }

    void writeTo(Json json) {
        json.object()
                .field("name")
                .string(phase.name())
                .field("beginMillis")
                .number(begin.toMillis())
                .field("millis")
                .number(took.toMillis())
                .endObject();
    }
}
