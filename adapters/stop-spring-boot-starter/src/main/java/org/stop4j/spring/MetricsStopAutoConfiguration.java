package org.stop4j.spring;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.stop4j.Stop;

/**
 * Measures the stop, if there is a meter registry: the gauges {@code stop.state} (0 while it runs, 1 draining, 2 stopping, 3
 * stopped) and {@code stop.work} (what is in flight), the counter {@code stop.requests} with the tag {@code result=refused},
 * and, when it stops, the timers {@code stop.step} (tags {@code phase}, {@code step}, {@code result}) and {@code
 * stop.duration} (tags {@code reason}, {@code outcome}) of all phases but the last one, in which the registries are closed.
 *
 * @since 0.1
 */
@AutoConfiguration(after = StopAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(value = ContextClosing.class, search = SearchStrategy.CURRENT) // once a stop
public class MetricsStopAutoConfiguration {
    /** Made by Spring. */
    MetricsStopAutoConfiguration() {}

    @Bean
    StopMetrics stopMetrics(
            Stop stop,
            ObjectProvider<MeterRegistry> registries,
            ConfigurableApplicationContext context) {
        return new StopMetrics(stop, registries, context);
    }
}
