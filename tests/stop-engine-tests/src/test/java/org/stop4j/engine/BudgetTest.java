package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.phase;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Who gets how much of the time, and what happens at the end of it. Of 100 s, a phase keeps 10. */
@ExtendWith(StopExtension.class)
class BudgetTest {
    private static final Step NOTHING = deadline -> {};

    // ---- reserves

    @Test
    void aHungDrainStepDoesNotEatTheTimeOfClose(Stop.Builder builder, VirtualTime time)
            throws Exception {
        AtomicReference<Duration> left = new AtomicReference<>(Duration.ZERO);
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hangUninterruptibly());
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> left.set(deadline.remaining()));
        Report report = end(stop);
        assertThat(step(report, "http").limit()).isEqualTo(seconds(90));
        assertThat(step(report, "http").took()).isEqualTo(seconds(90));
        assertThat(step(report, "http").result()).isEqualTo(Result.HUNG);
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(90.1));
        assertThat(left.get()).isEqualTo(seconds(9.9));
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
        assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
    }

    @Test
    void whenEveryPhaseHangsEachHasItsTenth(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        List<Phase> phases =
                List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST);
        for (Phase phase : phases) {
            stop.step(phase, phase.name(), (Step) deadline -> time.hang());
        }
        Report report = end(stop);
        assertThat(report.steps()).extracting(StepReport::result).containsOnly(Result.INTERRUPTED);
        assertThat(report.steps())
                .extracting(StepReport::took)
                .containsExactly(seconds(60), seconds(10), seconds(10), seconds(10), seconds(10));
        assertThat(report.took()).isEqualTo(seconds(100));
    }

    @Test
    void whatAPhaseDoesNotUseIsForTheNext(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(1)));
        stop.step(Phase.FINISH, "jobs", (Step) deadline -> time.hang());
        stop.step(Phase.CLOSE, "pool", NOTHING);
        assertThat(step(end(stop), "jobs").took()).isEqualTo(seconds(89));
    }

    @Test
    void aPhaseMayKeepMore(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100))
                .reserve(Phase.CLOSE, seconds(30))
                .reserve(Phase.LAST, seconds(1))
                .start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> time.hang());
        stop.step(Phase.LAST, "telemetry", (Step) deadline -> time.hang());
        assertThat(end(stop).steps())
                .extracting(StepReport::took)
                .containsExactly(seconds(69), seconds(30), seconds(1));
    }

    @Test
    void aPhaseWithoutStepsKeepsNothing(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop =
                builder.timeout(seconds(100)).reserve(Phase.CLOSE, seconds(50)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        Report report = end(stop);
        assertThat(step(report, "http").took()).isEqualTo(seconds(100));
        assertThat(report.phases()).hasSize(1);
    }

    @Test
    void withManyPhasesThoseThatKeepATimeKeepHalfOfItTogether(
            Stop.Builder builder, VirtualTime time) throws Exception {
        builder.timeout(seconds(100));
        for (int i = 0; i < 45; i++) {
            builder.phaseAfter(Phase.CLOSE, new Phase("P" + i));
        }
        Stop stop = builder.start();
        stop.step(Phase.NOTIFY, "first", (Step) deadline -> time.hang());
        for (int i = 0; i < 45; i++) {
            stop.step(new Phase("P" + i), "step " + i, (Step) deadline -> time.hang());
        }
        Report report = end(stop);
        assertThat(step(report, "first").took()).isEqualTo(seconds(55));
        assertThat(step(report, "step 0").took()).isEqualTo(seconds(1));
        assertThat(report.took()).isEqualTo(seconds(100));
    }

    @Test
    void reservesThatAreLongerThanTheTimeoutAreRefusedAtTheStart(Stop.Builder builder) {
        builder.timeout(seconds(100)).reserve(Phase.CLOSE, seconds(61));
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CLOSE 61.0 s")
                .hasMessageContaining("the timeout of 100.0 s");
    }

    @Test
    void eachLinkOfAChainKeepsATenthOfThePhase(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "a", (Step) deadline -> time.hang());
        stop.step(Phase.DRAIN, "b", (Step) deadline -> time.hang()).after("a");
        stop.step(Phase.DRAIN, "c", (Step) deadline -> time.hang()).after("b");
        stop.step(Phase.DRAIN, "beside", (Step) deadline -> time.hang());
        Report report = end(stop);
        assertThat(step(report, "a").took()).isEqualTo(seconds(80));
        assertThat(step(report, "b").took()).isEqualTo(seconds(10));
        assertThat(step(report, "c").took()).isEqualTo(seconds(10));
        assertThat(step(report, "beside").took()).isEqualTo(seconds(100));
    }

    @Test
    void theGracesOfALongChainDoNotAddUp(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(10)).start();
        for (int i = 0; i < 100; i++) {
            stop.step(Phase.DRAIN, "link " + i, (Step) deadline -> time.hangUninterruptibly())
                    .after(i == 0 ? new String[0] : new String[] {"link " + (i - 1)});
        }
        stop.step(Phase.CLOSE, "pool", NOTHING);
        Report report = end(stop);
        assertThat(report.steps()).hasSize(101);
        assertThat(report.steps().subList(0, 100))
                .allMatch(step -> step.result() == Result.HUNG && !step.took().isZero());
        // 9 s for the phase, 45 ms of them for each link, a quarter of that for its grace.
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(9.01125));
    }

    // ---- ceilings

    @ParameterizedTest
    @CsvSource({"5, 5", "90, 90", "1000, 100"})
    void aCeilingCanOnlyShorten(int ceiling, int took, Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang()).ceiling(seconds(ceiling));
        StepReport http = step(end(stop), "http");
        assertThat(http.took()).isEqualTo(seconds(took));
        assertThat(http.limit()).isEqualTo(seconds(took));
    }

    @Test
    void aCeilingCountsFromTheBeginningOfItsStep(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "first", (Step) deadline -> time.sleep(seconds(7)));
        stop.step(Phase.DRAIN, "second", (Step) deadline -> time.hang())
                .after("first")
                .ceiling(seconds(100))
                .ceiling(seconds(5));
        assertThat(end(stop).took()).isEqualTo(seconds(12));
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void aCeilingThatIsNotPositiveIsRefused(int ceiling, Stop stop) {
        assertThatThrownBy(() -> stop.step(Phase.DRAIN, "http", NOTHING).ceiling(seconds(ceiling)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ceiling of step \"http\"");
    }

    // ---- half of it, and the end

    @Test
    void atHalfOfItsTimeTheLogTellsWhatStillRunsAndWhere(Stop.Builder builder, VirtualTime time)
            throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        try (LogLines log = new LogLines(line -> {
            if (line.message().contains("half of the time")) {
                said.add(time.elapsed().toSeconds() + ": " + line.message());
            }
        })) {
            Stop stop = builder.timeout(seconds(100)).start();
            stop.step(Phase.DRAIN, "quick", (Step) deadline -> time.sleep(seconds(49)));
            stop.step(Phase.DRAIN, "slow", (Step) deadline -> time.sleep(seconds(60)));
            stop.step(Phase.DRAIN, "limited", (Step) deadline -> time.sleep(seconds(10)))
                    .ceiling(seconds(11));
            end(stop);
            assertThat(log.warnings()).isEmpty();
        }
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).startsWith("5: ").contains("\"limited\" for 5.5 s of 11.0 s");
        assertThat(said.get(1))
                .startsWith("50: ")
                .contains("\"slow\" for 50.0 s of 100.0 s at org.stop4j.engine.BudgetTest.")
                .doesNotContain("quick");
    }

    @Test
    void atItsLimitAStepIsInterruptedAndItsStackIsInTheReportAndInTheLog(
            Stop.Builder builder, VirtualTime time, RecordingExit exit) throws Exception {
        try (LogLines log = new LogLines()) {
            Stop stop = builder.timeout(seconds(100)).start();
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
            StepReport http = step(end(stop), "http");
            assertThat(http.result()).isEqualTo(Result.INTERRUPTED);
            assertThat(http.failure()).isNull();
            assertThat(http.stacks().get(0).thread()).isEqualTo("stop-step-http");
            assertThat(http.stacks().get(0).frames())
                    .anyMatch(frame -> frame.getClassName().contains("BudgetTest"));
            assertThat(log.warnings())
                    .anyMatch(
                            line -> line.startsWith(
                                    "step \"http\" is over its limit of 100.0 s, at org.stop4j.engine.BudgetTest."));
            assertThat(exit.await()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.099, INTERRUPTED, 0.099", "0.101, HUNG, 0.1"})
    void afterTheInterruptAStepHasAMomentToEnd(
            double cleanup, Result result, double waited, Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            try {
                time.hang();
            } catch (InterruptedException e) {
                time.sleep(seconds(cleanup));
            }
        });
        stop.step(Phase.CLOSE, "pool", NOTHING);
        Report report = end(stop);
        assertThat(step(report, "http").result()).isEqualTo(result);
        assertThat(step(report, "http").took()).isEqualTo(seconds(90));
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(90 + waited));
    }

    @Test
    void whatAStepThrowsWhenItIsInterruptedIsInTheReport(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            try {
                time.hang();
            } catch (InterruptedException e) {
                throw new IllegalStateException("half of it is written", e);
            }
        });
        StepReport http = step(end(stop), "http");
        assertThat(http.result()).isEqualTo(Result.INTERRUPTED);
        assertThat(http.failure()).hasMessage("half of it is written");
    }

    @Test
    void aStepThatIsInterruptedBySomebodyElseIsNoSuccess(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            throw new InterruptedException("by somebody else");
        });
        Report report = end(stop);
        assertThat(step(report, "http").result()).isEqualTo(Result.INTERRUPTED);
        assertThat(report.exitCode()).isEqualTo(3);
    }

    @Test
    void aStepThatSwallowsTheInterruptIsDoneIfItEndsInItsTime(Stop.Builder builder)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> Thread.currentThread().interrupt());
        stop.step(Phase.DRAIN, "next", (Step) deadline -> {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new IllegalStateException("it found the interrupt of another");
                    }
                })
                .after("http");
        assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void theGraceIsShortWhereTheReservesAre(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100))
                .reserve(Phase.CLOSE, seconds(0.04))
                .start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hangUninterruptibly());
        stop.step(Phase.CLOSE, "pool", NOTHING);
        assertThat(phase(end(stop), Phase.CLOSE).begin()).isEqualTo(seconds(99.97));
    }
}
