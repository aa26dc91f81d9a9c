package org.stop4j;

/**
 * Where a {@link Stop} stands. It only ever goes forward, with one exception: a drain that nobody has
 * followed by a request to stop can be undone.
 *
 * @since 0.1
 */
public enum State {
    /** Nobody has asked for anything. */
    RUNNING,
    /**
     * Still serving, but no longer to be chosen: readiness is red. Either somebody has asked to drain and
     * may {@link Stop#resume}; or the stop has begun and is in {@link Phase#NOTIFY}, which nobody can undo.
     */
    DRAINING,
    /** The phases from {@link Phase#DRAIN} on are being run. */
    STOPPING,
    /** Every step has been attempted, and the report is there. */
    STOPPED
}
