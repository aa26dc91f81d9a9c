package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.stop4j.Deadline;
import org.stop4j.Gate;
import org.stop4j.LongLived;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.Signal;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.StoppingException;
import org.stop4j.Work;
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Work that does not end by itself: it is told. */
@ExtendWith(StopExtension.class)
class LongLivedTest {
    private static final String STEP = "long-lived work";

    /** One that ends so long after it was told, or never. */
    private static final class Socket implements LongLived {
        private final VirtualTime time;
        private final List<Duration> told = new CopyOnWriteArrayList<>();
        private final double seconds;
        private volatile Work work;

        private Socket(Stop stop, VirtualTime time, String name, double seconds) {
            this.time = time;
            this.seconds = seconds;
            work = stop.gate().enterLongLived(name, this);
        }

        @Override
        public void stopping(Deadline deadline) {
            told.add(time.elapsed());
            if (seconds >= 0) {
                time.thread(this::endLater, "ending").start();
            }
        }

        private void endLater() {
            try {
                time.sleep(seconds(seconds));
                work.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void itIsToldAtTheBeginningAndWaitedForUntilItEnds(Stop stop, VirtualTime time)
            throws Exception {
        Socket socket = new Socket(stop, time, "socket", 2);
        time.sleep(seconds(10));
        assertThat(socket.told).isEmpty();
        stop.step(Phase.DRAIN, "listener", (Step) deadline -> {}).after(Gate.STEP);
        Report report = end(stop);
        assertThat(socket.told).containsExactly(seconds(10));
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(step(report, STEP).phase()).isEqualTo(Phase.NOTIFY);
        assertThat(step(report, STEP).detail()).isEqualTo("1 told");
        assertThat(step(report, Gate.STEP).took()).isEqualTo(seconds(2));
    }

    @Test
    void whatHasEndedBeforeIsNotTold(Stop stop, VirtualTime time) throws Exception {
        Socket socket = new Socket(stop, time, "socket", 2);
        socket.work.close();
        assertThat(step(end(stop), STEP).detail()).isEqualTo("0 told");
        assertThat(socket.told).isEmpty();
    }

    @Test
    void whatStillLivesAtItsLimitIsLeftAndNamedAndTheStopGoesOn(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop =
                builder.timeout(seconds(100)).longLived(seconds(7), seconds(0)).start();
        Socket deaf = new Socket(stop, time, "deaf", -1);
        new Socket(stop, time, "good", 3);
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> {});
        Report report = end(stop);
        StepReport drain = step(report, Gate.STEP);
        assertThat(drain.took()).isEqualTo(seconds(7));
        assertThat(drain.result()).isEqualTo(Result.FAILED);
        assertThat(drain.failure())
                .hasMessage("1 long-lived were told, and still in flight at their limit of 7.0 s:"
                        + " \"deaf\" for 7.0 s");
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(7));
        try (LogLines log = new LogLines()) {
            assertThat(stop.gate().inFlight()).isZero();
            deaf.work.close(); // late, but not twice: the first time was on its behalf
            // That of the stop itself may still come: it is written aside.
            assertThat(log.warnings()).noneMatch(line -> line.contains("a second time"));
        }
        assertThat(stop.gate().inFlight()).isZero();
    }

    @Test
    void tellingIsSpreadOverThePace(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.longLived(seconds(5), seconds(2)).start();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sockets.add(new Socket(stop, time, "socket " + i, 0));
        }
        Report report = end(stop);
        assertThat(sockets)
                .flatExtracting(socket -> socket.told)
                .containsExactlyInAnyOrder(
                        seconds(0),
                        seconds(0.2),
                        seconds(0.4),
                        seconds(0.6),
                        seconds(0.8),
                        seconds(1),
                        seconds(1.2),
                        seconds(1.4),
                        seconds(1.6),
                        seconds(1.8));
        assertThat(step(report, STEP).took()).isEqualTo(seconds(1.8));
    }

