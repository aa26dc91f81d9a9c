package org.stop4j.spring;

import org.stop4j.Stop;

/**
 * A bean that has a say in the stop of the application before it is started, when the properties have been applied: for
 * phases of one's own, or triggers.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface StopCustomizer {

    /**
     * Changes what the properties have set. Called once, while the context is being made; several in their order.
     *
     * @param builder what the stop is about to be started from
     */
    void customize(Stop.Builder builder);
}
