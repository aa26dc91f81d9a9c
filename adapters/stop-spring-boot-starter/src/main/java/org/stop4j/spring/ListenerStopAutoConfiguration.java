package org.stop4j.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Has a stop end the listeners of Kafka and RabbitMQ after the message in hand, each in a step of its own.
 *
 * @since 0.1
 */
@AutoConfiguration(after = StopAutoConfiguration.class)
@ConditionalOnBean(value = ContextClosing.class, search = SearchStrategy.CURRENT)
public class ListenerStopAutoConfiguration {
    /** Made by Spring. */
    ListenerStopAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.kafka.listener.ListenerContainerRegistry")
    @ConditionalOnProperty(name = "stop.find.kafka", matchIfMissing = true)
    static class Kafka {
        @Bean
        static KafkaListeners stopKafkaListeners() {
            return new KafkaListeners();
        }

        @Bean
        static KafkaListeners.AfterRecord stopKafkaListenersAfterRecord() {
            return new KafkaListeners.AfterRecord();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = "org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry")
    @ConditionalOnProperty(name = "stop.find.rabbit", matchIfMissing = true)
    static class Rabbit {
        @Bean
        static RabbitListeners stopRabbitListeners() {
            return new RabbitListeners();
        }
    }
}
