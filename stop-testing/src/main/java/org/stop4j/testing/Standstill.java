package org.stop4j.testing;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.time.Duration;

/**
 * Notices that a virtual time stands still, and says what everybody does then, so that a test that would
 * hang fails. Guarded by its {@link Course}.
 */
final class Standstill {
    private final long patienceNanos;
    private long lastLook = Time.system().nanos();
    private long stood;

    Standstill(Duration patience) {
        patienceNanos = patience.toNanos();
    }

    /** How often to ask. */
    long lookNanos() {
        return patienceNanos / 10;
    }

    /** Something has happened. */
    void progress() {
        stood = 0;
        lastLook = Time.system().nanos();
    }

    /** Whether nothing has happened for too long; sooner if only a thread that takes no part can change that. */
    boolean lasts(boolean allWait) {
        long now = Time.system().nanos();
        // No more than that at once: the JVM may have stood still itself, in a debugger.
        stood += Math.min(now - lastLook, 2 * lookNanos());
        lastLook = now;
        return stood >= (allWait ? patienceNanos / 5 : patienceNanos);
    }

    static boolean isBlocked(Thread thread) {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            default -> false;
        };
    }

    static StringBuilder begin(long elapsed, int running) {
        return new StringBuilder("virtual time stands still, ")
                .append(plain(elapsed))
                .append(
                        running == 0
                                ? " after its beginning: everybody waits for ever"
                                : " after its beginning, since somebody runs, or waits for something else");
    }

    /** Says what the thread does: for what it waits, or where it runs. */
    static void describe(Thread thread, @Nullable Wait wait, StringBuilder text) {
        text.append("\n  \"").append(thread.getName()).append("\" ");
        if (wait == null) {
            text.append("runs");
        } else {
            text.append("waits ")
                    .append(wait.at == null ? "" : "for a signal, ")
                    .append(wait.isForEver() ? "for ever" : "until " + plain(wait.due));
        }
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (wait == null || !isOfWaiting(frame)) {
                text.append("\n      at ").append(frame);
            }
        }
    }

    private static boolean isOfWaiting(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.equals(Course.class.getName())
                || type.equals(VirtualMonitor.class.getName())
                || "java.base".equals(frame.getModuleName());
    }

    private static String plain(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toSeconds() + "." + String.format("%03d", time.toMillisPart()) + " s";
    }
}
