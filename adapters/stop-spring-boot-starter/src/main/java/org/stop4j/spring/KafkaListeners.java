package org.stop4j.spring;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.listener.ListenerContainerRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.stop4j.Deadline;

import java.util.Map;
import java.util.TreeMap;

/**
 * Kafka's. Each finishes the record in hand, or the batch of a batch listener, commits its offset, and leaves the group.
 *
 * <p>By itself Spring finishes all that the last poll has brought, by default up to 500 records. If there is no time for
 * these, nothing of them is committed, and whoever comes next gets again what was finished.
 */
final class KafkaListeners extends FoundListeners {
    KafkaListeners() {
        super("kafka", MessageListenerContainer.class);
    }

    @Override
    Map<String, MessageListenerContainer> containers(Lifecycle registry) {
        Map<String, MessageListenerContainer> containers = new TreeMap<>();
        if (registry instanceof ListenerContainerRegistry its) {
            its.getListenerContainers().forEach(one -> containers.put(one.getListenerId(), one));
        }
        return containers;
    }

    /** Has been said before it was started: it does not look later. */
    @Override
    void prepare(SmartLifecycle container, Deadline deadline) {}

    /** Has containers stop after the record in hand. */
    static final class AfterRecord implements BeanPostProcessor {
        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
                factory.getContainerProperties().setStopImmediate(true);
            } else if (bean instanceof MessageListenerContainer container) {
                container.getContainerProperties().setStopImmediate(true);
            }
            return bean;
        }
    }
}
