package org.stop4j.examples.springboot;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Ships what was ordered, each second. */
@Component
class Shipping {
    private static final Logger LOGGER = LoggerFactory.getLogger(Shipping.class);

    private final Orders orders;

    Shipping(Orders orders) {
        this.orders = orders;
    }

    @Scheduled(fixedDelay = 1000)
    void ship() {
        int shipped = orders.ship();
        if (shipped > 0) {
            LOGGER.info("shipped {}", shipped);
        }
    }
}
