package org.stop4j.engine;

import org.stop4j.Phase;
import org.stop4j.PhaseReport;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;

/** What many of these tests do at their end. */
final class Ends {
    private Ends() {}

    /** Asks for the stop, and waits for its report. */
    static Report end(Stop stop) throws InterruptedException {
        stop.request("test");
        return stop.await();
    }

    static StepReport step(Report report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + name + " in " + report));
    }

    static PhaseReport phase(Report report, Phase phase) {
        return report.phases().stream()
                .filter(its -> its.phase().equals(phase))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no phase " + phase + " in " + report));
    }

    static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
