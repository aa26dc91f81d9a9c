package org.stop4j.spring.apps;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Serves {@code /job} and {@code /ready}, as a servlet application or as a reactive one, whatever the class path has. It
 * knows nothing of a stop; what it is told to do wrong, by properties {@code app.*}, are beans of their own.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class JobApplication {
    /** Made by Spring. */
    JobApplication() {}

    public static void main(String[] arguments) {
        SpringApplication.run(JobApplication.class, arguments);
    }
}
