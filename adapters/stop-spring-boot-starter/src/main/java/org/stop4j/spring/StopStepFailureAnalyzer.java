package org.stop4j.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong with the declaration of a step, instead of where that was found out. */
final class StopStepFailureAnalyzer extends AbstractFailureAnalyzer<StopStepException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StopStepException cause) {
        return new FailureAnalysis(
                "A method cannot be a step of the stop: " + cause.getMessage(),
                "Change the method, or what its annotation says.",
                cause);
    }
}
