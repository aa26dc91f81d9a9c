package org.stop4j.spring.apps;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** {@code app.blocked-log}: once the application is up, whoever logs never returns. */
@Component
@ConditionalOnClass(name = "ch.qos.logback.classic.LoggerContext")
@ConditionalOnProperty("app.blocked-log")
class BlockedLog {
    @EventListener(ApplicationReadyEvent.class)
    void block() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Blocked appender = new Blocked();
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        System.out.println("log blocked");
    }

    private static final class Blocked extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            Never.comes();
        }
    }
}
