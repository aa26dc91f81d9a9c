package org.stop4j.rolling;

import java.time.Duration;

/**
 * Sends requests, over one connection at a time, and never sends one twice. A connection is opened when a
 * request needs one and, with {@link Reuse#KEPT}, kept for the next, until its end, or until the server says
 * that it is the last use of it ({@code Connection: close}, GOAWAY): then the next request opens another.
 *
 * <p>So many threads may use it at a time as its {@link Protocol} says.
 */
interface Client extends AutoCloseable {
    /** How long a client waits for a connection or an answer: far longer than any server here needs. */
    Duration PATIENCE = Duration.ofSeconds(30);

    /** Sends one request and waits for what becomes of it; whatever goes wrong is in the outcome. */
    Outcome request(Job job);

    /** Whether the server says that it is ready; false too if it cannot be reached. */
    boolean ready();

    /** Closes the connection. No request may be under way. */
    @Override
    void close();
}
