package org.stop4j.spring;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Keeps what Boot says of an application of a test that could not be started. */
final class LastAnalysis implements FailureAnalysisReporter {
    private static volatile String text = "";

    @Override
    public void report(FailureAnalysis analysis) {
        text = analysis.getDescription() + '\n' + analysis.getAction();
    }

    static void forget() {
        text = "";
    }

    static String text() {
        return text;
    }
}
