package org.stop4j.spring.apps;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** {@code app.chatter}: once the application is up, it logs without end. */
@Component
@ConditionalOnProperty("app.chatter")
class Chatter {
    private static final Logger LOGGER = LoggerFactory.getLogger(Chatter.class);

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        Thread thread = new Thread(
                () -> {
                    while (true) {
                        LOGGER.info("chatter");
                    }
                },
                "chatter");
        thread.setDaemon(true);
        thread.start();
    }
}
