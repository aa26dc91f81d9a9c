package org.stop4j;

/**
 * How a process is ended when its stop is done.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Exit {

    /**
     * Ends the process, or not. Called once, on the thread of the stop, when every other trigger is closed.
     * Signals are given back only after it has returned: one that comes while the process ends must not
     * make it end with another code.
     *
     * @param code the exit code that tells how the stop came out
     */
    void exit(int code);

    /**
     * Ends it by {@link System#exit}, so that the shutdown hooks of other libraries run after the last step.
     *
     * @return the usual way
     */
    static Exit system() {
        return System::exit;
    }

    /**
     * Does not end it: for a stop of a part of a process that lives on.
     *
     * @return a way that does nothing
     */
    static Exit never() {
        return code -> {};
    }
}
