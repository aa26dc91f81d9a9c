package org.stop4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.StringJoiner;

/** The status of an application as people read it. */
final class StatusText {
    private StatusText() {}

    /** {@code STOPPING, FINISH, 3 of 7 steps, 12 in flight, running step "orders", 22.9 s left}. */
    static String line(ApplicationStatus status) {
        StringJoiner line = new StringJoiner(", ");
        line.add(state(status));
        if (!status.phase().isEmpty()) {
            line.add(status.phase());
        }
        boolean stops = stops(status);
        if (stops) {
            line.add(status.stepsDone() + " of " + status.stepsAll() + " steps");
        }
        if (status.inFlight() > 0) {
            line.add(status.inFlight() + " in flight");
        }
        if (!status.waitingFor().isEmpty()) {
            line.add(status.waitingFor());
        }
        if (stops && status.deadline().isPresent()) {
            line.add(Durations.plain(left(status.deadline().get())) + " left");
        }
        return line.toString();
    }

    static String block(ApplicationStatus status) {
        StringBuilder text = new StringBuilder(512);
        text.append(state(status));
        String pid = status.pid();
        text.append(pid.isEmpty() ? "" : ", pid " + pid);
        text.append(", ").append(Printable.line(status.place().toString()));
        appendTimes(status, text);
        for (String trigger : status.triggers()) {
            text.append("\n  stops on ").append(trigger);
        }
        appendSteps(status, text);
        appendWork(status, text);
        if (status.holds() > 0) {
            text.append("\n  ").append(status.holds()).append(" waiting for the answer");
        }
        return text.toString();
    }

    private static void appendTimes(ApplicationStatus status, StringBuilder text) {
        Instant now = Instant.now();
        Optional<Instant> started = status.started();
        if (started.isPresent()) {
            text.append("\n  up ").append(rough(since(started.get(), now)));
        }
        Optional<Instant> since = status.since();
        if (since.isPresent()) {
            text.append("\n  ").append(state(status)).append(" for ");
            text.append(rough(since(since.get(), now)));
            text.append(status.reason().isEmpty() ? "" : " (" + status.reason() + ")");
        }
        Optional<Instant> deadline = status.deadline();
        if (deadline.isPresent() && stops(status)) {
            text.append("\n  ").append(Durations.plain(left(deadline.get()))).append(" left");
        } else if (deadline.isEmpty() && status.timeout().isPresent()) {
            text.append("\n  a stop may take ")
                    .append(Durations.plain(status.timeout().get()));
        }
    }

    private static void appendSteps(ApplicationStatus status, StringBuilder text) {
        int all = status.stepsAll();
        text.append("\n  ");
        if (status.deadline().isPresent()) {
            text.append(status.stepsDone()).append(" of ");
        }
        text.append(all).append(all == 1 ? " step" : " steps");
        String phase = "";
        int shown = 0;
        for (ApplicationStatus.StepLine step : status.steps()) {
            shown++;
            if (!step.phase().equals(phase)) {
                phase = step.phase();
                text.append("\n    ").append(Printable.line(phase));
            }
            text.append("\n      ")
                    .append('"')
                    .append(Printable.line(step.name()))
                    .append('"');
            if (status.deadline().isPresent()) {
                text.append(' ').append(word(step.progress()));
            }
            if (step.progress() == ApplicationStatus.Progress.RUNNING
                    && step.begun().isPresent()) {
                Instant begun = step.begun().get();
                text.append(" for ").append(Durations.plain(since(begun, Instant.now())));
            }
        }
        if (all > shown && shown > 0) {
            text.append("\n    … and ").append(all - shown).append(" more");
        }
    }

    private static void appendWork(ApplicationStatus status, StringBuilder text) {
        text.append("\n  ").append(status.inFlight()).append(" in flight");
        for (WorkInFlight work : status.work()) {
            text.append("\n    ").append(Printable.line(work.toString()));
        }
    }

    /** Whether its stop has begun and is not done. */
    private static boolean stops(ApplicationStatus status) {
        return status.deadline().isPresent() && !status.state().equals(Optional.of(State.STOPPED));
    }

    private static String state(ApplicationStatus status) {
        Optional<State> state = status.state();
        return state.isPresent() ? state.get().name() : "state unknown";
    }

    private static String word(ApplicationStatus.Progress progress) {
        return switch (progress) {
            case WAITING -> "waiting";
            case RUNNING -> "running";
            case DONE -> "done";
            case FAILED -> "failed";
            case GIVEN_UP -> "given up";
        };
    }

    private static Duration left(Instant deadline) {
        Instant now = Instant.now();
        return deadline.isAfter(now) ? Duration.between(now, deadline) : Duration.ZERO;
    }

    private static Duration since(Instant begin, Instant now) {
        return begin.isAfter(now) ? Duration.ZERO : Duration.between(begin, now);
    }

    /** {@code 3.2 s}, {@code 5 min}, {@code 7 h 12 min}, {@code 41 d 3 h}. */
    static String rough(Duration duration) {
        if (duration.toMinutes() == 0) {
            return Durations.plain(duration);
        }
        if (duration.toHours() == 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        if (duration.toDays() == 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }
}
