package org.stop4j.examples.springboot;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.stop4j.spring.StopStep;

/**
 * A step of one's own, if there is something to be done that no bean does by being destroyed: when no request comes any
 * more, and the database is still there, nothing is left waiting.
 */
@Component
class LastOrders {
    private static final Logger LOGGER = LoggerFactory.getLogger(LastOrders.class);

    private final Orders orders;

    LastOrders(Orders orders) {
        this.orders = orders;
    }

    @StopStep(phase = "FINISH", name = "last orders", ceiling = "5s")
    void shipRest() {
        LOGGER.info("shipped {} at the end", orders.ship());
    }
}
