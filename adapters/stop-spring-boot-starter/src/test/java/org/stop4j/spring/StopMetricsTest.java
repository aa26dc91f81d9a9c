package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.core.instrument.step.StepMeterRegistry;
import io.micrometer.core.instrument.step.StepRegistryConfig;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Work;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

class StopMetricsTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        SimpleMeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

    @Test
    void stateAndWorkAreMeasured() throws Exception {
        try (Application application = start(App.class)) {
            MeterRegistry registry = application.context.getBean(MeterRegistry.class);
            assertThat(registry.get("stop.state").gauge().value()).isZero();
            assertThat(registry.get("stop.work").gauge().value()).isZero();

            Work work = application.stop.gate().enter("export 42");
            application.stop.drain(Reason.of(Reason.Kind.CODE, "by a test"));

            assertThat(registry.get("stop.state").gauge().value()).isEqualTo(1);
            assertThat(registry.get("stop.work").gauge().value()).isEqualTo(1);
            assertThat(registry.get("stop.requests")
                            .tag("result", "refused")
                            .functionCounter()
                            .count())
                    .isZero();
            work.close();
        }
    }

    @Test
    void aStopIsMeasuredUpToItsLastPhase() throws Exception {
        try (Application application = start(App.class)) {
            MeterRegistry registry = application.context.getBean(MeterRegistry.class);
            application.stop.step(Phase.FINISH, "orders", deadline -> {
                throw new IllegalStateException("on purpose");
            });

            Report report = application.end();

            Timer step = registry.get("stop.step").tag("step", "orders").timer();
            assertThat(step.getId().getTag("phase")).isEqualTo("FINISH");
            assertThat(step.getId().getTag("result")).isEqualTo("FAILED");
            assertThat(step.count()).isEqualTo(1);
            assertThat(step.totalTime(TimeUnit.NANOSECONDS)).isEqualTo((double)
                    Application.step(report, "orders").took().toNanos());
            Timer duration = registry.get("stop.duration").timer();
            assertThat(duration.count()).isEqualTo(1);
            assertThat(duration.getId().getTag("reason")).isEqualTo("CODE");
            assertThat(duration.getId().getTag("outcome")).isEqualTo("FAILED");
            assertThat(registry.isClosed()).isTrue();
        }
    }

    // ---- what is pushed

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Pushing {
        @Bean
        Pushed registry() {
            return new Pushed();
        }
    }

    /** Pushes once an hour, and when it is closed. */
    static final class Pushed extends StepMeterRegistry {
        final Map<String, Long> timers = new TreeMap<>();

        Pushed() {
            super(
                    new StepRegistryConfig() {
                        @Override
                        public String prefix() {
                            return "pushed";
                        }

                        @Override
                        public @Nullable String get(String key) {
                            return null;
                        }

                        @Override
                        public Duration step() {
                            return Duration.ofHours(1);
                        }
                    },
                    Clock.SYSTEM);
        }

        @Override
        protected void publish() {
            for (Meter meter : getMeters()) {
                if (meter instanceof Timer timer) {
                    String step = timer.getId().getTag("step");
                    timers.put(
                            timer.getId().getName() + (step == null ? "" : ' ' + step),
                            timer.count());
                }
            }
        }

        @Override
        protected TimeUnit getBaseTimeUnit() {
            return TimeUnit.MILLISECONDS;
        }
    }

    @Test
    void whatIsPushedIsPushedWhenTheStepsAreRecorded() throws Exception {
        try (Application application = start(Pushing.class)) {
            Map<String, Long> pushed = application.context.getBean(Pushed.class).timers;
            application.stop.step(Phase.CLOSE, "database", deadline -> {});

            Report report = application.end();

            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(pushed)
                    .containsEntry("stop.step database", 1L)
                    .containsEntry("stop.duration", 1L);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({StopAutoConfiguration.class, MetricsStopAutoConfiguration.class})
    static class Unmeasured {}

    @Test
    void withoutARegistryNothingIsMeasured() throws Exception {
        try (Application application = start(Unmeasured.class)) {
            Report report = application.end();
            assertThat(report.steps())
                    .extracting(StepReport::name)
                    .doesNotContain(StopMetrics.STEP);
        }
    }

    // ---- traces

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(StopAutoConfiguration.class)
    static class Traced {
        @Bean
        Exported exporter() {
            return new Exported();
        }

        @Bean
        SdkTracerProvider tracerProvider(Exported exporter) {
            return SdkTracerProvider.builder()
                    .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                            .setScheduleDelay(Duration.ofHours(1))
                            .build())
                    .build();
        }
    }

    static final class Exported implements SpanExporter {
        final List<String> names = new CopyOnWriteArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            spans.forEach(span -> names.add(span.getName()));
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    @Test
    void spansOfTheStopAreExportedInItsLastPhase() throws Exception {
        try (Application application = start(Traced.class)) {
            SdkTracerProvider tracers = application.context.getBean(SdkTracerProvider.class);
            List<String> exported = application.context.getBean(Exported.class).names;
            application.stop.step(
                    Phase.CLOSE,
                    "database",
                    deadline -> tracers.get("test")
                            .spanBuilder("last words")
                            .startSpan()
                            .end());

            Report report = application.end();

            assertThat(exported).containsExactly("last words");
            assertThat(Application.step(report, "bean tracerProvider").phase())
                    .isEqualTo(Phase.LAST);
        }
    }

    private static Application start(Class<?> source) {
        return Application.start(WebApplicationType.NONE, List.of(), source);
    }
}
