package org.stop4j.internal.control;

/** Where the application's end tells what its user should know. */
@FunctionalInterface
public interface Notices {

    /** Takes one sentence. */
    void say(String sentence);
}
