package org.stop4j.rolling;

/**
 * How busy the servers are kept: so many requests at a time, each of which works so many milliseconds and
 * is answered by so many bytes.
 */
record Load(int connections, int millis, int bytes) {
    /** That of the table in the issue: 64 times 200 ms. */
    static final Load FULL = new Load(64, 200, 1000);
}
