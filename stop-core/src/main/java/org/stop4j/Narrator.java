package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Tells what happens in a stop: to the log, as long as that answers, and in the notes of the report.
 *
 * <p>Used by one thread, that of the stop. The log is called aside, and given up when it hangs.
 */
final class Narrator {
    private static final int MOST_NOTES = 100;

    private final Log log;
    private final Aside aside;
    private final List<String> notes = new ArrayList<>();
    private boolean logHangs;

    Narrator(Log log, Aside aside) {
        this.log = log;
        this.aside = aside;
    }

    // ---- the steps

    void begins(Reason reason, String steps, Duration timeout) {
        info("stopping: " + reason + "; " + steps + "; at most " + Durations.plain(timeout));
    }

    void ended(StepReport step) {
        Throwable failure = step.failure();
        if (failure != null && step.stacks().isEmpty()) {
            warn("step " + step, failure);
        } else if (failure != null) {
            warn("step " + step, where(step, "its tasks stood when they were interrupted"));
        }
    }

    void gaveUp(StepReport step) {
        String place = step.stacks().isEmpty()
                ? ""
                : ", at " + step.stacks().get(0).place() + " ("
                        + step.stacks().get(0).label() + ')';
        warn(
                "step \"" + step.name() + "\" is over its limit of " + Durations.plain(step.limit())
                        + place + "; it is interrupted, and the stop goes on",
                where(step, "it stood at its limit"));
    }

    private static Throwable where(StepReport step, String when) {
        return Stacks.trace("step \"" + step.name() + "\": where " + when, step.stacks());
    }

    void halfTime(List<StepRun> slow, long now) {
        StringJoiner words = new StringJoiner(", ");
        for (int i = 0; i < Math.min(10, slow.size()); i++) {
            StepRun step = slow.get(i);
            String place = step.place();
            String detail = step.step.work.detail();
            words.add('"' + step.step.name + "\" for "
                    + Durations.plain(Duration.ofNanos(now - step.begunAt())) + " of "
                    + Durations.plain(Duration.ofNanos(step.deadline.instant() - step.begunAt()))
                    + (place.isEmpty() ? "" : " at " + place)
                    + (detail.isEmpty() ? "" : " (" + detail + ')'));
        }
        info("half of the time is over; still running: " + words
                + (slow.size() > 10 ? " and " + (slow.size() - 10) + " more" : ""));
    }

    void hurries(Reason second, Duration left, String running) {
        note(
                second + " again: what is left is shortened to " + Durations.plain(left)
                        + (running.isEmpty() ? "" : "; the time is cut of " + running),
                null);
    }

    // ---- anything

    void info(String message) {
        log(System.Logger.Level.INFO, message, null);
    }

    void warn(String message) {
        log(System.Logger.Level.WARNING, message, null);
    }

    void warn(String message, Throwable failure) {
        log(System.Logger.Level.WARNING, message, failure);
    }

    /** Says it, and puts it into the report. */
    void note(String message, @Nullable Throwable failure) {
        note(failure == null ? message : message + ": " + Description.of(failure));
        log(System.Logger.Level.WARNING, message, failure);
    }

    private void note(String message) {
        if (notes.size() < MOST_NOTES) {
            notes.add(message);
        }
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    private void log(System.Logger.Level level, String message, @Nullable Throwable failure) {
        if (logHangs) {
            return;
        }
        if (!aside.call(new Line(log, level, message, failure))) {
            logHangs = true;
            note("the logger hung at " + aside.place() + " and was given up");
        }
    }

    /** A class rather than a lambda: linking the first one costs a stop 2 ms. */
    private record Line(
            Log log,
            System.Logger.Level level,
            String message,
            @Nullable Throwable failure) implements Runnable {
        @Override
        public void run() {
            log.write(level, message, failure);
        }
    }
}
