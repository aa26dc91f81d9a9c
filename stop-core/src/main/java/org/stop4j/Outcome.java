package org.stop4j;

/**
 * How a whole stop came out; the worst of its steps decides.
 *
 * @since 0.1
 */
public enum Outcome {
    /** Every step was done. */
    CLEAN(0),
    /** Every step came to its end, but some of them failed. */
    FAILED(1),
    /** Some step did not end in its time, or was interrupted by somebody else. */
    FORCED(3);

    private final int exitCode;

    Outcome(int exitCode) {
        this.exitCode = exitCode;
    }

    /**
     * Tells what the process exits with.
     *
     * @return the exit code
     */
    public int exitCode() {
        return exitCode;
    }
}
