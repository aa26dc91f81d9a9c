package org.stop4j.spring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.AbstractApplicationContext;
import org.stop4j.Deadline;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.PhaseReport;
import org.stop4j.Reason;
import org.stop4j.State;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.List;

/**
 * Measures a stop, and has the registries closed only when that is recorded: what is pushed is pushed when they are closed.
 *
 * <p>Boot closes them as soon as the context publishes that it is closed, when most of the stop is still to come. So the
 * listener that does is taken out, and called by a step of the last phase, before those that destroy telemetry.
 */
final class StopMetrics implements SmartInitializingSingleton {
    static final String STEP = "meter registries";

    /** The name that Boot gives to the listener; its class has moved from line to line. */
    private static final String CLOSER = "meterRegistryCloser";

    private final Stop stop;
    private final ObjectProvider<MeterRegistry> registries;
    private final ConfigurableApplicationContext context;

    // Set once, before the application is ready:
    private volatile List<MeterRegistry> bound = List.of();
    private volatile @Nullable ApplicationListener<ContextClosedEvent> closer;

    StopMetrics(
            Stop stop,
            ObjectProvider<MeterRegistry> registries,
            ConfigurableApplicationContext context) {
        this.stop = stop;
        this.registries = registries;
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        bound = found();
        if (bound.isEmpty()) {
            return;
        }
        takeOutCloser();
        bound.forEach(this::bind);
        stop.step(Phase.LAST, STEP, this::recordAndClose);
    }

    /** The one that stands for all; or each, if none does. */
    private List<MeterRegistry> found() {
        MeterRegistry one = registries.getIfUnique();
        if (one != null) {
            return List.of(one);
        }
        return registries
                .orderedStream()
                .filter(registry -> !(registry instanceof CompositeMeterRegistry))
                .toList();
    }

    @SuppressWarnings("unchecked") // of this name and by Boot, it listens to this
    private void takeOutCloser() {
        if (!context.containsLocalBean(CLOSER)
                || !(context.getBean(CLOSER) instanceof ApplicationListener<?> listener)) {
            return;
        }
        ApplicationEventMulticaster multicaster = context.getBean(
                AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
                ApplicationEventMulticaster.class);
        multicaster.removeApplicationListenerBean(CLOSER);
        multicaster.removeApplicationListener(listener);
        closer = (ApplicationListener<ContextClosedEvent>) listener;
    }

    private void bind(MeterRegistry registry) {
        Gauge.builder("stop.state", stop, its -> number(its.state()))
                .description("0 running, 1 draining, 2 stopping, 3 stopped")
                .register(registry);
        Gauge.builder("stop.work", stop, its -> its.gate().inFlight())
                .description("What is in flight, and would be waited for")
                .register(registry);
        FunctionCounter.builder("stop.requests", stop, its -> its.gate().refused())
                .tag("result", "refused")
                .description("What was not let in, since the gate was closed")
                .register(registry);
    }

    private static int number(State state) {
        return switch (state) {
            case RUNNING -> 0;
            case DRAINING -> 1;
            case STOPPING -> 2;
            case STOPPED -> 3;
        };
    }

    // ---- the step

    private void recordAndClose(Deadline deadline) {
        List<PhaseReport> phases = stop.phases();
        for (MeterRegistry registry : bound) {
            record(phases, registry);
        }
        ApplicationListener<ContextClosedEvent> its = closer;
        if (its != null) {
            its.onApplicationEvent(new ContextClosedEvent(context));
        }
    }

    private void record(List<PhaseReport> phases, MeterRegistry registry) {
        Duration total = Duration.ZERO;
        Outcome worst = Outcome.CLEAN;
        for (PhaseReport phase : phases) {
            total = phase.begin().plus(phase.took());
            for (StepReport step : phase.steps()) {
                Outcome outcome = step.result().outcome();
                worst = outcome.compareTo(worst) > 0 ? outcome : worst;
                record(step, registry);
            }
        }
        String reason = stop.reason().map(Reason::kind).map(Enum::name).orElse("");
        registry.timer("stop.duration", "reason", reason, "outcome", worst.name())
                .record(total);
    }

    private static void record(StepReport step, MeterRegistry registry) {
        registry.timer(
                        "stop.step",
                        "phase",
                        step.phase().name(),
                        "step",
                        step.name(),
                        "result",
                        step.result().name())
                .record(step.took());
    }
}
