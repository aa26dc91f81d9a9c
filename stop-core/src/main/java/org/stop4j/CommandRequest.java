package org.stop4j;

import java.time.Duration;

/**
 * A request to stop that came through the control directory.
 *
 * @param reason why, in the words of who asked; may be empty
 * @param pid the process that asks, as seen in its own PID namespace; empty if unknown
 * @param timeout how long it is going to wait; zero if unknown
 * @param legacy whether it is an empty file, as the Go command of the first days makes it
 * @since 0.1
 */
public record CommandRequest(String reason, String pid, Duration timeout, boolean legacy) {}
