package org.stop4j.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong with a property, instead of where that was found out. */
final class StopFailureAnalyzer extends AbstractFailureAnalyzer<StopConfigurationException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StopConfigurationException cause) {
        return new FailureAnalysis(
                "The stop of this application cannot be configured: " + cause.getMessage(),
                "Change " + cause.properties()
                        + ", where it is set: as a property, as a system property, or as an environment variable"
                        + " (" + variable(cause.properties()) + ").",
                cause);
    }

    private static String variable(String properties) {
        return properties.replace(".", "_").replace("-", "").toUpperCase(java.util.Locale.ROOT);
    }
}
