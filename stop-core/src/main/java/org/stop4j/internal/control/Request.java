package org.stop4j.internal.control;

/**
 * What was asked.
 *
 * @param id the request's id
 * @param ask what for
 * @param reason why, in the words of who asked; may be empty
 * @param pid the process that asks, in its own PID namespace; empty if unknown
 * @param timeoutMillis how long it is going to wait; 0 if unknown
 * @param legacy whether it was an empty file, as the Go command makes it
 */
public record Request(
        String id, Ask ask, String reason, String pid, long timeoutMillis, boolean legacy) {

    /** For people: {@code deploy 4711 (pid 17)}. */
    @Override
    public String toString() {
        String who = legacy ? "a command of an older kind" : pid.isEmpty() ? "" : "pid " + pid;
        if (reason.isEmpty()) {
            return who;
        }
        return who.isEmpty() ? reason : reason + " (" + who + ")";
    }
}
