package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The stop itself, from the first reason to the end of the process: the phases, the report, the answer to
 * everybody who waits for it, the hold, the exit.
 *
 * <p>Runs once, on the thread {@code stop}. Whatever it calls that is not ours it calls aside, bounded; and
 * whatever breaks, it goes on to the next of these, so that the process ends with a code that tells.
 */
final class Ending implements Runnable {
    /** What the process may take beyond its deadline, to answer and to end. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** How long one call of what is not a step may take; all of them together, a tenth of the timeout. */
    private static final long MOST_PATIENCE_NANOS = 1_000_000_000;

    private static final long LEAST_PATIENCE_NANOS = 500_000_000;

    /** Of the margin, what is kept for telling where it hung. */
    private static final long DUMP_NANOS = 250_000_000;

    /** Of that, what is kept for an answer to whoever waits for one. */
    private static final long ANSWER_NANOS = 50_000_000;

    /** Of that, what is kept for deleting a dump of threads that takes too long. */
    private static final long CLEANUP_MILLIS = 50;

    /** Of the margin, what halting takes: the JVM waits 0.3 s for threads in native code. */
    private static final long HALT_NANOS = 400_000_000;

    private final Stop stop;
    private final Stop.Settings settings;
    private final Plan plan;
    private final Triggers triggers;
    private final Holds holds;
    private final Traffic traffic;
    private final Reason reason;
    private final Instant begin = Instant.now();
    private final Time time;
    private final Deadline whole;
    private final Aside aside;
    private final Narrator narrator;
    private final Run run;
    private final Watchdog watchdog;
    /** Open until nothing is left to do but to end the process. */
    private final CountDownLatch finished = new CountDownLatch(1);

    private volatile @Nullable Reason hurriedBy;
    /** Whether the answer is being given, or was; by whom is decided here. */
    private final AtomicBoolean answered = new AtomicBoolean();
    /** With what the process is ended; of the thread of the stop until it is finished. */
    private volatile int finalCode;
    /** Of the thread of the stop alone: not everything was attempted that is in the report. */
    private boolean phaseBroke;

    Ending(
            Stop stop,
            Stop.Settings settings,
            Plan plan,
            Triggers triggers,
            Holds holds,
            Traffic traffic,
            Reason reason) {
        this.stop = stop;
        this.settings = settings;
        this.plan = plan;
        this.triggers = triggers;
        this.holds = holds;
        this.traffic = traffic;
        this.reason = reason;
        time = settings.time();
        whole = Deadline.after(settings.timeout(), time);
        long tenth = Durations.saturatedNanos(settings.timeout()) / 10;
        long all = Math.max(LEAST_PATIENCE_NANOS, tenth);
        aside = new Aside(time, Math.min(MOST_PATIENCE_NANOS, all), all, settings.loader());
        narrator = new Narrator(stop.log(), aside);
        watchdog = new Watchdog(
                time, whole, MARGIN.toNanos() - DUMP_NANOS - HALT_NANOS, this::overTime);
        run = new Run(
                plan,
                settings.budget(),
                time,
                whole,
                reason,
                settings.aborting(),
                narrator,
                watchdog,
                settings.loader());
    }

    // ---- for others, on any thread

    Deadline deadline() {
        return whole;
    }

    Reason reason() {
        return reason;
    }

    Run steps() {
        return run;
    }

    /** A second signal: shortens what is left to the reserves. */
    void hurry(Reason second) {
        hurriedBy = second;
        run.hurry(second);
    }

    /** Waits until nothing is left to do but to end the process, for a time at most. */
    boolean awaitFinished(long millis) throws InterruptedException {
        return finished.await(millis, TimeUnit.MILLISECONDS);
    }

    boolean finished() {
        return finished.getCount() == 0;
    }

    // ---- the course of it

