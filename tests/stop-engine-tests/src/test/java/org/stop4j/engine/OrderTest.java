package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.RegisteredStep;
import org.stop4j.Report;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.Stop;
import org.stop4j.StoppingException;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** What comes before what. */
@ExtendWith(StopExtension.class)
class OrderTest {
    private static final Step NOTHING = deadline -> {};

    private static Step sleeping(VirtualTime time, double seconds) {
        return deadline -> time.sleep(seconds(seconds));
    }

    @Test
    void noStepBeginsBeforeAllOfThePhasesBeforeHaveEnded(Stop stop, VirtualTime time)
            throws Exception {
        stop.step(Phase.LAST, "telemetry", sleeping(time, 1));
        stop.step(Phase.CLOSE, "pool", sleeping(time, 1));
        stop.step(Phase.FINISH, "jobs", sleeping(time, 2));
        stop.step(Phase.DRAIN, "http", sleeping(time, 3));
        stop.step(Phase.DRAIN, "grpc", sleeping(time, 1));
        stop.step(Phase.NOTIFY, "registry", sleeping(time, 1));
        Report report = end(stop);
        assertThat(report.steps())
                .extracting(StepReport::name)
                .containsExactlyInAnyOrder("registry", "http", "grpc", "jobs", "pool", "telemetry");
        assertThat(step(report, "registry").begin()).isZero();
        assertThat(step(report, "http").begin()).isEqualTo(seconds(1));
        assertThat(step(report, "grpc").begin()).isEqualTo(seconds(1));
        assertThat(step(report, "jobs").begin()).isEqualTo(seconds(4));
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(6));
        assertThat(step(report, "telemetry").begin()).isEqualTo(seconds(7));
        assertThat(report.took()).isEqualTo(seconds(8));
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void anOrderWithABadNameChangesNothing(Stop stop) throws Exception {
        RegisteredStep one = stop.step(Phase.CLOSE, "one", NOTHING);
        stop.step(Phase.CLOSE, "two", NOTHING).after("one");
        assertThatThrownBy(() -> one.after("two", "")).isInstanceOf(IllegalArgumentException.class);
        assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void tenThousandQuickStepsShareFewThreads(Stop stop) throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 10_000; i++) {
            stop.step(Phase.CLOSE, "step " + i, (Step)
                    deadline -> threads.add(Thread.currentThread()));
        }
        Report report = end(stop);
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(report.steps()).hasSize(10_000);
        assertThat(threads).hasSizeLessThanOrEqualTo(64);
    }

    @Test
    void theStepsOfAPhaseRunSideBySide(Stop stop, VirtualTime time) throws Exception {
        for (int i = 0; i < 200; i++) {
            stop.step(Phase.DRAIN, "step " + i, sleeping(time, 2));
        }
        // 64 threads at once, and then one more each millisecond while steps wait for one.
        assertThat(end(stop).took()).isBetween(seconds(2), seconds(2.2));
    }

    @Test
    void aStepBeginsWhenThoseBeforeItHaveEnded(Stop stop, VirtualTime time) throws Exception {
        stop.step(Phase.DRAIN, "third", sleeping(time, 1)).after("second", "beside");
        stop.step(Phase.DRAIN, "second", sleeping(time, 1)).after("first");
        stop.step(Phase.DRAIN, "first", sleeping(time, 1));
        stop.step(Phase.DRAIN, "beside", sleeping(time, 5));
        Report report = end(stop);
        assertThat(step(report, "first").begin()).isZero();
        assertThat(step(report, "beside").begin()).isZero();
        assertThat(step(report, "second").begin()).isEqualTo(seconds(1));
        assertThat(step(report, "third").begin()).isEqualTo(seconds(5));
        assertThat(report.took()).isEqualTo(seconds(6));
    }

    @Test
    void aStepBeginsAlsoWhenThoseBeforeItHaveFailedOrHung(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "failing", (Step) deadline -> {
            throw new IllegalStateException("on purpose");
        });
        stop.step(Phase.DRAIN, "hanging", (Step) deadline -> time.hangUninterruptibly())
                .ceiling(seconds(2));
        stop.step(Phase.DRAIN, "next", NOTHING).after("failing", "hanging");
        Report report = end(stop);
        assertThat(step(report, "next").begin()).isEqualTo(seconds(2.1));
        assertThat(step(report, "next").result()).isEqualTo(StepReport.Result.DONE);
    }

    @Test
    void whatComesAfterTheQuietWaitIsDoneWithTheGateOpen(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.quietWait(seconds(3), seconds(1), seconds(10)).start();
        Gate gate = stop.gate();
        AtomicReference<Boolean> open = new AtomicReference<>();
        stop.step(Phase.NOTIFY, "go away", (Step) deadline -> open.set(gate.isOpen()))
                .after(Gate.QUIET_WAIT);
        stop.step(Phase.NOTIFY, "gone", sleeping(time, 1)).after("go away");
        stop.step(Phase.NOTIFY, "registry", sleeping(time, 2));
        Report report = end(stop);
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(step(report, Gate.QUIET_WAIT).begin()).isEqualTo(seconds(2));
        assertThat(step(report, "go away").begin()).isEqualTo(seconds(3));
        assertThat(step(report, "gone").begin()).isEqualTo(seconds(3));
        assertThat(step(report, Gate.STEP).begin()).isEqualTo(seconds(4));
        assertThat(open).hasValue(true);
    }

    @Test
    void whatComesAfterTheQuietWaitComesAfterAllOthersWhereThereIsNone(Stop stop, VirtualTime time)
            throws Exception {
        stop.step(Phase.NOTIFY, "go away", NOTHING).after(Gate.QUIET_WAIT);
        stop.step(Phase.NOTIFY, "registry", sleeping(time, 2));
        stop.step(Phase.DRAIN, "http", NOTHING).after(Gate.QUIET_WAIT);
        stop.step(Phase.DRAIN, "queue", sleeping(time, 1));
        Report report = end(stop);
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(report.notes()).isEmpty();
        assertThat(step(report, "go away").begin()).isEqualTo(seconds(2));
        assertThat(step(report, "http").begin()).isEqualTo(seconds(2));
    }

    @Test
    void ownPhasesHaveTheirPlaces(Stop.Builder builder, VirtualTime time) throws Exception {
        Phase caches = new Phase("CACHES");
        Phase audit = new Phase("AUDIT");
        Stop stop = builder.phaseAfter(Phase.FINISH, caches)
                .phaseAfter(caches, audit)
                .start();
        stop.step(Phase.CLOSE, "pool", sleeping(time, 1));
        stop.step(audit, "audit", sleeping(time, 1));
        stop.step(caches, "caches", sleeping(time, 1));
        stop.step(Phase.FINISH, "jobs", sleeping(time, 1));
        assertThat(end(stop).steps())
                .extracting(StepReport::name)
                .containsExactly("jobs", "caches", "audit", "pool");
    }

    @Test
    void aPhaseThatIsThereOrComesAfterNoneIsRefused(Stop.Builder builder) {
        assertThatThrownBy(() -> builder.phaseAfter(Phase.DRAIN, Phase.CLOSE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CLOSE");
        assertThatThrownBy(() -> builder.phaseAfter(new Phase("A"), new Phase("B")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown phase A");
    }

    // ---- registering

    @Test
    void aCircleIsRefusedByItsNamesAndChangesNothing(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "a", NOTHING).after("b");
        stop.step(Phase.DRAIN, "b", NOTHING).after("c");
        RegisteredStep c = stop.step(Phase.DRAIN, "c", NOTHING);
        assertThatThrownBy(() -> c.after("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c after a after b after c");
        assertThatThrownBy(() -> c.after("c")).isInstanceOf(IllegalArgumentException.class);
        assertThat(end(stop).steps()).extracting(StepReport::name).containsExactly("c", "b", "a");
    }

    @Test
    void aCircleOfNamesThatComeLaterIsRefusedToo(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "a", NOTHING).after("b");
        RegisteredStep b = stop.step(Phase.DRAIN, "b", NOTHING);
        assertThatThrownBy(() -> b.after("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b after a after b");
        assertThat(end(stop).steps()).extracting(StepReport::name).containsExactly("b", "a");
    }

    @Test
    void aStepOfALaterPhaseIsNotWaitedFor(Stop stop) {
        stop.step(Phase.CLOSE, "pool", NOTHING);
        RegisteredStep http = stop.step(Phase.DRAIN, "http", NOTHING);
        assertThatThrownBy(() -> http.after("pool"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("phase DRAIN cannot come after \"pool\" of phase CLOSE");
        http.after("unborn");
        assertThatThrownBy(() -> stop.step(Phase.FINISH, "unborn", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"unborn\" of phase FINISH");
        stop.step(Phase.DRAIN, "unborn", NOTHING);
    }

    @Test
    void aStepOfAnEarlierPhaseHasEndedAnyway(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "http", NOTHING);
        stop.step(Phase.CLOSE, "pool", NOTHING).after("http");
        try (LogLines log = new LogLines()) {
            assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void aNameThatNobodyHasIsWarnedOfAndNotWaitedFor(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "http", NOTHING).after("htttp");
        try (LogLines log = new LogLines()) {
            assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("\"http\"")
                    .contains("\"htttp\"");
        }
    }

    @Test
    void aSecondStepOfOneNameIsRefused(Stop stop) {
        stop.step(Phase.DRAIN, "http", NOTHING);
        assertThatThrownBy(() -> stop.step(Phase.CLOSE, "http", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"http\"")
                .hasMessageContaining("DRAIN");
    }

    @Test
    void aStepOfAnUnknownPhaseIsRefused(Stop stop) {
        assertThatThrownBy(() -> stop.step(new Phase("DRIAN"), "http", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown phase DRIAN")
                .hasMessageContaining("NOTIFY, DRAIN, FINISH, CLOSE, LAST");
    }

    @Test
    void whatWasTakenOutIsNotRunAndItsNameIsFree(Stop stop) throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        RegisteredStep first = stop.step(Phase.DRAIN, "http", (Step) deadline -> ran.add("first"));
        first.close();
        first.close();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> ran.add("second"));
        first.close();
        assertThat(end(stop).steps()).hasSize(1);
        assertThat(ran).containsExactly("second");
    }

    @Test
    void aStepThatComesWhenItsPhaseHasBegunIsRefused(Stop stop, VirtualTime time) throws Exception {
        AtomicReference<List<Throwable>> refused = new AtomicReference<>(List.of());
        RegisteredStep notify = stop.step(Phase.NOTIFY, "registry", NOTHING);
        RegisteredStep drain = stop.step(Phase.DRAIN, "http", NOTHING);
        stop.step(Phase.DRAIN, "registering", (Step) deadline -> refused.set(List.of(
                thrownBy(() -> stop.step(Phase.NOTIFY, "a", NOTHING)),
                thrownBy(() -> stop.step(Phase.DRAIN, "b", NOTHING)),
                thrownBy(() -> drain.ceiling(seconds(1))),
                thrownBy(() -> drain.after("x")),
                thrownBy(() -> notify.after("x")))));
        Report report = end(stop);
        assertThat(refused.get()).hasSize(5).allMatch(StoppingException.class::isInstance);
        assertThat(refused.get().get(1)).hasMessageContaining("phase DRAIN has begun");
        assertThat(report.steps()).hasSize(3);
        assertThatThrownBy(() -> stop.step(Phase.LAST, "late", NOTHING))
                .isInstanceOf(StoppingException.class);
        assertThat(time.elapsed()).isZero();
    }

    private static Throwable thrownBy(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void aStepMayRegisterOneForALaterPhase(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "http", (Step)
                deadline -> stop.step(Phase.CLOSE, "found late", NOTHING));
        assertThat(end(stop).steps())
                .extracting(StepReport::name)
                .containsExactly("http", "found late");
    }

    @Test
    void takingOutAStepWhosePhaseHasBegunDoesNothing(Stop stop) throws Exception {
        RegisteredStep second = stop.step(Phase.DRAIN, "second", NOTHING).after("first");
        stop.step(Phase.DRAIN, "first", (Step) deadline -> second.close());
        assertThat(end(stop).steps())
                .extracting(StepReport::name)
                .containsExactly("first", "second");
    }
}
