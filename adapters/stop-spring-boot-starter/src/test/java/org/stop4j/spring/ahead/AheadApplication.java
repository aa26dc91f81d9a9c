package org.stop4j.spring.ahead;

import jakarta.annotation.PreDestroy;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.stop4j.spring.StopAutoConfiguration;
import org.stop4j.spring.StopStep;
import org.stop4j.spring.TaskStopAutoConfiguration;

/** Says on standard output what is done when it stops. Nothing is configured that it does not need: so it is fast. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({StopAutoConfiguration.class, TaskStopAutoConfiguration.class})
public class AheadApplication {
    /** Made by Spring. */
    AheadApplication() {}

    public static void main(String[] arguments) {
        SpringApplication.run(AheadApplication.class, arguments);
    }

    static void say(String line) {
        System.out.println("> " + line);
    }

    static class Orders {
        @SuppressWarnings("UnusedMethod") // by reflection
        @StopStep(phase = "FINISH")
        private void ship() {
            say("ship");
        }
    }

    static class Database implements DisposableBean, AutoCloseable {
        @SuppressWarnings("UnusedMethod") // by reflection
        @PreDestroy
        private void flush() {
            say("flush");
            throw new IllegalStateException("the disk is full");
        }

        @Override
        public void destroy() {
            say("destroy");
        }

        @Override
        public void close() {
            say("never, since there is a destroy");
        }

        void release() {
            say("release");
        }
    }

    @Bean
    ThreadPoolTaskExecutor pool() {
        return new ThreadPoolTaskExecutor();
    }

    @Bean
    Orders orders() {
        return new Orders();
    }

    @Bean(destroyMethod = "release")
    Database database() {
        return new Database();
    }

    @Bean
    @Lazy
    Database unused() {
        return new Database();
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> ready() {
        return event -> say("ready");
    }
}
