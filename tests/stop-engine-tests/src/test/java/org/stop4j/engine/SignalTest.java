package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stop4j.Hold;
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
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The first signal, the second, the third, and the hold. */
@ExtendWith(StopExtension.class)
class SignalTest {
    private static final Step NOTHING = deadline -> {};

    @Test
    void theFirstSignalBeginsTheStop(Stop stop, FakeSignals signals, RecordingExit exit)
            throws Exception {
        assertThat(signals.raise(Signal.TERM)).isTrue();
        assertThat(exit.await()).isZero();
        Reason reason = stop.await().reason();
        assertThat(reason.kind()).isEqualTo(Reason.Kind.SIGNAL);
        assertThat(reason.detail()).isEqualTo("SIGTERM");
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void theSecondSignalShortensEverythingToTheReserves(
            Signal second,
            int code,
            Stop.Builder builder,
            VirtualTime time,
            FakeSignals signals,
            RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> time.hang());
        signals.raise(Signal.TERM);
        time.sleep(seconds(20));
        try (LogLines log = new LogLines()) {
            signals.raise(second);
            assertThat(exit.await()).isEqualTo(code);
            assertThat(log.warnings())
                    .anyMatch(line ->
                            line.contains("shortened to 20.0 s; the time is cut of \"http\""));
        }
        assertThat(time.elapsed()).isEqualTo(seconds(40));
        Report report = stop.await();
        assertThat(step(report, "http").took()).isEqualTo(seconds(30));
        assertThat(step(report, "http").limit()).isEqualTo(seconds(30));
        assertThat(step(report, "pool").took()).isEqualTo(seconds(10));
        assertThat(report.joined()).extracting(Reason::detail).containsExactly(second.toString());
        assertThat(exit.halted()).isFalse();
    }

