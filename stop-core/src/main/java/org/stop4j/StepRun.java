package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * One step being run.
 *
 * <p>Two threads meet here: the step's own, which begins and ends it, and that of the stop, which may give
 * it up. {@link #stage} decides between them: whoever moves it on from RUNNING has won. So an interrupt
 * never reaches a thread that has gone on to another step, be it because the step has ended or because it
 * has returned a stage that is to complete. What only one of them uses says so.
 */
final class StepRun implements BiConsumer<Object, Throwable> {
    /** How far it is. */
    enum Stage {
        WAITING,
        /** A thread is in it. */
        RUNNING,
        /** It has returned a stage that is to complete, and its thread has gone on. */
        LEFT,
        ENDED,
        GIVEN_UP
    }

    final Planned step;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

    /** Before it begins, the latest end that its place in the phase allows; afterwards, its own. */
    volatile Deadline deadline;

    /** Its own thread, from its begin; none any more once it has returned a stage that is to complete. */
    private volatile @Nullable Thread thread;

    /** The thread that is lost to it; means something only once it was given up. */
    private volatile @Nullable Thread lost;

    // Written by the step's side:
    private volatile long begunAt;
    /** How many had begun before; means something from its begin on. */
    volatile int beginNumber;

    private volatile long endedAt;
    /** Until when it was allowed to run, as it ended; a second signal shortens only what still runs. */
    private volatile long endedLimit;

    private volatile @Nullable Throwable failure;
    private volatile String detail = "";
    /** It was given up, and has ended all the same. */
    private volatile boolean endedLate;

    // Of the thread of the stop alone:
    /** How many others it has to wait for. */
    int awaited;
    /** The same, while they are being sorted. */
    int toSort;
    /** Those that wait for it. */
    final List<StepRun> waiting = new ArrayList<>();
    /** How many levels of others come after it, at most. */
    int height;

    boolean halfSaid;
    boolean over;
    boolean submitted;
    long graceEnd;
    private long givenUpAt;
    private long givenUpLimit;
    private List<ThreadStack> stacks = List.of();
    private String givenUpDetail = "";
    private boolean exiting;

    private final Run run;

    StepRun(Planned step, Run run, Deadline deadline) {
        this.step = step;
        this.run = run;
        this.deadline = deadline;
        step.run = this;
    }

    // ---- the step's side

    /** Does the work, on the current thread. */
    void work() {
        thread = Thread.currentThread();
        begunAt = run.nanos();
        stage.set(Stage.RUNNING);
        CompletionStage<?> rest = null;
        Throwable thrown = null;
        // Whatever a step throws, Errors included, is in the report; the stop goes on.
        try {
            shorten();
            run.begun(this);
            rest = step.work.begin(deadline, run.reason());
            if (rest != null) {
                leave();
                rest.whenComplete(this);
            }
        } catch (Throwable any) {
            rest = null;
            thrown = any;
        }
        if (rest == null) {
            end(thrown);
        }
    }

    private void shorten() {
        Duration ceiling = step.ceiling;
        if (ceiling != null) {
            long nanos = Math.min(Durations.saturatedNanos(ceiling), Long.MAX_VALUE / 4);
            deadline = deadline.part(begunAt + nanos);
        }
    }

    private void leave() {
        stage.compareAndSet(Stage.RUNNING, Stage.LEFT);
        thread = null;
    }

    /** The stage of an asynchronous step has completed. */
    @Override
    public void accept(Object ignored, Throwable thrown) {
        end(thrown);
    }

    private void end(@Nullable Throwable thrown) {
        failure = thrown;
        detail = step.work.detail();
        endedAt = run.nanos();
        endedLimit = deadline.instant();
        if (!stage.compareAndSet(Stage.RUNNING, Stage.ENDED)
                && !stage.compareAndSet(Stage.LEFT, Stage.ENDED)) {
            endedLate = true;
        }
        run.ended(this);
    }

    // ---- both sides

    boolean is(Stage wanted) {
        return stage.get() == wanted;
    }

    /** Whether it has begun, and has neither ended nor been given up. */
    boolean isOpen() {
        return is(Stage.RUNNING) || is(Stage.LEFT);
    }

    /** Whether it is at work on that thread. */
    boolean isOn(Thread other) {
        return thread == other && !is(Stage.ENDED) && !endedLate;
    }

    /** Whether it was given up with a thread in it, of which nobody knows when it returns. */
    boolean hasLostThread() {
        return is(Stage.GIVEN_UP) && lost != null;
    }

    /** Whether it was given up while on that thread. */
    boolean hasLost(Thread other) {
        return is(Stage.GIVEN_UP) && lost == other;
    }

    boolean hasBegun() {
        return !is(Stage.WAITING);
    }

    long begunAt() {
        return begunAt;
    }

    /** How far it is. */
    ApplicationStatus.Progress progress() {
        if (is(Stage.WAITING)) {
            return ApplicationStatus.Progress.WAITING;
        }
        if (is(Stage.ENDED)) {
            return failure == null
                    ? ApplicationStatus.Progress.DONE
                    : ApplicationStatus.Progress.FAILED;
        }
        return is(Stage.GIVEN_UP)
                ? ApplicationStatus.Progress.GIVEN_UP
                : ApplicationStatus.Progress.RUNNING;
    }

    // ---- the side of the stop

    /** What there is to look at, to tell where it stands. */
    Look.Subject subject() {
        return new Look.Subject(step.name, step.work, thread);
    }

    /** Gives it up, if it has not ended, and interrupts it; where it stood was seen before. */
    boolean giveUp(long now, List<ThreadStack> where) {
        Thread its = thread;
        lost = its;
        boolean given = its != null && stage.compareAndSet(Stage.RUNNING, Stage.GIVEN_UP);
        if (!given) {
            lost = null;
            given = stage.compareAndSet(Stage.LEFT, Stage.GIVEN_UP);
        }
        if (given) {
            stacks = where;
            givenUpDetail = step.work.detail();
            givenUpAt = now;
            givenUpLimit = deadline.instant();
            if (lost != null && its != null) {
                its.interrupt();
            }
        }
        return given;
    }

    /**
     * Gives it up if it has called {@link System#exit}: it waits in there for the hook that waits for this
     * stop. Seen by {@code Runtime.exit} and not by {@code java.lang.Shutdown}, where {@code
     * File.deleteOnExit} also passes through.
     */
    boolean giveUpIfExiting(long now) {
        Thread its = thread;
        if (its == null || !is(Stage.RUNNING)) {
            return false;
        }
        for (StackTraceElement frame : its.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Runtime")
                    && frame.getMethodName().equals("exit")) {
                lost = its;
                exiting = stage.compareAndSet(Stage.RUNNING, Stage.GIVEN_UP);
                givenUpAt = now;
                givenUpLimit = deadline.instant();
                return exiting;
            }
        }
        return false;
    }

    /** Where it stands at this moment, in short; or nothing. */
    String place() {
        List<ThreadStack> where = step.work.stacks(thread);
        return where.isEmpty() ? "" : where.get(0).place();
    }

    /** Whether it has ended by throwing something. */
    boolean failed() {
        return failure != null;
    }

    boolean endedLate() {
        return endedLate;
    }

    /** How it came out, as far as is known now. */
    StepReport report(long stopBegan) {
        if (is(Stage.WAITING)) {
            return new StepReport(
                    step.name,
                    step.phase,
                    StepReport.Result.SKIPPED,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    "",
                    null,
                    List.of());
        }
        boolean givenUp = is(Stage.GIVEN_UP);
        long end = givenUp ? givenUpAt : isOpen() ? run.nanos() : endedAt;
        long until = givenUp ? givenUpLimit : isOpen() ? deadline.instant() : endedLimit;
        long limit = Math.max(0, until - begunAt);
        return new StepReport(
                step.name,
                step.phase,
                result(),
                Duration.ofNanos(begunAt - stopBegan),
                Duration.ofNanos(Math.max(0, end - begunAt)),
                Duration.ofNanos(limit),
                givenUp ? givenUpDetail : detail,
                told(),
                failure instanceof StillRunningException running && is(Stage.ENDED)
                        ? running.stacks()
                        : stacks);
    }

    private StepReport.Result result() {
        if (exiting) {
            return StepReport.Result.FAILED;
        }
        if (isOpen()) {
            return StepReport.Result.HUNG; // the stop itself broke before it could give it up
        }
        if (is(Stage.GIVEN_UP)) {
            return endedLate && lost != null
                    ? StepReport.Result.INTERRUPTED
                    : StepReport.Result.HUNG;
        }
        Throwable thrown = failure;
        if (thrown == null) {
            return StepReport.Result.DONE;
        }
        return thrown instanceof InterruptedException
                ? StepReport.Result.INTERRUPTED
                : StepReport.Result.FAILED;
    }

    private @Nullable Throwable told() {
        if (exiting) {
            return exited();
        }
        if (is(Stage.ENDED)) {
            return failure;
        }
        // That it ended by the interrupt is told by the result; anything else is news.
        Throwable late = endedLate ? failure : null;
        return late instanceof InterruptedException ? null : late;
    }

    private IllegalStateException exited() {
        return new IllegalStateException("step \"" + step.name
                + "\" called System.exit; the process ends with its exit code");
    }
}
