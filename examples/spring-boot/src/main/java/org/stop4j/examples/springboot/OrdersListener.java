package org.stop4j.examples.springboot;

import org.springframework.context.annotation.Profile;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Takes orders from the topic {@code orders}, each the name of an item. */
@Component
@Profile("kafka")
class OrdersListener {
    private final Orders orders;

    OrdersListener(Orders orders) {
        this.orders = orders;
    }

    @KafkaListener(topics = "orders")
    void order(String item) {
        orders.add(item);
    }
}
