package org.stop4j.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.stop4j.spring.StepCustomizer;

import java.time.Duration;

/**
 * A small service: orders in a database, shipped by a scheduled job. That it loses none of them, and no request,
 * when it is stopped is the doing of a dependency; here is only said how long one thing may take.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
public class OrdersApplication {
    /** Made by Spring. */
    OrdersApplication() {}

    public static void main(String[] arguments) {
        SpringApplication.run(OrdersApplication.class, arguments);
    }

    /** The connections to the database have three seconds to be closed. */
    @Bean
    StepCustomizer patience() {
        return step -> {
            if (step.name().equals("bean dataSource")) {
                step.ceiling(Duration.ofSeconds(3));
            }
        };
    }
}
