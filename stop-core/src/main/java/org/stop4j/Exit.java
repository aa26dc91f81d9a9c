package org.stop4j;

/**
 * How a process is ended when its stop is done.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Exit {

    /**
     * Ends the process, or not. Called once, on the thread of the stop (that of whoever asked, if no thread
     * could be made), when every trigger but the signals is closed. Signals are given back only after it has
     * returned: one that comes while the process ends must not make it end with another code. A stop that runs
     * because the JVM ends already does not call it.
     *
     * @param code the exit code that tells how the stop came out
     */
    void exit(int code);

    /**
     * Ends the process at once, because it did not end in its time or because a third signal came. May be
     * called while {@link #exit} is, from another thread. By default, does nothing: whoever wrote {@code exit}
     * may well not mean to end the process.
     *
     * @param code the exit code
     */
    default void halt(int code) {}

    /**
     * Ends it by {@link System#exit}, so that the shutdown hooks of other libraries run after the last step;
     * and by {@link Runtime#halt} when it is over its time.
     *
     * @return the usual way
     */
    static Exit system() {
        return new Exit() {
            @Override
            public void exit(int code) {
                System.exit(code);
            }

            @Override
            public void halt(int code) {
                Runtime.getRuntime().halt(code);
            }
        };
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
