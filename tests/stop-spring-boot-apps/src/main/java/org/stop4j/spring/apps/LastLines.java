package org.stop4j.spring.apps;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import org.stop4j.Phase;
import org.stop4j.Stop;

/** {@code app.last-lines=N}: a step that logs so many lines, by SLF4J and by the JDK's logger, when all else is done. */
@Component
@ConditionalOnProperty("app.last-lines")
class LastLines {
    private static final Logger LOGGER = LoggerFactory.getLogger(LastLines.class);
    private static final System.Logger SYSTEM_LOGGER = System.getLogger(LastLines.class.getName());

    LastLines(Stop stop, @Value("${app.last-lines}") int lines) {
        stop.step(Phase.LAST, "last lines", deadline -> {
            for (int i = 0; i < lines; i++) {
                LOGGER.info("slf4j line {}.", i);
                SYSTEM_LOGGER.log(System.Logger.Level.INFO, "system line " + i + ".");
            }
        });
    }
}