    @Test
    void aSecondSignalTellsTheRestAtOnce(
            Stop.Builder builder, VirtualTime time, FakeSignals signals, RecordingExit exit)
            throws Exception {
        Stop stop = builder.longLived(seconds(5), seconds(8)).start();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sockets.add(new Socket(stop, time, "socket " + i, 0));
        }
        signals.raise(Signal.TERM);
        time.sleep(seconds(1.5));
        signals.raise(Signal.TERM);
        assertThat(exit.await()).isZero();
        assertThat(sockets).allMatch(socket -> socket.told.size() == 1);
        assertThat(time.elapsed()).isLessThan(seconds(1.6));
    }

    @Test
    void whatBeginsDuringTheQuietWaitIsToldSoon(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.quietWait(seconds(3), seconds(1), seconds(10)).start();
        stop.gate();
        stop.request("test");
        time.sleep(seconds(1));
        Socket late = new Socket(stop, time, "late", 0.5);
        Report report = stop.await();
        assertThat(late.told).hasSize(1);
        assertThat(late.told.get(0)).isBetween(seconds(1), seconds(1.02));
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void whatBeginsInNotifyIsToldWhenTheGateHasClosed(Stop stop, VirtualTime time)
            throws Exception {
        List<Socket> late = new CopyOnWriteArrayList<>();
        stop.step(Phase.NOTIFY, "registry", (Step)
                deadline -> late.add(new Socket(stop, time, "late", 0.5)));
        Report report = end(stop);
        assertThat(late.get(0).told).hasSize(1);
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(step(report, Gate.STEP).took()).isEqualTo(seconds(0.5));
    }

    @Test
    void whatBeginsWhenTheGateIsClosedIsRefused(Stop stop, VirtualTime time) throws Exception {
        end(stop);
        assertThat(stop.gate().tryEnterLongLived("late", deadline -> {})).isEmpty();
        assertThatThrownBy(() -> stop.gate().enterLongLived("late", deadline -> {}))
                .isInstanceOf(StoppingException.class)
                .hasMessageStartingWith("long-lived work \"late\" is refused");
    }

    // ---- what goes wrong when it is told

    @Test
    void whatThrowsOrHangsWhenItIsToldIsInTheReportAndTheOthersAreTold(Stop stop, VirtualTime time)
            throws Exception {
        Work throwing = stop.gate().enterLongLived("throwing", deadline -> {
            throw new IllegalStateException("on purpose");
        });
        Work hanging = stop.gate().enterLongLived("hanging", deadline -> time.hang());
        List<Socket> good = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            good.add(new Socket(stop, time, "good " + i, 0));
        }
        stop.step(Phase.NOTIFY, "closing", (Step) deadline -> {
                    throwing.close();
                    hanging.close();
                })
                .after(STEP);
        Report report = end(stop);
        assertThat(good).allMatch(socket -> socket.told.size() == 1);
        StepReport telling = step(report, STEP);
        assertThat(telling.result()).isEqualTo(Result.FAILED);
        assertThat(telling.took()).isEqualTo(seconds(1));
        assertThat(telling.detail()).isEqualTo("7 told");
        Throwable failure = telling.failure();
        assertThat(failure).isNotNull();
        assertThat(List.of(failure, failure.getSuppressed()[0]))
                .extracting(Throwable::getMessage)
                .anyMatch(
                        words -> words.equals("telling \"throwing\" that the process stops failed:"
                                + " java.lang.IllegalStateException: on purpose"))
                .anyMatch(words ->
                        words.startsWith("telling \"hanging\" that the process stops hung at "));
        assertThat(step(report, Gate.STEP).result()).isEqualTo(Result.DONE);
    }

    @Test
    void manyThatHangWhenTheyAreToldTakeNoMoreThanAPartOfTheTime(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop =
                builder.timeout(seconds(10)).longLived(seconds(1), seconds(0)).start();
        for (int i = 0; i < 100; i++) {
            stop.gate().enterLongLived("hanging " + i, deadline -> time.hang());
        }
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> {});
        Report report = end(stop);
        assertThat(step(report, STEP).detail()).isEqualTo("100 told");
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
        assertThat(report.took()).isLessThanOrEqualTo(seconds(10));
    }

    @Test
    void theLimitAndThePaceAreChecked(Stop.Builder builder) {
        assertThatThrownBy(() -> builder.longLived(seconds(0), seconds(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit is PT0S; allowed: more than zero");
        assertThatThrownBy(() -> builder.longLived(seconds(1), seconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pace is PT-1S; allowed: zero or more");
    }
}
