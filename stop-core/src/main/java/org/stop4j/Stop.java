package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The one orderly end of a process: whatever asks for it first begins it, it happens at most once, it is
 * bounded, and it ends in a {@link Report}.
 *
 * <pre>{@code
 * Stop stop = Stop.builder().onSignals().onCommand().start();
 * stop.step(Phase.DRAIN, "http", server::drain);
 * stop.step(Phase.FINISH, "orders", orders::drain).ceiling(Duration.ofSeconds(8));
 * stop.step(Phase.CLOSE, "database", pool);
 * }</pre>
 *
 * <p>Phases run one after another, the steps of a phase side by side, all against one deadline. Whatever a
 * step does, all others are attempted: each phase keeps a tenth of the whole time for itself (see {@link
 * Builder#reserve}), and so, in a chain of steps by {@link RegisteredStep#after}, does each link of the
 * phase's. A step that is not done at its limit is interrupted, and the stop goes on; the log and the report
 * tell where it stood. When the steps are over, the answer is given to everybody who waits for it, the
 * process is held until they have it, and is then ended with the exit code of the report; by force, if it is
 * not at its end a second after the deadline, the time of the hold not counted. (With an {@link Exit} of one's
 * own, by what its {@code halt} does.)
 *
 * <p>A second signal, 300 ms or more after the first, shortens what is left to the reserves. A third, as
 * long after the second, ends the process at once.
 *
 * <p>Safe to use from any thread. Several instances may live in one JVM.
 *
 * @since 0.1
 */
public final class Stop implements AutoCloseable {
    private final Settings settings;
    private final Time time;
    private final Log log;
    private final Plan plan;
    private final Triggers triggers;
    private final Listeners listeners;
    private final Holds holds;
    /** Runs the stop when the JVM ends by itself; none if the caller chose how the process is ended. */
    private final @Nullable Thread hook;

    private final Standing standing;
    private final Traffic traffic;
    private final Readiness readiness;
    private final Status status;

    private volatile @Nullable Ending ending;
    private volatile int exitCode;

    /** Open until the stop has begun, or can no longer begin because it could not be started. */
    private final CountDownLatch settled = new CountDownLatch(1);

    private final CompletableFuture<Report> stopped = new CompletableFuture<>();

    private Stop(Settings settings, List<Phase> phases, Log log, boolean withHook) {
        this.settings = settings;
        time = settings.time();
        this.log = log;
        plan = new Plan(phases);
        triggers = new Triggers(log);
        listeners = new Listeners(log);
        holds = new Holds(time);
        standing = new Standing(time, listeners);
        traffic = new Traffic(
                plan,
                time,
                log,
                standing,
                settings.quietWait(),
                settings.longLived(),
                settings.loader());
        readiness = new Readiness(this);
        status = new Status(time, settings.timeout(), standing, plan, triggers, holds, traffic);
        hook = withHook ? new Thread(this::onJvmExit, "stop-hook") : null;
    }

    /**
     * Begins to describe a stop.
     *
     * @return a builder with a timeout of 25 s, which ends the process by {@link System#exit}, and no trigger
     */
    public static Builder builder() {
        return new Builder();
    }

    // ---- what to do

    /**
     * Registers a step. It may be registered until its phase begins, even when the stop has begun.
     *
     * @param phase when it is run; steps of one phase run side by side
     * @param name its name in the log and the report; unique in this stop
     * @param step the work
     * @return what says more about the step, or takes it out again
     * @throws IllegalArgumentException if there is a step of this name or no such phase, if the name is blank or
     *     longer than 100 characters, or if a step of an earlier phase is to come after this one
     * @throws StoppingException if the phase has begun; the step is not going to be run
     */
    public RegisteredStep step(Phase phase, String name, Step step) {
        return plan.add(phase, name, StepWork.of(step));
    }

    /**
     * Registers a step that is told why the stop began.
     *
     * @param phase when it is run; steps of one phase run side by side
     * @param name its name in the log and the report; unique in this stop
     * @param step the work
     * @return what says more about the step, or takes it out again
     * @throws IllegalArgumentException if there is a step of this name or no such phase, if the name is blank or
     *     longer than 100 characters, or if a step of an earlier phase is to come after this one
     * @throws StoppingException if the phase has begun; the step is not going to be run
     */
    public RegisteredStep step(Phase phase, String name, ReasonedStep step) {
        return plan.add(phase, name, StepWork.of(step));
    }

    /**
     * Registers a step that closes something; a method reference to any method without parameters will do,
     * so {@code task::run} for a {@link Runnable}. For executors, threads and child processes there are
     * {@link Step#shutDown}, {@link Step#interrupt} and {@link Step#destroy}. An executor of the JDK is shut
     * down as by {@code Step.shutDown}, since its own {@code close}, which it has from Java 19 on, waits
     * without an end: give it as it is, not as {@code executor::close}.
     *
     * @param phase when it is run; steps of one phase run side by side
     * @param name its name in the log and the report; unique in this stop
     * @param resource what is closed
     * @return what says more about the step, or takes it out again
     * @throws IllegalArgumentException if there is a step of this name or no such phase, if the name is blank or
     *     longer than 100 characters, or if a step of an earlier phase is to come after this one
     * @throws StoppingException if the phase has begun; the step is not going to be run
     */
    public RegisteredStep step(Phase phase, String name, AutoCloseable resource) {
        return plan.add(phase, name, StepWork.of(resource));
    }

    /**
     * Registers a step that returns before it is done.
     *
     * @param phase when it is run; steps of one phase run side by side
     * @param name its name in the log and the report; unique in this stop
     * @param step the work
     * @return what says more about the step, or takes it out again
     * @throws IllegalArgumentException if there is a step of this name or no such phase, if the name is blank or
     *     longer than 100 characters, or if a step of an earlier phase is to come after this one
     * @throws StoppingException if the phase has begun; the step is not going to be run
     */
    public RegisteredStep asyncStep(Phase phase, String name, AsyncStep step) {
        return plan.add(phase, name, StepWork.ofAsync(step));
    }

    /**
     * Sets what the process exits with when the stop is clean: an application that stops because something
     * failed has a code of its own to tell. If steps fail or are forced, that decides. May be called until
     * the last step has ended; the last call counts.
     *
     * @param code the exit code, from 0 to 255; 0 if not set
     * @throws IllegalArgumentException if it is not in that range
     */
    public void exitCode(int code) {
        if (code < 0 || code > 255) {
            throw new IllegalArgumentException("exitCode is " + code + "; allowed: 0 to 255");
        }
        exitCode = code;
    }

    /**
     * Returns the gate, at which work in flight is counted. Whoever asks for it has the stop wait for that: from
     * then on there is a step {@link Gate#STEP} in phase {@link Phase#DRAIN}, and, where others need time to
     * learn that this process stops, one that waits for that ({@link Builder#quietWait}).
     *
     * @return always the same
     */
    public Gate gate() {
        return traffic.gate();
    }

    /**
     * Returns what tells whether this process wants to be sent work.
     *
     * @return always the same
     */
    public Readiness readiness() {
        return readiness;
    }

    // ---- asking

    /**
     * Asks for the stop, from code.
     *
     * @param detail why, for the log and the report
     * @return a stage that completes with the report when every step has been attempted
     * @throws IllegalStateException if called on the thread of a step of this stop; a thread that the step has
     *     started may ask, and joins
     */
    public CompletionStage<Report> request(String detail) {
        return request(Reason.of(Reason.Kind.CODE, detail));
    }

    /**
     * Asks for the stop. The first reason begins it; a later one joins it, which is logged and in the report.
     * Of signals, the second and third that come hurry the stop; see {@link Stop}. Returns at once, without
     * waiting for a step (only if no thread can be made, it runs the stop itself). During {@link
     * Builder#start}, the stop begins when that is done.
     *
     * @param why the reason
     * @return a stage that completes with the report when every step has been attempted; what depends on it
     *     runs on one thread for all, for which the end of the process does not wait (a step or a {@link
     *     #hold} does that), and must be quick
     * @throws IllegalStateException if called on the thread of a step of this stop; a thread that the step has
     *     started may ask, and joins
     */
    public CompletionStage<Report> request(Reason why) {
        return ask(why, true);
    }

    /**
     * Asks for the stop as {@link #request(Reason)} does, but not for the end of the process: of a part of it that is
     * closed by whoever has made it, such as a context. When the stop is done, triggers and hook are gone, and the
     * process lives on; unless somebody else has asked too, or does so later: then it is ended with the exit code of the
     * report.
     *
     * @param why the reason
     * @return a stage that completes with the report when every step has been attempted, as that of {@link
     *     #request(Reason)}; to wait until nothing is installed any more, use {@link #awaitEnd}
     * @throws IllegalStateException if called on the thread of a step of this stop; a thread that the step has
     *     started may ask, and joins
     */
    public CompletionStage<Report> requestWithoutExit(Reason why) {
        return ask(why, false);
    }

    private CompletionStage<Report> ask(Reason why, boolean toExit) {
        Objects.requireNonNull(why, "why");
        refuseOnStep("asks for the stop that it is a part of");
        Standing.Asked asked = standing.ask(why, toExit);
        Ending its = ending;
        if (asked.begins()) {
            begin(why);
        } else if (asked.exitsNow() && its != null) {
            its.exitAfterAll();
        } else if (!asked.first()) {
            joins(why, asked.signal());
        }
        return stopped.minimalCompletionStage();
    }

    private void joins(Reason why, int signalCount) {
        Ending its = ending;
        if (signalCount > 2) {
            force(its, why);
        } else if (state() == State.STOPPED) {
            if (why.kind() == Reason.Kind.SIGNAL) {
                holds.end(); // whoever sends a signal now has waited long enough
            }
        } else if (signalCount == 2 && its != null) {
            its.hurry(why);
        } else {
            sayJoined(its, why);
        }
    }

    private void sayJoined(@Nullable Ending its, Reason why) {
        if (its == null) {
            // Whoever asked first is about to begin it.
            log.info("already stopping; also asked by " + why);
        } else {
            its.steps().join(why); // a log that hangs must not keep who asks
        }
    }

    private void force(@Nullable Ending its, Reason why) {
        if (its == null) {
            settings.exit().halt(Ending.codeOf(why)); // start() hangs
        } else {
            its.force(Ending.codeOf(why), why + ", for the third time");
        }
    }

    /**
     * Makes readiness red, so that nobody sends new work, while everything goes on being served; nothing else
     * is done until a stop is requested or the drain is undone. Listeners and triggers are told on this thread,
     * before this returns.
     *
     * @param why the reason
     * @return whether this call has begun it; false if a drain or a stop has begun already
     */
    public boolean drain(Reason why) {
        Objects.requireNonNull(why, "why");
        return moveBetween(State.RUNNING, State.DRAINING, why);
    }

    /**
     * Undoes a {@link #drain}. A stop that has been requested cannot be undone. Listeners and triggers are told
     * on this thread, before this returns.
     *
     * @param why the reason
     * @return whether this call has undone it; false if there was nothing to undo, or a stop has been requested
     */
    public boolean resume(Reason why) {
        Objects.requireNonNull(why, "why");
        return moveBetween(State.DRAINING, State.RUNNING, why);
    }

    private boolean moveBetween(State from, State to, Reason why) {
        if (!standing.exchange(from, to, why)) {
            return false;
        }
        log.info((to == State.DRAINING ? "draining: " : "resumed: ") + why);
        listeners.tell(null, null);
        triggers.tell();
        return true;
    }

    // ---- looking and waiting

    /**
     * Tells where the stop stands.
     *
     * @return the state
     */
    public State state() {
        return standing.state();
    }

    /**
     * Tells when a state was entered.
     *
     * @param wanted the state
     * @return when, by the wall clock, it was entered last; nothing if it never was
     */
    public Optional<Instant> since(State wanted) {
        return standing.since(wanted);
    }

    /**
     * Tells why the stop began.
     *
     * @return the first reason; nothing while nobody has asked
     */
    public Optional<Reason> reason() {
        return standing.reason();
    }

    /**
     * Lists the steps that are registered, and how far each is.
     *
     * @return the steps, phase by phase, in the order in which they were registered
     */
    public List<ApplicationStatus.StepLine> steps() {
        return status.stepLines();
    }

    /**
     * Tells how the phases that are over have come out, while the stop goes on; for a step that tells others, before
     * there is a report.
     *
     * @return the phases that had steps and are over, in their order; as of now: of a step that was given up, the report
     *     may tell later that it has ended all the same. Empty while there is none
     */
    public List<PhaseReport> phases() {
        Ending its = ending;
        return its == null ? List.of() : its.steps().reports();
    }

    /**
     * Tells how much time is left for the stop.
     *
     * @return how long until its deadline, which a second signal brings nearer; zero when that has passed; nothing while
     *     the stop has not begun
     */
    public Optional<Duration> timeLeft() {
        Ending its = ending;
        return its == null ? Optional.empty() : Optional.of(its.deadline().remaining());
    }

    /**
     * Has somebody told of every change of state from now on.
     *
     * @param listener who is told; of a drain and its undoing on the thread that asks for it, of the stop on a
     *     thread beside it
     * @return what ends that
     */
    public Registration listen(StateListener listener) {
        return listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Returns the stage of the report, without asking for a stop.
     *
     * @return the same stage as {@link #request(Reason)} returns
     */
    public CompletionStage<Report> stopped() {
        return stopped.minimalCompletionStage();
    }

    /**
     * Waits until the stop is done; {@code main} may end with this.
     *
     * @return the report
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if called on the thread of a step of this stop, which would wait for itself
     */
    public Report await() throws InterruptedException {
        Report done = standing.report();
        while (done == null) {
            await(State.STOPPED, Duration.ofNanos(Long.MAX_VALUE));
            done = standing.report();
        }
        return done;
    }

    /**
     * Waits until the stop is done, for a limited time.
     *
     * @param limit how long at most; zero or less only looks
     * @return the report, or nothing if the stop was not done in time
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if called on the thread of a step of this stop, which would wait for itself
     */
    public Optional<Report> await(Duration limit) throws InterruptedException {
        await(State.STOPPED, limit);
        return Optional.ofNullable(standing.report());
    }

    /**
     * Waits until a state is reached, or one after it.
     *
     * @param wanted the state
     * @param limit how long at most; zero or less only looks
     * @return whether it was reached in time
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if called on the thread of a step of this stop, which would wait for itself
     */
    public boolean await(State wanted, Duration limit) throws InterruptedException {
        refuseOnStep("would wait for itself");
        return standing.await(wanted, limit);
    }

    /**
     * Waits until the stop is over, for a limited time: the report is there, whoever waited for an answer has it, and,
     * in a process that {@linkplain #requestWithoutExit lives on}, nothing of it is installed any more.
     *
     * @param limit how long at most; zero or less only looks
     * @return whether it was over in time; false also if nobody has asked for the stop yet
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if called on the thread of a step of this stop, which would wait for itself
     */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        refuseOnStep("would wait for itself");
        Ending its = ending;
        return its != null && its.awaitFinished(Durations.saturatedNanos(limit) / 1_000_000);
    }

    private void refuseOnStep(String what) {
        Ending its = ending;
        StepRun step = its == null ? null : its.steps().on(Thread.currentThread());
        if (step != null) {
            throw new IllegalStateException("step \"" + step.step.name + "\" " + what);
        }
    }

    /**
     * Keeps the process alive for somebody who waits for the answer: from when every step has been
     * attempted until the hold is closed, a further signal comes, or the hold limit has passed.
     *
     * @return the hold; close it when the answer is given
     */
    public Hold hold() {
        return holds.add();
    }

    /**
     * Removes what {@link Builder#start} has installed, so that nothing but code can ask any more. Does
     * nothing once the stop has begun: that removes it by itself, in its order. Closing again does nothing.
     *
     * @throws UncheckedIOException if something cannot be removed
     */
    @Override
    public void close() {
        List<Trigger.Installed> closing = standing.close(triggers);
        if (closing == null) {
            return;
        }
        removeHook();
        IOException failure = Triggers.close(closing);
        if (failure != null) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    // ---- the stop

    private void begin(Reason why) {
        Ending its;
        Thread thread;
        try {
            its = new Ending(this, settings, plan, triggers, holds, traffic, why);
            thread = time.thread(its, "stop");
        } catch (RuntimeException | Error e) {
            standing.forget(); // or nobody could ever ask again
            throw e;
        }
        ending = its;
        settled.countDown();
        // main may have returned, and the JVM must not end in the middle of this
        thread.setDaemon(false);
        thread.setContextClassLoader(settings.loader());
        try {
            thread.start();
        } catch (OutOfMemoryError noThreadLeft) {
            log.warning("no thread left for the stop; it runs on that of who asked", noThreadLeft);
            its.run();
        }
    }

    void complete(Report done) {
        stopped.completeAsync(() -> done, Stop::runApart);
    }

    private static void runApart(Runnable task) {
        Thread thread = new Thread(task, "stop-done");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThreadLeft) {
            task.run();
        }
    }

    /** The JVM ends, by whomever: the stop takes place all the same, but can no longer choose the exit code. */
    private void onJvmExit() {
        Ending its = ending;
        if (its != null && its.finished()) {
            return; // it is our own exit
        }
        request(Reason.of(Reason.Kind.EXIT, ""));
        // Whoever has asked first may be about to begin it, or start(), when it is done.
        awaitSettled();
        its = ending;
        if (its != null && !awaitFinished(its)) {
            log.warning("the JVM ends although the stop is not done");
        }
    }

    private void awaitSettled() {
        Deadline limit = Deadline.after(settings.timeout());
        boolean done = false;
        while (!done && !limit.expired()) {
            try {
                done = settled.await(limit.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException notForUs) {
                // see Uninterrupted
            }
        }
    }

    private boolean awaitFinished(Ending its) {
        // What may be waited for is bounded by the watchdog; this only covers for a missing one.
        Deadline limit = Deadline.after(Durations.sum(
                settings.timeout(), Durations.sum(settings.holdLimit(), Duration.ofSeconds(1))));
        boolean done = its.finished();
        while (!done && !limit.expired()) {
            its.steps().suspectExit();
            try {
                done = its.awaitFinished(20);
            } catch (InterruptedException notForUs) {
                // see Uninterrupted
            }
        }
        return done;
    }

    // ---- what the ending and the triggers use

    Log log() {
        return log;
    }

    Listeners listeners() {
        return listeners;
    }

    int exitCode() {
        return exitCode;
    }

    boolean isHook(Thread thread) {
        return thread == hook;
    }

    Standing standing() {
        return standing;
    }

    /** What the status file shows. */
    String[] status() {
        return status.fields(ending);
    }

    // ---- building

    /** A stop that does nothing: the only one that counts is the first one of a JVM, and that would spend 10 ms and more on loading classes. */
    private record Rehearsal(Settings settings, List<Phase> phases) implements Runnable {
        @Override
        public void run() {
            Settings own = new Settings(
                    settings.timeout(),
                    settings.holdLimit(),
                    settings.budget(),
                    Set.of(),
                    QuietWait.NONE,
                    settings.longLived(),
                    Exit.never(),
                    settings.time(),
                    null,
                    null);
            Stop stop = new Stop(own, phases, Log.silent(), false);
            for (Phase phase : phases) {
                stop.step(phase, phase.name(), new Nothing());
            }
            try {
                stop.triggers.install(new Nobody(), stop);
            } catch (IOException cannotBe) {
                throw new UncheckedIOException(cannotBe);
            }
            Reason why = Reason.of(Reason.Kind.CODE, "rehearsal");
            Ending its =
                    new Ending(stop, own, stop.plan, stop.triggers, stop.holds, stop.traffic, why);
            // As the command asks. It begins nothing, since this stop was never started.
            stop.hold().close();
            stop.request(why);
            its.run();
            stop.status();
        }
    }

    private static void runBeside(Runnable rehearsal, Time time) {
        try {
            time.thread(rehearsal, "stop-rehearsal").start();
        } catch (OutOfMemoryError noThreadLeft) {
            // Then the first stop is a little slower.
        }
    }

    /** A trigger by which nobody asks. */
    private static final class Nobody implements Trigger, Trigger.Installed {
        @Override
        public Installed install(Stop stop) {
            return this;
        }

        /** Makes what the answer to the command is made of. */
        @Override
        public void stopped(Report report) {
            report.toShortText();
            report.toText();
            report.toJson();
        }

        @Override
        public void close() {}
    }

    private static final class Nothing implements Step {
        @Override
        public void run(Deadline deadline) {}
    }

    private Stop install(List<Trigger> wanted) {
        try {
            if (hook != null) {
                Runtime.getRuntime().addShutdownHook(hook);
            }
            for (Trigger trigger : wanted) {
                triggers.install(trigger, this);
            }
        } catch (IOException e) {
            UncheckedIOException unchecked = new UncheckedIOException(e.getMessage(), e);
            uninstall(unchecked);
            throw unchecked;
        } catch (RuntimeException | Error e) {
            uninstall(e);
            throw e;
        }
        log.info("ready to stop on " + triggers);
        Reason askedMeanwhile = standing.start();
        if (askedMeanwhile != null) {
            begin(askedMeanwhile);
            Reason again = standing.secondSignal();
            Ending its = ending;
            if (again != null && its != null) {
                its.hurry(again);
            }
        }
        return this;
    }

    private void uninstall(Throwable failure) {
        removeHook();
        IOException alsoFailed = Triggers.close(triggers.removeAll());
        if (alsoFailed != null) {
            failure.addSuppressed(alsoFailed);
        }
        settled.countDown(); // a hook that runs already need not wait for anything
        reason().ifPresent(asked ->
                log.warning("asked to stop (" + asked + ") by what could not be started"));
    }

    void removeHook() {
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException jvmEnds) {
                // It runs, or is about to: too late to take it out.
            }
        }
    }

    /** What was built. */
    record Settings(
            Duration timeout,
            Duration holdLimit,
            Budget budget,
            Set<Phase> aborting,
            QuietWait quietWait,
            Traffic.LongLivedLimits longLived,
            Exit exit,
            Time time,
            @Nullable LastWords lastWords,
            @Nullable ClassLoader loader) {}

    /**
     * Describes a stop. Not thread-safe; touches nothing before {@link #start}.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final List<Trigger> triggers = new ArrayList<>();
        private static final List<Phase> PHASES =
                List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST);

        private final List<Phase> phases = new ArrayList<>(PHASES);
        private final Map<Phase, Duration> reserves = new HashMap<>();
        private final Set<Phase> aborting = new HashSet<>();
        private Duration timeout = Duration.ofSeconds(25);
        private Duration holdLimit = Duration.ofSeconds(5);
        private Time time = Time.system();
        private @Nullable Executor rehearsals;
        private @Nullable Exit exit;
        private @Nullable QuietWait quietWait;
        private Traffic.@Nullable LongLivedLimits longLived;

        private Builder() {}

        /**
         * Limits the whole stop, from the request until the last step is done or left behind.
         *
         * @param limit how long at most; 25 s if not set, which leaves 5 s of the usual grace period of 30 s
         * @return this builder
         * @throws IllegalArgumentException if the limit is not positive
         */
        public Builder timeout(Duration limit) {
            timeout = Durations.positive("timeout", limit);
            return this;
        }

        /**
         * Limits how long the process is kept alive, when the stop is done, for those who wait for the answer.
         *
         * @param limit how long at most; 5 s if not set
         * @return this builder
         * @throws IllegalArgumentException if the limit is not positive
         */
        public Builder holdLimit(Duration limit) {
            holdLimit = Durations.positive("holdLimit", limit);
            return this;
        }

        /**
         * Adds a phase of one's own.
         *
         * @param before the phase after which it comes; one of the five, or one that was added
         * @param added the phase
         * @return this builder
         * @throws IllegalArgumentException if there is no phase {@code before}, or {@code added} is there already
         */
        public Builder phaseAfter(Phase before, Phase added) {
            if (phases.contains(added)) {
                throw new IllegalArgumentException(
                        "there is a phase " + added + " already; allowed: none of " + phases);
            }
            phases.add(indexOf(before) + 1, added);
            return this;
        }

        /**
         * Keeps time for a phase, however the phases before it behave; and it is what a phase gets when a second
         * signal has come. A phase without steps keeps nothing. Together, the reserves of all phases, those not
         * set included, may not be longer than the timeout, or {@link #start} fails.
         *
         * @param phase the phase
         * @param time how long; a tenth of the timeout if not set (with more than five phases, so much less that
         *     together they keep half)
         * @return this builder
         * @throws IllegalArgumentException if there is no such phase, or the time is not positive
         */
        public Builder reserve(Phase phase, Duration time) {
            reserves.put(
                    phases.get(indexOf(phase)), Durations.positive("reserve of " + phase, time));
            return this;
        }

        /**
         * Lets a failure in a phase end the stop early: when one of its steps fails, is interrupted or hangs,
         * what has not begun in this phase and the later ones is skipped, up to {@link Phase#LAST}, which is
         * run all the same, with what was added after it. Without this call, a failing step stops no other.
         *
         * @param phase the phase
         * @return this builder
         * @throws IllegalArgumentException if there is no such phase
         */
        public Builder abortOnFailure(Phase phase) {
            aborting.add(phases.get(indexOf(phase)));
            return this;
        }

        /**
         * Lets the process go on serving for a while after it has said that it stops, in phase {@link
         * Phase#NOTIFY} after all its other steps: until the floor has passed and nothing was admitted at the gate
         * for the quiet time, or until the ceiling; a second signal ends it. All three zero: no wait. The floor and
         * the ceiling count from when the process was not ready any more.
         *
         * <p>Whoever sends requests here (a load balancer, the other pods) learns only after a while that this
         * process stops. What they send meanwhile must be answered, and not refused.
         *
         * <p>By default there is such a wait under Kubernetes (the environment variable {@code
         * KUBERNETES_SERVICE_HOST} is set) if the stop ends the process (no {@link #exit} was chosen) and somebody
         * has asked for the {@linkplain Stop#gate gate}: floor 3 s, quiet 1 s, ceiling 10 s; at most a fifth, a
         * tenth and two fifths of the timeout. Elsewhere there is none.
         *
         * @param floor how long at least
         * @param quiet for how long nothing must have come
         * @param ceiling how long at most; a part of the timeout
         * @return this builder
         * @throws IllegalArgumentException if one is negative, or the floor or the quiet time is longer than the
         *     ceiling. That the ceiling is shorter than the timeout is checked by {@link #start}
         */
        public Builder quietWait(Duration floor, Duration quiet, Duration ceiling) {
            quietWait = QuietWait.of(floor, quiet, ceiling);
            return this;
        }

        /**
         * Chooses how long-lived work is treated: WebSockets, streams of events, streaming calls, which are
         * told that the process stops.
         *
         * @param limit how long each is waited for when it was told; if it is still in flight then, the stop goes
         *     on, and its report names it. The default is a fifth of the timeout
         * @param pace over which time telling them is spread, so that the clients do not all come again at once; a
         *     second signal ends it. By default a third of the floor of the {@linkplain #quietWait quiet wait}, so
         *     that it takes no time of its own
         * @return this builder
         * @throws IllegalArgumentException if the limit is not positive, or the pace is negative
         */
        public Builder longLived(Duration limit, Duration pace) {
            if (pace.isNegative()) {
                throw new IllegalArgumentException("pace is " + pace + "; allowed: zero or more");
            }
            longLived = new Traffic.LongLivedLimits(Durations.positive("limit", limit), pace);
            return this;
        }

        private Traffic.LongLivedLimits longLivedBy(QuietWait quiet) {
            return new Traffic.LongLivedLimits(
                    timeout.dividedBy(5), quiet.floor().dividedBy(3));
        }

        private int indexOf(Phase phase) {
            int index = phases.indexOf(phase);
            if (index < 0) {
                throw new IllegalArgumentException(
                        "unknown phase " + phase + "; allowed: " + phases);
            }
            return index;
        }

        /**
         * Chooses the time in which the stop runs: that of the JVM if not set, or the virtual one of {@code
         * stop-testing}.
         *
         * @param clock the time
         * @return this builder
         */
        public Builder time(Time clock) {
            time = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Stops on signals. If this JVM lets nobody take them (it runs with {@code -Xrs}, or its image lacks
         * {@code jdk.unsupported}), that is logged once at WARNING and the other triggers remain.
         *
         * @param signals which; none given means TERM, INT and HUP
         * @return this builder
         */
        public Builder onSignals(Signal... signals) {
            Set<Signal> wanted = signals.length == 0
                    ? EnumSet.of(Signal.TERM, Signal.INT, Signal.HUP)
                    : EnumSet.copyOf(List.of(signals));
            return trigger(new SignalTrigger(wanted));
        }

        /**
         * Stops on the {@code stop} command, met where the environment says: {@link
         * ControlDirectory#fromEnvironment}, read now.
         *
         * @return this builder
         * @throws IllegalArgumentException if a variable has a value that is not allowed
         */
        public Builder onCommand() {
            return onCommand(ControlDirectory.fromEnvironment());
        }

        /**
         * Stops on the {@code stop} command. If the place cannot be used, or another application has taken it,
         * a place that somebody {@linkplain ControlDirectory#chosen() chose} fails the start; with the default
         * one, that is logged once at WARNING and the other triggers remain.
         *
         * @param directory where to be met
         * @return this builder
         */
        public Builder onCommand(ControlDirectory directory) {
            return trigger(new CommandTrigger(directory));
        }

        /**
         * Stops on whatever a trigger of somebody else's listens to.
         *
         * @param trigger the trigger
         * @return this builder
         */
        public Builder trigger(Trigger trigger) {
            triggers.add(Objects.requireNonNull(trigger, "trigger"));
            return this;
        }

        /**
         * Chooses how the process is ended when the stop is done. Without this call, it is ended by {@link
         * System#exit}, a shutdown hook sees to it that the stop also takes place when the JVM ends for
         * another reason, and how it came out is written to stderr and to the termination log of Kubernetes as
         * the last thing; with it, also with {@link Exit#system}, none of that is done.
         *
         * @param how what to call as the very last thing
         * @return this builder
         */
        public Builder exit(Exit how) {
            exit = Objects.requireNonNull(how, "how");
            return this;
        }

        /**
         * Chooses who rehearses. The only stop that counts is the first one of its JVM; so a stop that ends the process is
         * rehearsed: one that does nothing loads what the first one would have to load, which makes that 10 ms faster and
         * more. It takes as much CPU time. If nothing is chosen, that is done by a thread of its own as {@link #start}
         * returns; whoever would rather have the application started sooner lets it wait.
         *
         * @param executor is given the rehearsal by {@link #start}, once, if the stop ends the process; runs it whenever
         *     it likes, or never; what that throws it may ignore
         * @return this builder
         */
        public Builder rehearseOn(Executor executor) {
            rehearsals = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Installs the triggers. If {@code STOP_GRACE_SECONDS} tells how long whoever ends the process by force
         * waits (the pod's {@code terminationGracePeriodSeconds}), and the stop may take longer, that is logged
         * at WARNING. One line at INFO, by the logger {@code org.stop4j}, tells what was installed.
         *
         * @return the stop; requests are obeyed from now on
         * @throws ControlDirectoryException if a chosen control directory cannot be used
         * @throws UncheckedIOException if another trigger cannot be installed; whatever this method throws,
         *     nothing stays installed
         * @throws IllegalArgumentException if the reserves are longer than the timeout together, or {@code
         *     STOP_GRACE_SECONDS} is not a number of seconds, or {@code STOP_TERMINATION_LOG} no path
         * @throws IllegalStateException if the JVM is ending already
         */
        public Stop start() {
            boolean endsProcess = exit == null;
            Grace grace = endsProcess ? Grace.from(System.getenv()) : Grace.unknown();
            boolean waits = quietWait != null && !quietWait.isNone();
            QuietWait quiet = quietWait != null
                    ? quietWait
                    : endsProcess ? QuietWait.from(System.getenv(), timeout) : QuietWait.NONE;
            quiet.checkFits(timeout);
            Settings settings = new Settings(
                    timeout,
                    holdLimit,
                    new Budget(timeout, phases, reserves),
                    Set.copyOf(aborting),
                    quiet,
                    longLived == null ? longLivedBy(quiet) : longLived,
                    exit == null ? Exit.system() : exit,
                    time,
                    endsProcess ? new LastWords(LastWords.terminationLog(System.getenv())) : null,
                    // The JVM's thread for a signal has none on JDK 17, and steps need one.
                    Thread.currentThread().getContextClassLoader());
            Stop stop = new Stop(settings, phases, new Log(), endsProcess);
            grace.check(timeout, stop.log);
            if (waits) {
                stop.traffic.use();
            }
            stop.install(List.copyOf(triggers));
            if (endsProcess) {
                Runnable rehearsal = new Rehearsal(settings, List.copyOf(phases));
                if (rehearsals == null) {
                    runBeside(rehearsal, time);
                } else {
                    rehearsals.execute(rehearsal);
                }
            }
            return stop;
        }
    }
}
