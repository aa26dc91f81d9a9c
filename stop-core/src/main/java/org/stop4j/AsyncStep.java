package org.stop4j;

import java.util.concurrent.CompletionStage;

/**
 * A piece of stop work that returns before it is done.
 *
 * @see Stop#asyncStep
 * @since 0.1
 */
@FunctionalInterface
public interface AsyncStep {

    /**
     * Begins the work. Called once. The step is done when the stage completes, and has failed if that is
     * exceptionally. At its deadline it is left behind; the stage is not cancelled, since that would not end
     * the work. The report then tells where the step was registered and, from Java 21 on, where virtual threads
     * stand. If this method itself does not return, its thread is interrupted as that of any step.
     *
     * @param deadline until when the stage must be complete
     * @return the stage that completes when the work is done
     * @throws Exception if the work cannot begin
     */
    CompletionStage<?> begin(Deadline deadline) throws Exception;
}
