package org.stop4j.spring;

import jakarta.servlet.Filter;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitterReturnValueHandler;
import org.stop4j.Stop;
import org.stop4j.servlet.StopFilter;

import java.util.List;

/**
 * Counts the requests of a servlet application at the gate of its stop. A stream of events that a method of a controller
 * returns, as an {@code SseEmitter} or as a publisher, or a functional endpoint, by {@code ServerResponse.sse}, is completed
 * when a stop begins, between two events. (One that a functional endpoint makes of a publisher, or responds with later, is not
 * known as such; it is waited for like any other request.)
 *
 * @since 0.1
 */
@AutoConfiguration(after = StopAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(Filter.class)
@ConditionalOnBean(Stop.class)
@EnableConfigurationProperties(StopProperties.class) // also where somebody has made the stop
public class ServletStopAutoConfiguration {
    /** Made by Spring. */
    ServletStopAutoConfiguration() {}

    @Bean
    ServletContextInitializer stopFilterInitializer(
            Stop stop, StopProperties properties, Environment environment) {
        StopFilter filter =
                new StopFilter(stop).except(Excepted.ofServlet(properties, environment));
        return filter::addTo;
    }

    /** Streams of events, where they are served by Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestMappingHandlerAdapter.class)
    static class EventStreams {
        @Bean
        static BeanPostProcessor stopEventStreamPostProcessor() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    if (bean instanceof RequestMappingHandlerAdapter adapter) {
                        knowEventStreams(adapter);
                    } else if (bean instanceof RouterFunctionMapping mapping) {
                        FunctionalEvents.knowEventStreams(mapping);
                    }
                    return bean;
                }
            };
        }

        private static void knowEventStreams(RequestMappingHandlerAdapter adapter) {
            List<HandlerMethodReturnValueHandler> handlers = adapter.getReturnValueHandlers();
            if (handlers != null) {
                adapter.setReturnValueHandlers(handlers.stream()
                        .map(one -> one instanceof ResponseBodyEmitterReturnValueHandler
                                ? new EventStreamHandler(one)
                                : one)
                        .toList());
            }
        }
    }
}