    @Test
    void whoAsksHowMuchIsLeftLearnsOfTheSecondSignal(
            Stop.Builder builder, VirtualTime time, FakeSignals signals, RecordingExit exit)
            throws Exception {
        AtomicReference<Duration> left = new AtomicReference<>(Duration.ZERO);
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            time.sleep(seconds(21));
            left.set(deadline.remaining());
        });
        signals.raise(Signal.TERM);
        time.sleep(seconds(20));
        signals.raise(Signal.TERM);
        // Everything was done in what was left: nothing was forced.
        assertThat(exit.await()).isZero();
        assertThat(left.get()).isEqualTo(seconds(9));
    }

    @Test
    void theSecondSignalDoesNotChangeTheLimitsOfWhatHasEnded(
            Stop.Builder builder, VirtualTime time, FakeSignals signals, RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(1)));
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> time.hang());
        signals.raise(Signal.TERM);
        time.sleep(seconds(2));
        signals.raise(Signal.TERM);
        exit.await();
        assertThat(step(stop.await(), "http").limit()).isEqualTo(seconds(90));
        assertThat(step(stop.await(), "pool").limit()).isEqualTo(seconds(11));
    }

    @Test
    void theSecondSignalLengthensNothing(
            Stop.Builder builder, VirtualTime time, FakeSignals signals, RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        signals.raise(Signal.TERM);
        time.sleep(seconds(95));
        signals.raise(Signal.TERM);
        assertThat(exit.await()).isEqualTo(143);
        assertThat(time.elapsed()).isEqualTo(seconds(100));
        assertThat(stop.await().outcome()).isEqualTo(Outcome.FORCED);
    }

    @ParameterizedTest
    @CsvSource({"0.299, 100, 3", "0.3, 10.3, 143"})
    void signalsThatComeTogetherAreOne(
            double apart,
            double end,
            int code,
            Stop.Builder builder,
            VirtualTime time,
            FakeSignals signals,
            RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        signals.raise(Signal.INT);
        time.sleep(seconds(apart));
        signals.raise(Signal.TERM);
        assertThat(exit.await()).isEqualTo(code);
        assertThat(time.elapsed()).isEqualTo(seconds(end));
        assertThat(stop.await().joined()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129", "USR1, 138"})
    void theThirdSignalEndsTheProcessAtOnce(
            Signal third,
            int code,
            Stop.Builder builder,
            VirtualTime time,
            FakeSignals signals,
            RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        signals.raise(Signal.TERM);
        time.sleep(seconds(1));
        signals.raise(Signal.TERM);
        time.sleep(seconds(1));
        assertThat(exit.code()).isEmpty();
        signals.raise(third);
        assertThat(exit.await()).isEqualTo(code);
        assertThat(exit.halted()).isTrue();
        assertThat(time.elapsed()).isEqualTo(seconds(2));
        assertThat(stop.state()).isEqualTo(State.STOPPING);
    }

    @Test
    void whoeverAsksLaterJoins(Stop.Builder builder, VirtualTime time, RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(5)));
        stop.request("first");
        time.sleep(seconds(1));
        stop.request(Reason.of(Reason.Kind.HTTP, "second"));
        time.sleep(seconds(1));
        // The first signal of all hurries nobody.
        stop.request(Reason.of(Reason.Kind.SIGNAL, "SIGTERM"));
        assertThat(exit.await()).isZero();
        Report report = stop.await();
        assertThat(report.reason().detail()).isEqualTo("first");
        assertThat(report.joined()).extracting(Reason::detail).containsExactly("second", "SIGTERM");
        assertThat(report.took()).isEqualTo(seconds(5));
    }

    // ---- the hold

    @Test
    void theProcessIsHeldUntilNobodyWaitsAnyMore(Stop stop, VirtualTime time, RecordingExit exit)
            throws Exception {
        Hold first = stop.hold();
        Hold second = stop.hold();
        end(stop);
        assertThat(exit.code()).isEmpty();
        time.sleep(seconds(1));
        first.close();
        first.close();
        time.sleep(seconds(1));
        assertThat(exit.code()).isEmpty();
        second.close();
        assertThat(exit.await()).isZero();
        assertThat(time.elapsed()).isEqualTo(seconds(2));
    }

    @Test
    void theHoldHasALimitThatIsNotPartOfTheTimeout(
            Stop.Builder builder, VirtualTime time, RecordingExit exit) throws Exception {
        Stop stop = builder.timeout(seconds(100)).holdLimit(seconds(7)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        Hold forgotten = stop.hold();
        Report report = end(stop);
        assertThat(exit.await()).isEqualTo(3);
        assertThat(exit.halted()).isFalse();
        assertThat(report.took()).isEqualTo(seconds(100));
        assertThat(time.elapsed()).isEqualTo(seconds(107));
        forgotten.close();
    }

    @Test
    void aSignalEndsTheHold(Stop stop, VirtualTime time, FakeSignals signals, RecordingExit exit)
            throws Exception {
        Hold hold = stop.hold();
        end(stop);
        time.sleep(seconds(1));
        assertThat(exit.code()).isEmpty();
        signals.raise(Signal.TERM);
        assertThat(exit.await()).isZero();
        assertThat(time.elapsed()).isEqualTo(seconds(1));
        hold.close();
    }

    @Test
    void whatComesAfterTheEndChangesNothing(
            Stop stop, VirtualTime time, FakeSignals signals, RecordingExit exit) throws Exception {
        stop.step(Phase.DRAIN, "http", NOTHING);
        Report report = end(stop);
        assertThat(exit.await()).isZero();
        time.sleep(seconds(1));
        assertThat(signals.raise(Signal.TERM)).isFalse();
        stop.request(Reason.of(Reason.Kind.SIGNAL, "SIGTERM"));
        time.sleep(seconds(1));
        stop.request("late");
        assertThat(stop.await()).isSameAs(report);
        assertThat(report.joined()).isEmpty();
        assertThat(report.steps()).extracting(StepReport::result).containsOnly(Result.DONE);
        assertThat(exit.code()).hasValue(0);
        assertThat(time.threads()).isEmpty();
    }
}
