package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.Signal;
import org.stop4j.Step;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A stop after which the process lives on. */
@ExtendWith(StopExtension.class)
class LivesOnTest {
    private static final Reason CLOSED = Reason.of(Reason.Kind.CODE, "the context is closed");

    @Test
    void itIsAStopLikeAnyOtherThatEndsNoProcess(Stop stop, FakeSignals signals, RecordingExit exit)
            throws Exception {
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> {});
        stop.requestWithoutExit(CLOSED);
        Report report = stop.await();
        assertThat(stop.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
        assertThat(report.reason()).isEqualTo(CLOSED);
        assertThat(exit.code()).isEmpty();
        assertThat(signals.raise(Signal.TERM))
                .as("somebody still takes signals")
                .isFalse();
    }

    @Test
    void whatHangsThenHaltsNoProcess(Stop.Builder builder, VirtualTime time, RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(10)).start();
        stop.step(Phase.LAST, "deaf", (Step) deadline -> time.hang());
        stop.requestWithoutExit(CLOSED);
        assertThat(stop.await().outcome()).isEqualTo(Outcome.FORCED);
        assertThat(stop.awaitEnd(Duration.ofSeconds(20))).isTrue();
        time.sleep(seconds(60));
        assertThat(exit.code()).isEmpty();
        assertThat(exit.halted()).isFalse();
    }

    @Test
    void aSignalThatComesMeanwhileEndsTheProcessAllTheSame(
            Stop stop, FakeSignals signals, RecordingExit exit) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> {
            running.countDown();
            go.await();
        });
        stop.requestWithoutExit(CLOSED);
        running.await();
        signals.raise(Signal.TERM);
        go.countDown();
        assertThat(exit.await()).isZero();
        assertThat(stop.await().joined())
                .extracting(Reason::kind)
                .containsExactly(Reason.Kind.SIGNAL);
    }

    @Test
    void whoAsksForItsEndWhenItIsOverGetsIt(Stop stop, RecordingExit exit) throws Exception {
        stop.exitCode(7);
        stop.requestWithoutExit(CLOSED);
        stop.await();
        assertThat(stop.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(exit.code()).isEmpty();
        stop.requestWithoutExit(CLOSED);
        assertThat(exit.code()).isEmpty();
        stop.request("for good");
        assertThat(exit.await()).isEqualTo(7);
    }

    @Test
    void beforeAnybodyHasAskedThereIsNoEndToWaitFor(Stop stop) throws Exception {
        assertThat(stop.awaitEnd(Duration.ZERO)).isFalse();
    }
}
