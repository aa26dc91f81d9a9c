package org.stop4j;

import java.time.Duration;

/**
 * A step that was registered: says more about it, or takes it out again.
 *
 * <p>Safe to use from any thread. What is said counts until the step's phase begins.
 *
 * @since 0.1
 */
public interface RegisteredStep extends Registration {

    /**
     * Limits this step, from its own beginning. The limit can only shorten the time that the stop leaves it
     * anyway.
     *
     * @param limit how long at most; replaces an earlier one
     * @return this
     * @throws IllegalArgumentException if the limit is not positive
     * @throws StoppingException if the step's phase has begun
     */
    RegisteredStep ceiling(Duration limit);

    /**
     * Lets this step begin only when others have ended, or were given up. A step of an earlier phase has
     * ended anyway. One that is registered later may be named, and one that does not exist when the phase
     * begins is logged at WARNING and not waited for.
     *
     * @param steps the names of the others; added to those named before
     * @return this
     * @throws IllegalArgumentException if this step and the others would wait for each other in a circle,
     *     which is named, or if one of them is in a later phase; nothing is changed then
     * @throws StoppingException if the step's phase has begun
     */
    RegisteredStep after(String... steps);

    /** Takes the step out again; once its phase has begun, and when called again, that does nothing. */
    @Override
    void close();
}
