package org.stop4j.rolling;

/** How long a client stays on a connection that the server leaves open. */
enum Reuse {
    /** As long as there are requests: a connection pool. */
    KEPT,
    /** For one request: a visitor, whom the balancer leads to any endpoint it knows. */
    ONCE
}
