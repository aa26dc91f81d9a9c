package org.stop4j.internal.control;

/** Where an end tells what its user should know; an interface of its own, since a lambda costs the command. */
@FunctionalInterface
public interface Notices {

    /** Takes one sentence. */
    void say(String sentence);
}
