package org.stop4j.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.stop4j.Stop;

import reactor.netty.http.server.HttpServer;

import java.time.Duration;

/**
 * Counts the exchanges of a reactive application at the gate of its stop, as {@link org.stop4j.servlet.StopFilter} does
 * with requests. A stream of events ({@code text/event-stream}) is completed when a stop begins, after the event that is
 * being sent; a WebSocket is closed with 1001. Other streams are waited for until they end.
 *
 * <p>With the first answer after a stop has begun, a connection is told to end: of HTTP/1 by its header, of HTTP/2, over
 * Reactor Netty, by GOAWAY.
 *
 * @since 0.1
 */
@AutoConfiguration(after = StopAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(HttpHandlerDecoratorFactory.class)
@ConditionalOnBean(Stop.class)
@EnableConfigurationProperties(StopProperties.class) // also where somebody has made the stop
public class ReactiveStopAutoConfiguration {
    /** Made by Spring. */
    ReactiveStopAutoConfiguration() {}

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    HttpHandlerDecoratorFactory stopHttpHandlerDecorator(
            Stop stop, StopProperties properties, ApplicationContext context) {
        return new ExchangeGate(
                stop, context, Excepted.ofWebFlux(properties, context.getEnvironment()));
    }

    /** The event loops of Reactor Netty. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ReactorResourceFactory.class, HttpServer.class})
    static class EventLoops {
        /** By itself, they wait two seconds for whoever may still come; but nobody can, when they are ended. */
        @Bean
        static BeanPostProcessor stopEventLoopsPostProcessor() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessBeforeInitialization(Object bean, String name) {
                    if (bean instanceof ReactorResourceFactory factory) {
                        factory.setShutdownQuietPeriod(Duration.ZERO);
                    }
                    return bean;
                }
            };
        }
    }

    /** WebSockets, where they are served by WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebSocketHandlerAdapter.class)
    static class WebSockets {
        @Bean
        static BeanPostProcessor stopWebSocketPostProcessor(ObjectProvider<Stop> stop) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean.getClass() == WebSocketHandlerAdapter.class
                            ? new WebSocketGate(stop.getObject(), (WebSocketHandlerAdapter) bean)
                            : bean;
                }
            };
        }
    }
}
