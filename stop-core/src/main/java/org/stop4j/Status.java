package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.ApplicationStatus.Progress;
import org.stop4j.ApplicationStatus.StepLine;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the status file shows: state, steps, work in flight and time. Its keys are told in docs/file-protocol.md; {@link
 * ApplicationStatus} reads them.
 *
 * <p>Everything in it changes only when something happens, times included, which are given as instants: what
 * has not changed is not written again.
 *
 * <p>Thread-safe.
 */
final class Status {
    /** How often what is in flight is looked at while the process runs: each look may have a file written. */
    private static final long REFRESH_NANOS = 500_000_000;

    /** How many steps are listed; all are counted. */
    private static final int MOST_STEPS = 200;

    /** What is shown of one piece of work: whoever reads the status refuses one of more than 256 KiB. */
    private static final int MOST_ATTRIBUTES = 8;

    private static final int LONGEST = 200;
    private static final int LONGEST_REASON = 2_000;

    /** By how much the two clocks must have moved apart to be compared anew: one of them was set. */
    private static final long CLOCK_SET_MILLIS = 100;

    private final Time time;
    private final Duration timeout;
    private final Standing standing;
    private final Plan plan;
    private final Triggers triggers;
    private final Holds holds;
    private final Traffic traffic;
    private volatile @Nullable Idle idle;

    // Guarded by this object:
    private long wallMinusOurMillis = Long.MIN_VALUE;

    Status(
            Time time,
            Duration timeout,
            Standing standing,
            Plan plan,
            Triggers triggers,
            Holds holds,
            Traffic traffic) {
        this.time = time;
        this.timeout = timeout;
        this.standing = standing;
        this.plan = plan;
        this.triggers = triggers;
        this.holds = holds;
        this.traffic = traffic;
    }

    /**
     * By {@code key, value, key, value, …}. The same array as long as nothing has changed in a process that runs:
     * it is asked for twice a second, for weeks.
     */
    String[] fields(@Nullable Ending its) {
        State now = standing.state();
        if (now != State.RUNNING || its != null) {
            return fields(now, its);
        }
        Idle last = idle;
        if (last == null || !last.isStillTrue()) {
            last = new Idle();
            idle = last;
        }
        return last.fields;
    }

    private String[] fields(State now, @Nullable Ending its) {
        boolean underWay = its != null && now != State.STOPPED;
        Run run = its == null ? null : its.steps();
        StateChange last = standing.lastChange();
        return new String[] {
            "state", now.name(),
            "since-ms", last == null ? "" : Long.toString(last.time().toEpochMilli()),
            "reason", last == null ? "" : Printable.line(reason(last)),
            "obeys", "stop,drain,resume",
            "phase", run == null || !underWay ? "" : run.phaseName(),
            "steps-done", Integer.toString(run == null ? 0 : run.done()),
            "steps-all", Integer.toString(plan.count()),
            "in-flight", Long.toString(traffic.inFlight()),
            "waiting-for", waitingFor(now, run == null ? "" : run.runningInWords()),
            "holds", Integer.toString(holds.count()),
            "timeout-ms", Long.toString(Durations.saturatedNanos(timeout) / 1_000_000),
            "deadline-ms",
                    its == null ? "" : Long.toString(wallMillis(its.deadline().instant())),
            "triggers", triggers.inLines(),
            "steps", steps(),
            "work", work()
        };
    }

    private static String reason(StateChange change) {
        String reason = change.reason().toString();
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
    }

    private String waitingFor(State now, String running) {
        if (now == State.STOPPED) {
            return holds.count() == 0 ? "" : "held until the answer is read";
        }
        return running.isEmpty() ? "" : "running step " + running;
    }

    /** A line each: phase, how far, since when if it has begun, name. */
    private String steps() {
        StringBuilder lines = new StringBuilder();
        for (Planned step : plan.first(MOST_STEPS)) {
            StepRun run = step.run;
            lines.append(lines.isEmpty() ? "" : "\n").append(step.phase.name());
            lines.append('\t')
                    .append(run == null ? "waiting" : word(run.progress()))
                    .append('\t');
            if (run != null && run.hasBegun()) {
                lines.append(wallMillis(run.begunAt()));
            }
            lines.append('\t').append(step.name);
        }
        return lines.toString();
    }

    /** As {@link ApplicationStatus} reads it. */
    private static String word(Progress progress) {
        return switch (progress) {
            case WAITING -> "waiting";
            case RUNNING -> "running";
            case DONE -> "done";
            case FAILED -> "failed";
            case GIVEN_UP -> "given-up";
        };
    }

    /** The same, of all, for who asks in this process. */
    List<StepLine> stepLines() {
        List<StepLine> lines = new ArrayList<>();
        for (Planned step : plan.first(Integer.MAX_VALUE)) {
            StepRun run = step.run;
            Progress progress = run == null ? Progress.WAITING : run.progress();
            Optional<Instant> begun = run == null || progress == Progress.WAITING
                    ? Optional.empty()
                    : Optional.of(Instant.ofEpochMilli(wallMillis(run.begunAt())));
            lines.add(new StepLine(step.phase.name(), step.name, progress, begun));
        }
        return lines;
    }

    /** A line each, of the oldest that have a name: since when, whether it is told, thread, name, attributes. */
    private String work() {
        StringBuilder lines = new StringBuilder();
        long now = time.nanos();
        List<Work> works = traffic.namedByAge();
        for (int i = 0; i < Math.min(Traffic.MOST_NAMED, works.size()); i++) {
            Work work = works.get(i);
            WorkInFlight its = work.look(now);
            lines.append(lines.isEmpty() ? "" : "\n").append(wallMillis(work.since()));
            lines.append('\t').append(its.longLived() ? "long-lived" : "");
            lines.append('\t').append(cut(Printable.line(its.thread())));
            lines.append('\t').append(its.name());
            int shown = 0;
            for (Map.Entry<String, String> attribute : its.attributes().entrySet()) {
                if (++shown > MOST_ATTRIBUTES) {
                    break;
                }
                lines.append('\t').append(attribute.getKey());
                lines.append('\t').append(attribute.getValue());
            }
        }
        return lines.toString();
    }

    /** Names of threads have no limit. */
    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }

    /** An instant of our clock by that of the wall, in milliseconds: the same one each time, while neither is set. */
    private synchronized long wallMillis(long nanos) {
        long ours = Math.floorDiv(time.nanos(), 1_000_000);
        long difference = Instant.now().toEpochMilli() - ours;
        if (wallMinusOurMillis == Long.MIN_VALUE
                || Math.abs(difference - wallMinusOurMillis) > CLOCK_SET_MILLIS) {
            wallMinusOurMillis = difference;
        }
        return Math.floorDiv(nanos, 1_000_000) + wallMinusOurMillis;
    }

    /** The status of a process that runs. */
    private final class Idle {
        private final int changes = plan.changes();
        private final int installed = triggers.count();
        private final int holding = holds.count();
        private final @Nullable StateChange last = standing.lastChange();
        private final long inFlight = traffic.inFlight();
        private final long since = time.nanos();
        private final String[] fields = fields(State.RUNNING, null);

        private boolean isStillTrue() {
            return changes == plan.changes()
                    && installed == triggers.count()
                    && holding == holds.count()
                    && Objects.equals(last, standing.lastChange())
                    && (time.nanos() - since < REFRESH_NANOS
                            || (inFlight == 0 && traffic.inFlight() == 0));
        }
    }
}
