package org.stop4j;

/**
 * A piece of stop work.
 *
 * @see Stop#step(String, Step)
 * @since 0.1
 */
@FunctionalInterface
public interface Step {

    /**
     * Does the work. Called once, on a thread of its own, which is interrupted when the deadline has passed.
     *
     * @param deadline until when this step must be done
     * @throws Exception if the work fails; the stop goes on, and the report tells
     */
    void run(Deadline deadline) throws Exception;
}
