package org.stop4j.spring;

import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.stop4j.Deadline;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * RabbitMQ's. Each finishes the message in hand and acknowledges it; what it was sent beyond that goes back to the queue.
 *
 * <p>By itself Spring finishes all that it was sent, by default up to 250 messages, and after five seconds closes the
 * channel, so that the message in hand goes back to the queue, too, while it is worked on.
 */
final class RabbitListeners extends FoundListeners {
    /** Beyond the limit, so that it is the step that is over it, and the report that names it. */
    private static final long MARGIN_MILLIS = 60_000;

    RabbitListeners() {
        super("rabbit", AbstractMessageListenerContainer.class);
    }

    @Override
    Map<String, AbstractMessageListenerContainer> containers(Lifecycle registry) {
        Map<String, AbstractMessageListenerContainer> containers = new TreeMap<>();
        if (registry instanceof RabbitListenerEndpointRegistry its) {
            // Of another type in Boot 4.1, and so no method that returns a single one.
            Collection<?> all = its.getListenerContainers();
            for (Object one : all) {
                if (one instanceof AbstractMessageListenerContainer container) {
                    containers.put(container.getListenerId(), container);
                }
            }
        }
        return containers;
    }

    @Override
    void prepare(SmartLifecycle container, Deadline deadline) {
        if (container instanceof AbstractMessageListenerContainer one) {
            one.setShutdownTimeout(
                    TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos()) + MARGIN_MILLIS);
            // A direct one looks only when the next message comes, and would wait for one that does
            // not.
            one.setForceStop(one instanceof SimpleMessageListenerContainer);
        }
    }
}
