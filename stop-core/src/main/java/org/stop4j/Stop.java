package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one orderly end of a process: whatever asks for it first begins it, it happens at most once, it is
 * bounded, and it ends in a {@link Report}.
 *
 * <pre>{@code
 * Stop stop = Stop.builder().onSignals().onCommand().start();
 * stop.step("http", server::close);
 * stop.step("database", pool::close);
 * }</pre>
 *
 * <p>Steps run one after another, in the order in which they were registered, each on a thread of its
 * own, all against one deadline. A step that hangs never eats the time of those after it: a tenth of what
 * is left is kept for them. When the steps are done, the answer is given to everybody who waits for it,
 * the process is held until they have it, and is then ended with the exit code of the {@link Outcome}.
 *
 * <p>Safe to use from any thread. Several instances may live in one JVM.
 *
 * @since 0.1
 */
public final class Stop implements AutoCloseable {
    private final Ticker ticker = Ticker.system();
    private final Log log = new Log();
    private final Steps steps = new Steps(log, ticker);
    private final Triggers triggers = new Triggers(log);
    private final Holds holds = new Holds(ticker);
    private final Duration timeout;
    private final Duration holdLimit;
    private final Exit exit;
    /** Runs the stop when the JVM ends by itself; none if the caller chose how the process is ended. */
    private final @Nullable Thread hook;
    /** That of whoever started: the JVM's thread for a signal has none on JDK 17, and steps need one. */
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock, which is not held while user code or a trigger is called:
    private @Nullable Reason reason;
    private boolean started;

    // Written under the lock; volatile so that reading them waits for nobody:
    private volatile State state = State.RUNNING;
    private volatile @Nullable Report report;

    private volatile @Nullable Deadline deadline;
    private final CompletableFuture<Report> stopped = new CompletableFuture<>();
    /** Open until nothing is left to do but to end the process. */
    private final CountDownLatch finished = new CountDownLatch(1);

    private Stop(Builder builder) {
        timeout = builder.timeout;
        holdLimit = builder.holdLimit;
        exit = builder.exit == null ? Exit.system() : builder.exit;
        hook = builder.exit == null ? new Thread(this::onJvmExit, "stop-hook") : null;
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
     * Registers a step, to be run after those that are registered already.
     *
     * @param name its name in the log and the report; unique in this stop
     * @param step the work
     * @return what takes the step out again; once the stop has begun, that does nothing
     * @throws IllegalArgumentException if there is a step of this name
     * @throws IllegalStateException if the stop has begun; the step is not going to be run
     */
    public Registration step(String name, Step step) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(step, "step");
        return steps.add(name, step);
    }

    /**
     * Registers a step that closes something; a method reference to any method without parameters will do.
     *
     * @param name its name in the log and the report; unique in this stop
     * @param resource what is closed
     * @return what takes the step out again; once the stop has begun, that does nothing
     * @throws IllegalArgumentException if there is a step of this name
     * @throws IllegalStateException if the stop has begun; the step is not going to be run
     */
    public Registration step(String name, AutoCloseable resource) {
        Objects.requireNonNull(resource, "resource");
        return step(name, untilThen -> resource.close());
    }

    // ---- asking and waiting

    /**
     * Asks for the stop, from code.
     *
     * @param detail why, for the log and the report
     * @return a stage that completes with the report when every step has been attempted
     */
    public CompletionStage<Report> request(String detail) {
        return request(Reason.of(Reason.Kind.CODE, detail));
    }

