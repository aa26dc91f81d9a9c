package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.Signal;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.Work;
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Going on serving, until nobody comes any more. */
@ExtendWith(StopExtension.class)
class QuietWaitTest {
    private static final String STEP = Gate.QUIET_WAIT;
    /** As often as it looks, and a little. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private static Stop start(Stop.Builder builder) {
        return builder.quietWait(seconds(3), seconds(1), seconds(10)).start();
    }

    /** Somebody comes every half second, from now on for so long. */
    private static void traffic(Stop stop, VirtualTime time, double seconds) {
        Gate gate = stop.gate();
        Thread client = time.thread(
                () -> {
                    try {
                        for (int i = 0; i < seconds * 2 && gate.tryEnter(); i++) {
                            gate.exit();
                            time.sleep(seconds(0.5));
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "client");
        client.start();
    }

    private static void assertLasts(StepReport wait, double seconds) {
        assertThat(wait.result()).isEqualTo(Result.DONE);
        assertThat(wait.took()).isBetween(seconds(seconds), seconds(seconds).plus(LOOK));
    }

    // ---- when there is one

    @Test
    void withoutAnOrchestratorThereIsNone(Stop stop, VirtualTime time) throws Exception {
        stop.gate();
        Report report = end(stop);
        assertThat(report.steps()).extracting(StepReport::name).containsExactly(Gate.STEP);
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void whoHasAskedForOneHasItAlsoWithoutAGate(Stop.Builder builder) throws Exception {
        assertLasts(step(end(start(builder)), STEP), 3);
    }

    @Test
    void threeTimesZeroIsNone(Stop.Builder builder) throws Exception {
        Stop stop = builder.quietWait(seconds(0), seconds(0), seconds(0)).start();
        stop.gate();
        assertThat(end(stop).steps()).extracting(StepReport::name).containsExactly(Gate.STEP);
    }

    // ---- how long

    @Test
    void itIsOverAtItsFloorIfNobodyComes(Stop.Builder builder) throws Exception {
        StepReport wait = step(end(start(builder)), STEP);
        assertLasts(wait, 3);
        assertThat(wait.phase()).isEqualTo(Phase.NOTIFY);
        assertThat(wait.detail()).isEqualTo("quiet after 3.0 s; 0 admitted meanwhile");
    }

    @Test
    void itIsOverWhenNobodyHasComeForTheQuietTime(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = start(builder);
        traffic(stop, time, 5); // the last one comes at 4.5 s
        StepReport wait = step(end(stop), STEP);
        assertLasts(wait, 5.5);
        assertThat(wait.detail()).startsWith("quiet after 5.5 s; ").endsWith(" admitted meanwhile");
    }

    @Test
    void whatTheProcessBeginsByItselfDoesNotProlongIt(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = start(builder);
        Gate gate = stop.gate();
        time.thread(
                        () -> {
                            try {
                                for (int i = 0; i < 40; i++) {
                                    gate.tryEnterOwn("job " + i, "by a test")
                                            .ifPresent(Work::close);
                                    time.sleep(seconds(0.5));
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "scheduler")
                .start();
        StepReport wait = step(end(stop), STEP);
        assertLasts(wait, 3);
        assertThat(wait.detail()).isEqualTo("quiet after 3.0 s; 0 admitted meanwhile");
    }

    @Test
    void butItIsWaitedForLikeAnythingElse(Stop stop, VirtualTime time) throws Exception {
        Work job = stop.gate().tryEnterOwn("job", "by a test").orElseThrow();
        time.thread(
                        () -> {
                            try {
                                time.sleep(seconds(2));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            job.close();
                        },
                        "scheduler")
                .start();
        assertThat(step(end(stop), Gate.STEP).took()).isEqualTo(seconds(2));
        assertThat(stop.gate().tryEnterOwn("late", "by a test")).isEmpty();
    }

    @Test
    void itIsOverAtItsCeilingIfTheyNeverStopComing(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = start(builder);
        traffic(stop, time, 60);
        Report report = end(stop);
        assertLasts(step(report, STEP), 10);
        assertThat(step(report, STEP).detail()).startsWith("not quiet after 10.0 s; ");
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void itEndsBeforeItsTimeIsUpRatherThanBeGivenUp(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(20))
                .quietWait(seconds(3), seconds(1), seconds(19))
                .start();
        traffic(stop, time, 60);
        StepReport wait = step(end(stop), STEP);
        assertThat(wait.result()).isEqualTo(Result.DONE);
        assertThat(wait.took()).isBetween(seconds(17.9), seconds(18)); // DRAIN keeps two
    }

    @Test
    void aSecondSignalEndsIt(
            Stop.Builder builder, VirtualTime time, FakeSignals signals, RecordingExit exit)
            throws Exception {
        Stop stop = start(builder);
        traffic(stop, time, 60);
        signals.raise(Signal.TERM);
        time.sleep(seconds(1.25));
        signals.raise(Signal.TERM);
        assertThat(exit.await()).isZero(); // nothing was forced
        StepReport wait = step(stop.await(), STEP);
        assertLasts(wait, 1.25);
        assertThat(wait.detail()).startsWith("cut short after 1.2");
    }

    // ---- its place

    @Test
    void itComesAfterTheOtherStepsOfNotifyAndCountsFromTheBeginning(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = start(builder);
        stop.step(Phase.NOTIFY, "registry", (Step) deadline -> time.sleep(seconds(2)));
        Report report = end(stop);
        assertThat(step(report, STEP).begin()).isEqualTo(seconds(2));
        assertLasts(step(report, STEP), 1);
    }

    @Test
    void theGateIsOpenUntilItIsOver(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = start(builder);
        Gate gate = stop.gate();
        List<Boolean> open = new CopyOnWriteArrayList<>();
        stop.listen(change -> open.add(gate.isOpen()));
        stop.request("test");
        time.sleep(seconds(2.9));
        assertThat(stop.state()).isEqualTo(State.DRAINING);
        assertThat(stop.readiness().isReady()).isFalse();
        assertThat(gate.tryEnter()).isTrue();
        gate.exit();
        stop.await();
        time.sleep(seconds(1));
        assertThat(open).containsExactly(true, false, false); // DRAINING, STOPPING, STOPPED
    }

    @Test
    void afterADrainOnlyTheQuietTimeIsLeft(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = start(builder);
        stop.drain(Reason.of(Reason.Kind.CODE, "test"));
        time.sleep(seconds(60));
        StepReport wait = step(end(stop), STEP);
        assertLasts(wait, 1);
        assertThat(wait.detail()).startsWith("quiet after ");
    }

    // ---- what is refused

    @ParameterizedTest
    @CsvSource({
        "4, 1, 3, floor of the quiet wait is 4.0 s; allowed: at most its ceiling of 3.0 s",
        "1, 4, 3, quiet of the quiet wait is 4.0 s; allowed: at most its ceiling of 3.0 s",
        "-1, 1, 3, floor of the quiet wait is PT-1S; allowed: zero or more",
        "1, -1, 3, quiet of the quiet wait is PT-1S; allowed: zero or more",
        "0, 0, -3, ceiling of the quiet wait is PT-3S; allowed: zero or more",
    })
    void whatCannotBeMeantIsRefused(
            long floor, long quiet, long ceiling, String message, Stop.Builder builder) {
        assertThatThrownBy(() -> builder.quietWait(
                        Duration.ofSeconds(floor),
                        Duration.ofSeconds(quiet),
                        Duration.ofSeconds(ceiling)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aCeilingThatIsNotShorterThanTheTimeoutFailsTheStart(Stop.Builder builder) {
        builder.timeout(seconds(10)).quietWait(seconds(3), seconds(1), seconds(10));
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the ceiling of the quiet wait is 10.0 s; allowed: less than the timeout"
                                + " of 10.0 s");
    }
}
