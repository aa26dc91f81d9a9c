package org.stop4j;

/**
 * A piece of stop work that wants to know why the process stops.
 *
 * @see Stop#step(Phase, String, ReasonedStep)
 * @since 0.1
 */
@FunctionalInterface
public interface ReasonedStep {

    /**
     * Does the work, as {@link Step#run}.
     *
     * @param deadline until when this step must be done
     * @param reason why the stop began
     * @throws Exception if the work fails; the stop goes on, and the report tells
     */
    void run(Deadline deadline, Reason reason) throws Exception;
}