    /**
     * Asks for the stop. The first reason begins it; a later one joins it, which is logged. Returns at once,
     * without waiting for a step (only if the JVM cannot make another thread, the first call runs them all).
     * May be called from a step, for example by a failing one.
     *
     * @param why the reason
     * @return a stage that completes with the report when every step has been attempted; what depends on it
     *     runs on one thread for all, for which the end of the process does not wait (a step or a {@link
     *     #hold} does that), and must be quick
     */
    public CompletionStage<Report> request(Reason why) {
        Objects.requireNonNull(why, "why");
        boolean first;
        boolean begin;
        lock.lock();
        try {
            first = reason == null;
            if (first) {
                reason = why;
                steps.seal(why);
            }
            begin = first && started;
        } finally {
            lock.unlock();
        }
        if (begin) {
            begin();
        } else if (!first && state != State.STOPPED) {
            log.info("already stopping; also asked by " + why);
        } else if (!first && why.kind() == Reason.Kind.SIGNAL) {
            holds.end(); // whoever sends a signal now has waited long enough
        }
        return stopped.minimalCompletionStage();
    }

    /**
     * Tells where the stop stands.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Tells why the stop began.
     *
     * @return the first reason; nothing while nobody has asked
     */
    public Optional<Reason> reason() {
        lock.lock();
        try {
            return Optional.ofNullable(reason);
        } finally {
            lock.unlock();
        }
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
     * @throws IllegalStateException if called from a step, which would wait for itself
     */
    public Report await() throws InterruptedException {
        steps.refuseOwnThread();
        lock.lockInterruptibly();
        try {
            Report done = report;
            while (done == null) {
                changed.await();
                done = report;
            }
            return done;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the stop is done, for a limited time.
     *
     * @param limit how long at most; zero or less only looks
     * @return the report, or nothing if the stop was not done in time
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if called from a step, which would wait for itself
     */
    public Optional<Report> await(Duration limit) throws InterruptedException {
        steps.refuseOwnThread();
        long left = Durations.saturatedNanos(limit);
        lock.lockInterruptibly();
        try {
            while (report == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return Optional.ofNullable(report);
        } finally {
            lock.unlock();
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
        List<Trigger.Installed> closing;
        lock.lock();
        try {
            if (reason != null) {
                return;
            }
            closing = triggers.removeAll();
        } finally {
            lock.unlock();
        }
        removeHook();
        IOException failure = Triggers.close(closing);
        if (failure != null) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    // ---- the stop

    private void begin() {
        Thread thread = new Thread(this::run, "stop");
        // main may have returned, and the JVM must not end in the middle of this
        thread.setDaemon(false);
        thread.setContextClassLoader(loader);
        try {
            thread.start();
        } catch (OutOfMemoryError noThreadLeft) {
            log.warning("no thread left for the stop; it runs on that of who asked", noThreadLeft);
            run();
        }
    }

    private void run() {
        int code = Outcome.FAILED.exitCode();
        try {
            code = stopAndAnswer();
            close(triggers.removeAllButSignals());
        } finally {
            finished.countDown();
            end(code);
        }
    }

    private void end(int code) {
        try {
            // In the hook, System.exit would wait for itself.
            if (Thread.currentThread() != hook) {
                exit.exit(code);
            }
        } finally {
            close(triggers.removeAll());
        }
    }

    private void close(List<Trigger.Installed> removed) {
        IOException failure = Triggers.close(removed);
        if (failure != null) {
            log.warning("left something behind", failure);
        }
    }

    // Throwable: whatever breaks in here, the process must still end, with a code that tells.
    @SuppressWarnings("CatchingUnchecked")
    private int stopAndAnswer() {
        try {
            Report done = runSteps();
            // An interrupt that some step sends to every thread it can find must not reach the
            // files of the answer, which it would close.
            Thread.interrupted();
            publish(done);
            holds.awaitNone(holdLimit);
            return done.outcome().exitCode();
        } catch (Throwable failure) {
            log.warning("the stop itself failed", failure);
            if (report == null) {
                publish(broken(failure)); // whoever waits must not wait for ever
            }
            return Outcome.FAILED.exitCode();
        }
    }

    private Report broken(Throwable failure) {
        StepReport itself = new StepReport(
                "(the stop itself)", StepReport.Result.FAILED, Duration.ZERO, failure, List.of());
        return Report.of(why(), Duration.ZERO, List.of(itself));
    }

    private Reason why() {
        return reason().orElseGet(() -> Reason.of(Reason.Kind.CODE, ""));
    }

    private Report runSteps() {
        long start = ticker.nanos();
        Deadline whole = Deadline.after(timeout, ticker);
        deadline = whole;
        moveTo(State.STOPPING);
        Reason why = why();
        log.info("stopping: " + why + "; steps: " + steps.names() + ", at most "
                + Durations.plain(timeout));
        triggers.tell();
        List<StepReport> reports = steps.run(whole);
        return Report.of(why, Duration.ofNanos(ticker.nanos() - start), reports);
    }

    private void moveTo(State next) {
        lock.lock();
        try {
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void publish(Report done) {
        report = done;
        moveTo(State.STOPPED);
        log.info(done.summary());
        triggers.answer(done);
        triggers.tell();
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
        if (finished.getCount() == 0) {
            return; // it is our own exit
        }
        request(Reason.of(Reason.Kind.EXIT, ""));
        if (!awaitFinished(Deadline.after(timeout, ticker))
                && !awaitFinished(Deadline.after(holdLimit, ticker))) {
            log.warning("the JVM ends although the stop is not done");
        }
    }

    private boolean awaitFinished(Deadline limit) {
        boolean done = false;
        while (!done && !limit.expired()) {
            steps.giveUpIfExiting();
            try {
                done = finished.await(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException notForUs) {
                // see StepRun.awaitEnd
            }
        }
        return done;
    }

    // ---- what the triggers show

    Log log() {
        return log;
    }

    /** {@code key, value, …}: state, steps and time, for the status file. */
    String[] status() {
        State now = state;
        String running = steps.running();
        Deadline until = deadline;
        String left = until == null || now != State.STOPPING
                ? ""
                : Long.toString(until.remaining().toMillis());
        return new String[] {
            "state", now.name(),
            "steps-done", Integer.toString(steps.done()),
            "steps-all", Integer.toString(steps.count()),
            "waiting-for", running == null ? "" : ", running step \"" + running + '"',
            "left-ms", left
        };
    }

    // ---- building

    private Stop install(Builder builder) {
        try {
            if (hook != null) {
                Runtime.getRuntime().addShutdownHook(hook);
            }
            for (Trigger trigger : builder.triggers) {
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
        boolean askedMeanwhile;
        lock.lock();
        try {
            started = true;
            askedMeanwhile = reason != null;
        } finally {
            lock.unlock();
        }
        if (askedMeanwhile) {
            begin();
        }
        return this;
    }

    private void uninstall(Throwable failure) {
        removeHook();
        IOException alsoFailed = Triggers.close(triggers.removeAll());
        if (alsoFailed != null) {
            failure.addSuppressed(alsoFailed);
        }
        finished.countDown(); // a hook that runs already need not wait for anything
        reason().ifPresent(asked ->
                log.warning("asked to stop (" + asked + ") by what could not be started"));
    }

    private void removeHook() {
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException jvmEnds) {
                // It runs, or is about to: too late to take it out.
            }
        }
    }

    /**
     * Describes a stop. Not thread-safe; touches nothing before {@link #start}.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final List<Trigger> triggers = new ArrayList<>();
        private Duration timeout = Duration.ofSeconds(25);
        private Duration holdLimit = Duration.ofSeconds(5);
        private @Nullable Exit exit;

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
         * System#exit}, and a shutdown hook sees to it that the stop also takes place when the JVM ends for
         * another reason; with it, there is no hook.
         *
         * @param how what to call as the very last thing
         * @return this builder
         */
        public Builder exit(Exit how) {
            exit = Objects.requireNonNull(how, "how");
            return this;
        }

        /**
         * Installs the triggers.
         *
         * @return the stop; requests are obeyed from now on
         * @throws ControlDirectoryException if a chosen control directory cannot be used
         * @throws UncheckedIOException if another trigger cannot be installed; whatever this method throws,
         *     nothing stays installed
         * @throws IllegalStateException if the JVM is ending already
         */
        public Stop start() {
            return new Stop(this).install(this);
        }
    }
}
