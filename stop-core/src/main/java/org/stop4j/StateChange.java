package org.stop4j;

import java.time.Instant;

/**
 * A stop went from one state into another.
 *
 * @param from the state before
 * @param to the state now
 * @param reason why; for a drain that was undone, what resumed it
 * @param time when, by the wall clock
 * @since 0.1
 */
public record StateChange(State from, State to, Reason reason, Instant time) {}
