package org.stop4j.examples.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.stop4j.ControlDirectoryException;
import org.stop4j.Phase;
import org.stop4j.Stop;
import org.stop4j.kafka.ConsumerLoop;

import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ships orders from a Kafka topic, a line on standard output for each, and loses or repeats none when it is
 * stopped by a signal or the {@code stop} command.
 */
public final class OrdersMain {
    /** Held here, or its level would be forgotten with it. What goes well is told at length otherwise. */
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    private final Duration work;

    private OrdersMain(Duration work) {
        this.work = work;
    }

    public static void main(String[] arguments) throws InterruptedException {
        KAFKA.setLevel(Level.WARNING);
        try {
            Settings settings = Settings.of(arguments, System.getenv());
            KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings.consumer());
            Stop stop = Stop.builder().onSignals().onCommand().start();
            new OrdersMain(settings.work()).consume(stop, consumer, settings.topic());
        } catch (IllegalArgumentException | KafkaException | ControlDirectoryException e) {
            // What Kafka says itself is "Failed to construct kafka consumer".
            Throwable cause = e.getCause() == null ? e : e.getCause();
            System.err.println("kafka: " + cause.getMessage());
            System.exit(2);
        }
    }

    private void consume(Stop stop, KafkaConsumer<String, String> consumer, String topic)
            throws InterruptedException {
        consumer.subscribe(List.of(topic));
        try (ConsumerLoop<String, String> loop = ConsumerLoop.of(consumer)) {
            stop.step(Phase.FINISH, "orders", loop::stop);
            while (loop.goesOn()) {
                loop.poll(Duration.ofSeconds(1), this::ship);
            }
        }
    }

    private void ship(ConsumerRecord<String, String> order) throws InterruptedException {
        Thread.sleep(work.toMillis());
        System.out.println("shipped " + order.value());
    }
}
