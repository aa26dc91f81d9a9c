package org.stop4j;

/**
 * Where a {@link Stop} stands. It only ever goes forward.
 *
 * @since 0.1
 */
public enum State {
    /** Nobody has asked to stop. */
    RUNNING,
    /** The steps are being run. */
    STOPPING,
    /** Every step has been attempted, and the report is there. */
    STOPPED
}