    @Override
    public void run() {
        int code = Outcome.FAILED.exitCode();
        try {
            watch();
            code = stopAndAnswer();
            close(triggers.removeAllButSignals());
        } finally {
            run.end();
            finalCode = code;
            boolean livesOn = stop.standing().decideToLiveOn();
            if (livesOn) {
                leave();
            }
            finished.countDown();
            if (!livesOn) {
                end(code);
            }
        }
    }

    /** The process lives on: nothing stays. */
    private void leave() {
        watchdog.end();
        stop.removeHook();
        close(triggers.removeAll());
        aside.end();
    }

    /** It was to live on, and somebody wants its end all the same. */
    void exitAfterAll() {
        time.thread(() -> settings.exit().exit(finalCode), "stop-exit").start();
    }

    // Throwable, here and below: one that breaks (a full memory) must take no other with it.
    @SuppressWarnings("CatchingUnchecked")
    private void watch() {
        try {
            time.thread(watchdog, "stop-watchdog").start();
        } catch (Throwable noThreadLeft) {
            broke("no thread left for the watchdog; what hangs now hangs", noThreadLeft);
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private int stopAndAnswer() {
        runPhases();
        run.sayWhoJoined();
        Report report;
        try {
            report = report(run.reports());
        } catch (Throwable failure) {
            broke("the report could not be made", failure);
            report = withoutSteps(Outcome.FAILED, Outcome.FAILED.exitCode(), narrator.notes());
        }
        aside.renew();
        try {
            publish(report);
        } catch (Throwable failure) {
            broke("the stop itself failed when it was done", failure);
        }
        hold();
        try {
            sayLast(report);
        } catch (Throwable failure) {
            broke("the last words could not be said", failure);
        }
        return report.exitCode();
    }

    /** Notes it; that even this can fail must not matter. */
    @SuppressWarnings("CatchingUnchecked")
    private void broke(String what, Throwable failure) {
        try {
            narrator.note(what, failure);
        } catch (Throwable noMemoryForThat) {
            // The exit code tells.
        }
    }

    private void runPhases() {
        traffic.begin();
        enter(State.DRAINING);
        int drain = plan.phases().indexOf(Phase.DRAIN);
        for (int i = 0; i < plan.phases().size(); i++) {
            if (i == drain) {
                traffic.close();
                enter(State.STOPPING);
            }
            run(i);
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void enter(State next) {
        try {
            stop.standing().moveTo(next, reason);
            tell();
            if (next == State.DRAINING) {
                narrator.begins(reason, plan.inWords(), settings.timeout());
            }
        } catch (Throwable failure) {
            broke("the stop itself failed, and goes on", failure);
        }
    }

    @SuppressWarnings("CatchingUnchecked")
    private void run(int phase) {
        try {
            run.run(phase);
        } catch (Throwable failure) {
            phaseBroke = true;
            broke(
                    "the stop itself failed in phase " + plan.phases().get(phase) + ", and goes on",
                    failure);
        }
    }

    private void tell() {
        stop.listeners().tell(narrator, aside);
        triggers.tell(narrator, aside);
    }

    private Report report(List<PhaseReport> phases) {
        Outcome known = Report.outcomeOf(phases);
        Outcome outcome = known == Outcome.CLEAN && phaseBroke ? Outcome.FAILED : known;
        return new Report(
                reason,
                stop.standing().joined(),
                outcome,
                exitCode(outcome),
                begin,
                settings.timeout(),
                run.took(),
                phases,
                narrator.notes());
    }

    /** What can be said without the steps: they could not be asked, or not from this thread. */
    private Report withoutSteps(Outcome outcome, int code, List<String> notes) {
        return new Report(
                reason,
                stop.standing().joined(),
                outcome,
                code,
                begin,
                settings.timeout(),
                run.took(),
                List.of(),
                notes);
    }

    private int exitCode(Outcome outcome) {
        Reason second = hurriedBy;
        if (outcome == Outcome.FORCED && second != null) {
            return codeOf(second);
        }
        return outcome == Outcome.CLEAN ? stop.exitCode() : outcome.exitCode();
    }

    /** 128 + n, as a shell tells that signal n ended a process. */
    static int codeOf(Reason signal) {
        try {
            return 128 + Signal.of(signal.detail()).number();
        } catch (IllegalArgumentException notOfOurs) {
            return Outcome.FORCED.exitCode();
        }
    }

    private void publish(Report report) {
        stop.standing().publish(report);
        if (answered.compareAndSet(false, true)) {
            triggers.answer(report, narrator, aside);
        }
        tell();
        stop.complete(report);
        if (report.outcome() == Outcome.CLEAN) {
            narrator.info(ReportText.blockWithoutStacks(report));
        } else {
            narrator.warn(ReportText.blockWithoutStacks(report));
        }
    }

    /** The process stays while somebody waits for the answer; the watchdog waits as long. */
    private void hold() {
        long from = time.nanos();
        watchdog.allow(
                Math.min(Durations.saturatedNanos(settings.holdLimit()), Long.MAX_VALUE / 4));
        holds.awaitNone(settings.holdLimit());
        watchdog.allow(time.nanos() - from);
    }

    private void sayLast(Report report) {
        LastWords words = settings.lastWords();
        if (words != null && stop.standing().exits() && !aside.call(new Said(words, report))) {
            narrator.note("stderr or the termination log hangs", null);
        }
    }

    private record Said(LastWords words, Report report) implements Runnable {
        @Override
        public void run() {
            words.say(report);
        }
    }

    private void close(List<Trigger.Installed> removed) {
        for (Trigger.Installed trigger : removed) {
            Triggers.Closing closing = new Triggers.Closing(List.of(trigger));
            if (!aside.call(closing)) {
                narrator.warn("trigger " + Description.of(trigger)
                        + " hung while it was closed, at " + aside.place());
            }
            IOException failure = closing.failure();
            if (failure != null) {
                narrator.warn("left something behind", failure);
            }
        }
    }

    private void end(int code) {
        boolean returned = false;
        try {
            // In the hook, System.exit would wait for itself.
            if (!stop.isHook(Thread.currentThread())) {
                settings.exit().exit(code);
                returned = true;
            }
        } finally {
            if (returned) {
                watchdog.end(); // the process lives on, on purpose
            }
            close(triggers.removeAll());
            aside.end();
        }
    }

    // ---- by force

    private void overTime() {
        if (!stop.standing().exits()) {
            return; // what hangs is somebody else's process
        }
        Duration late = Duration.ofNanos(Math.max(0, time.nanos() - whole.instant()));
        force(
                exitCode(Outcome.FORCED),
                "not at its end " + Durations.plain(late) + " after its deadline");
    }

    /** Ends the process at once, after an answer to who waits for one, and a last look at where it hangs. */
    void force(int code, String why) {
        Aside last = new Aside(time, DUMP_NANOS, DUMP_NANOS, settings.loader());
        try {
            LastWords words = settings.lastWords();
            if (words != null) {
                if (answered.compareAndSet(false, true)) {
                    Triggers.Answer answer = triggers.answer(
                            withoutSteps(Outcome.FORCED, code, List.of("halted: " + why)));
                    last.callIfThread(answer, ANSWER_NANOS);
                }
                ThreadDump dump = new ThreadDump();
                last.callIfThread(
                        new Forced(words, reason, code, why, dump),
                        DUMP_NANOS - ANSWER_NANOS - CLEANUP_MILLIS * 1_000_000);
                dump.abandon(CLEANUP_MILLIS);
            }
        } finally {
            // Also if there is no memory left for the look.
            settings.exit().halt(code);
            last.end();
        }
    }

    private record Forced(LastWords words, Reason reason, int code, String why, ThreadDump dump)
            implements Runnable {
        @Override
        public void run() {
            words.sayForced("halted with exit code " + code + " (" + reason + "): " + why, dump);
        }
    }
}
