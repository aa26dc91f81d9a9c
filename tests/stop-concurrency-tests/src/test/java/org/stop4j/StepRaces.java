package org.stop4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.stop4j.StepRun.Stage;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A step's thread against the thread of the stop, which gives the step up. */
public final class StepRaces {
    private StepRaces() {}

    /** What the thread of a step does after it, as in {@link Crew}: whether it goes on to other steps. */
    static boolean goesOn(StepRun step) {
        if (!step.hasLost(Thread.currentThread())) {
            return true;
        }
        // The interrupt that is sure to come must not reach the next round, which has the same
        // thread.
        while (!Thread.interrupted()) {
            Thread.onSpinWait();
        }
        return false;
    }

    /** Waits for the step to begin: before that there is nothing to give up, and no race. */
    static boolean giveUpWhenBegun(StepRun step) {
        while (step.is(Stage.WAITING)) {
            Thread.onSpinWait();
        }
        return step.giveUp(1, List.of());
    }

    /** Either the step ends or it is given up; and whoever goes on is not interrupted. */
    @JCStressTest
    @Outcome(id = "false, true, false", expect = ACCEPTABLE, desc = "ended, and goes on")
    @Outcome(id = "true, false, false", expect = ACCEPTABLE, desc = "given up, and lost")
    @Outcome(expect = FORBIDDEN, desc = "both, neither, or interrupted afterwards")
    @State
    public static class EndOrGiveUp {
        private final StepRun step = Parts.step(StepWork.of((Step) deadline -> {}));

        @Actor
        public void work(ZZZ_Result r) {
            step.work();
            boolean goesOn = goesOn(step);
            r.r2 = goesOn && step.is(Stage.ENDED);
            r.r3 = goesOn && Thread.interrupted();
        }

        @Actor
        public void giveUp(ZZZ_Result r) {
            r.r1 = giveUpWhenBegun(step);
        }
    }

    /** A thread that has gone on, because the step returned a stage, is not lost and not interrupted. */
    @JCStressTest
    @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "went on, and was let go")
    @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "lost, and knows it")
    @Outcome(expect = FORBIDDEN, desc = "went on, and is counted as lost; or was interrupted")
    @State
    public static class StageOrGiveUp {
        private final StepRun step =
                Parts.step(StepWork.ofAsync(deadline -> new CompletableFuture<Void>()));
        private volatile Thread thread = Thread.currentThread();

        @Actor
        public void work(ZZZ_Result r) {
            thread = Thread.currentThread();
            step.work();
            boolean goesOn = goesOn(step);
            r.r1 = !goesOn;
            r.r3 = goesOn && Thread.interrupted();
        }

        @Actor
        public void giveUp() {
            giveUpWhenBegun(step);
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r2 = step.hasLost(thread);
        }
    }

    /** A stage that completes while it is given up: one of them has won, and a late end is known as late. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "given up, and late")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "ended in time")
    @Outcome(expect = FORBIDDEN, desc = "lost, or both")
    @State
    public static class CompletionOrGiveUp {
        private final CompletableFuture<String> stage = new CompletableFuture<>();
        private final StepRun step = Parts.step(StepWork.ofAsync(deadline -> stage));

        public CompletionOrGiveUp() {
            step.work();
        }

        @Actor
        public void complete() {
            stage.complete("done");
        }

        @Actor
        public void giveUp(ZZ_Result r) {
            r.r1 = step.giveUp(1, List.of());
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r2 = step.endedLate();
            if (step.is(Stage.ENDED) == r.r1 || step.is(Stage.GIVEN_UP) != r.r1) {
                throw new IllegalStateException("the stage does not tell who has won");
            }
        }
    }

    /** Whoever sees that the step has ended sees how. */
    @JCStressTest
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "not ended yet")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "ended, with what it threw and when")
    @Outcome(expect = FORBIDDEN, desc = "ended, but how is not known")
    @State
    public static class EndIsSeenWhole {
        private final IllegalStateException failure = new IllegalStateException();
        private final StepRun step = Parts.step(StepWork.of((Step) deadline -> {
            throw failure;
        }));

        @Actor
        public void work() {
            step.work();
        }

        @Actor
        public void look(ZZ_Result r) {
            r.r1 = step.is(Stage.ENDED);
            if (r.r1) {
                StepReport report = step.report(step.begunAt());
                r.r2 = report.failure() == failure
                        && report.result() == StepReport.Result.FAILED
                        && report.took().toSeconds() < 60;
            }
        }
    }

    /** Whoever sees that the step runs sees since when, and its thread. */
    @JCStressTest
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "not running")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "running, with its begin")
    @Outcome(expect = FORBIDDEN, desc = "running, since nobody knows when")
    @State
    public static class BeginIsSeenWhole {
        private final StepRun step = Parts.step(StepWork.of((Step) deadline -> {}));

        @Actor
        public void work() {
            step.work();
        }

        @Actor
        public void look(ZZ_Result r) {
            r.r1 = step.isOpen();
            r.r2 = r.r1 && step.begunAt() != 0;
        }
    }
}
