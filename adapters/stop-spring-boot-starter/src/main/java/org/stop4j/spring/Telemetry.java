package org.stop4j.spring;

import java.util.Set;

/** What tells others how the application does, and is to tell how it has ended, too: by name, since it may not be there. */
final class Telemetry {
    private static final Set<String> TYPES = Set.of(
            "io.micrometer.core.instrument.MeterRegistry",
            "io.opentelemetry.api.OpenTelemetry",
            "io.opentelemetry.sdk.trace.SdkTracerProvider",
            "io.opentelemetry.sdk.trace.SpanProcessor",
            "io.opentelemetry.sdk.trace.export.SpanExporter",
            "io.opentelemetry.sdk.metrics.SdkMeterProvider",
            "io.opentelemetry.sdk.logs.SdkLoggerProvider",
            "io.opentelemetry.sdk.logs.LogRecordProcessor",
            "zipkin2.reporter.AsyncReporter",
            "zipkin2.reporter.BytesMessageSender");

    private Telemetry() {}

    static boolean isPartOf(Object bean) {
        return isPartOf(bean.getClass());
    }

    private static boolean isPartOf(Class<?> type) {
        for (Class<?> one = type; one != null; one = one.getSuperclass()) {
            if (TYPES.contains(one.getName())) {
                return true;
            }
            for (Class<?> its : one.getInterfaces()) {
                if (isPartOf(its)) {
                    return true;
                }
            }
        }
        return false;
    }
}
