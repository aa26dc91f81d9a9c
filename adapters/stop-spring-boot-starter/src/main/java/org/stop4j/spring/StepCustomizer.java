package org.stop4j.spring;

/**
 * Has a say in each step that is registered for something that was found among the beans: a web server, a lifecycle, an
 * executor, a bean that is destroyed. A bean of this type is asked once for each of them:
 *
 * <pre>{@code
 * @Bean
 * StepCustomizer patience() {
 *     return step -> {
 *         if (step.name().equals("bean dataSource")) {
 *             step.ceiling(Duration.ofSeconds(3));
 *         }
 *     };
 * }
 * }</pre>
 *
 * <p>Of several, each is asked in their order. They are asked when the application begins to stop, and of what comes later
 * than that, when the last request has ended; on a thread of the stop. What one throws is logged, and the step is registered as it was described until
 * then.
 *
 * @see StopStep
 * @since 0.1
 */
@FunctionalInterface
public interface StepCustomizer {

    /**
     * Looks at a step that is about to be registered, and says more about it, or leaves it out.
     *
     * @param step the step
     */
    void customize(FoundStep step);
}
