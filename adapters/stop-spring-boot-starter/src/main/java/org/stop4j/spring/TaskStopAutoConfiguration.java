package org.stop4j.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.stop4j.Stop;

/**
 * Has a stop wait for what executors and schedulers run, and registers the steps that beans declare by {@link StopStep}.
 *
 * @since 0.1
 */
@AutoConfiguration(after = StopAutoConfiguration.class)
@ConditionalOnBean(Stop.class)
public class TaskStopAutoConfiguration {
    /** Made by Spring. */
    TaskStopAutoConfiguration() {}

    @Bean
    static StopSteps stopSteps(ObjectProvider<Stop> stop) {
        return new StopSteps(stop);
    }

    /** If all beans are to be made late, those are not that declare steps: somebody has to know of these. */
    @Bean
    static LazyInitializationExcludeFilter stopEagerSteps() {
        return (name, definition, type) ->
                type != null && !StopSteps.methodsOf(type).isEmpty();
    }

    /** For a context that is closed by the stop itself: in another, nobody would shut down what accepts tasks late. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(value = ContextClosing.class, search = SearchStrategy.CURRENT)
    static class Found {
        @Bean(Tasks.BEAN)
        @ConditionalOnProperty(name = "stop.find.tasks", matchIfMissing = true)
        static Tasks stopTasks(Stop stop, AsyncMethods methods) {
            return new Tasks(stop, methods);
        }

        @Bean
        @ConditionalOnProperty(name = "stop.find.tasks", matchIfMissing = true)
        static AsyncMethods stopAsyncMethods() {
            return new AsyncMethods();
        }

        @Bean
        @ConditionalOnProperty(name = "stop.find.tasks", matchIfMissing = true)
        static TaskDecorating stopTaskDecorating(ObjectProvider<Tasks> tasks) {
            return new TaskDecorating(tasks);
        }

        @Bean
        @ConditionalOnProperty(name = "stop.find.executors", matchIfMissing = true)
        static FoundExecutors.Late stopLateExecutors() {
            return new FoundExecutors.Late();
        }
    }
}
