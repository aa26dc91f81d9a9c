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
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.StoppingException;
import org.stop4j.ThreadStack;
import org.stop4j.Work;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is in flight when the gate closes. */
@ExtendWith(StopExtension.class)
class DrainTest {

    /** Begins work of that name, of so many seconds, on a thread of its own; it has begun when this returns. */
    private static Thread work(Stop stop, VirtualTime time, String name, double seconds) {
        Work work = stop.gate().enter(name);
        Thread worker = time.thread(
                () -> {
                    try (work) {
                        time.sleep(seconds(seconds));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "worker " + name);
        worker.start();
        return worker;
    }

    // ---- waiting

    @Test
    void whatIsInFlightIsWaitedForAndNothingIsBegunMeanwhile(Stop stop, VirtualTime time)
            throws Exception {
        work(stop, time, "short", 2);
        work(stop, time, "long", 5);
        Gate gate = stop.gate();
        stop.step(Phase.DRAIN, "listener", (Step) deadline -> {}).after(Gate.STEP);
        stop.step(Phase.FINISH, "pool", (Step) deadline -> {});
        stop.request("test");
        assertThat(stop.await(State.STOPPING, seconds(1))).isTrue();
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.tryEnter()).isFalse();
        assertThat(gate.tryEnter("late")).isEmpty();
        assertThatThrownBy(() -> gate.enter("late"))
                .isInstanceOf(StoppingException.class)
                .hasMessage("work \"late\" is refused: the process is stopping, and its gate is"
                        + " closed");
        Report report = stop.await();
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(step(report, Gate.STEP).took()).isEqualTo(seconds(5));
        assertThat(step(report, Gate.STEP).detail()).isEqualTo("2 ended; 3 refused");
        assertThat(step(report, "listener").begin()).isEqualTo(seconds(5));
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(5));
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void plainWorkIsWaitedForToo(Stop stop, VirtualTime time) throws Exception {
        Gate gate = stop.gate();
        time.thread(
                        () -> {
                            gate.enter();
                            try {
                                time.sleep(seconds(4));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            } finally {
                                gate.exit();
                            }
                        },
                        "worker")
                .start();
        time.sleep(seconds(1));
        assertThat(step(end(stop), Gate.STEP).took()).isEqualTo(seconds(3));
    }

    @Test
    void whoeverHasNoGateHasNoSteps(Stop stop) throws Exception {
        assertThat(end(stop).steps()).isEmpty();
    }

    @Test
    void aGateThatIsAskedForWhenItIsTooLateIsClosed(Stop stop, VirtualTime time) throws Exception {
        List<Boolean> admitted = new CopyOnWriteArrayList<>();
        stop.step(
                Phase.CLOSE, "late", (Step) deadline -> admitted.add(stop.gate().tryEnter()));
        Report report = end(stop);
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(admitted).containsExactly(false);
    }

    @Test
    void aGateThatIsAskedForWhileTheProcessIsDrainingIsOpenAndWaitedFor(Stop stop, VirtualTime time)
            throws Exception {
        stop.step(Phase.NOTIFY, "late", (Step) deadline -> work(stop, time, "late work", 3));
        Report report = end(stop);
        assertThat(step(report, Gate.STEP).took()).isEqualTo(seconds(3));
    }

    @Test
    void workThatEndsAfterTheStopHarmsNothing(Stop stop, VirtualTime time) throws Exception {
        Work work = stop.gate().enter("for ever");
        end(stop);
        try (LogLines log = new LogLines()) {
            work.close();
            // That of the stop itself may still come: it is written aside.
            assertThat(log.warnings()).noneMatch(line -> line.contains("a second time"));
        }
        assertThat(stop.gate().inFlight()).isZero();
    }

    // ---- what does not end

    @Test
    void whatDoesNotEndIsNamedWithItsAgeAndItsStackAndTheStopGoesOn(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        work(stop, time, "done", 1);
        time.sleep(seconds(1));
        hangingWork(stop, time, "GET /export", "http-7").with("customer", "4711");
        time.sleep(seconds(1)); // the oldest is named first
        hangingWork(stop, time, "GET /other", "http-8");
        stop.step(Phase.DRAIN, "listener", (Step) deadline -> {}).after(Gate.STEP);
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> {});
        Report report = end(stop);
        StepReport drain = step(report, Gate.STEP);
        assertThat(drain.result()).isEqualTo(Result.INTERRUPTED);
        assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
        // CLOSE keeps 10 of 100 s, and what comes after it in its own phase a tenth of the other
        // 90.
        assertThat(drain.took()).isEqualTo(seconds(81));
        assertThat(drain.detail())
                .isEqualTo("of 2 still 2 in flight: \"GET /export\" for 82.0 s in http-7"
                        + " (customer=4711), \"GET /other\" for 81.0 s in http-8");
        assertThat(drain.stacks()).extracting(ThreadStack::thread).contains("http-7", "http-8");
        assertThat(report.toText()).contains("hangInExport");
        assertThat(step(report, "listener").result()).isEqualTo(Result.DONE);
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
    }

    private static Work hangingWork(Stop stop, VirtualTime time, String name, String thread) {
        Work work = stop.gate().enter(name);
        Runnable hanging = () -> {
            work.takeThread();
            hangInExport(time);
        };
        time.thread(hanging, thread).start();
        return work;
    }

    private static void hangInExport(VirtualTime time) {
        time.hangUninterruptibly();
    }

    @Test
    void workThatIsNeverClosedIsNamedByThePlaceWhereItWasAdmitted(Stop stop, VirtualTime time)
            throws Exception {
        Thread leaking = time.thread(() -> leak(stop), "leaking");
        leaking.start();
        time.sleep(seconds(1)); // it has ended then
        StepReport drain = step(end(stop), Gate.STEP);
        assertThat(drain.result().outcome()).isEqualTo(Outcome.FORCED);
        ThreadStack origin = drain.stacks().stream()
                .filter(stack -> stack.thread().equals("\"leaked\" was admitted at"))
                .findFirst()
                .orElseThrow();
        assertThat(origin.frames()).hasSize(1);
        assertThat(origin.frames().get(0).getMethodName()).isEqualTo("leak");
        assertThat(origin.frames().get(0).getClassName()).isEqualTo(DrainTest.class.getName());
    }

    private static void leak(Stop stop) {
        stop.gate().enter("leaked");
    }

    @Test
    void atHalfOfItsTimeTheLogNamesWhatIsInFlight(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        work(stop, time, "GET /export", 70);
        try (LogLines log = new LogLines()) {
            end(stop);
            assertThat(log.messages(System.Logger.Level.INFO))
                    .anyMatch(line -> line.startsWith("half of the time is over; still running:"
                                    + " \"work in flight\" for 50.0 s of 100.0 s")
                            && line.contains(
                                    "(of 1 still 1 in flight: \"GET /export\" for 50.0 s"));
        }
    }

    @Test
    void manyThatDoNotEndAreCountedAndTheOldestAreNamed(Stop stop, VirtualTime time)
            throws Exception {
        for (int i = 0; i < 30; i++) {
            stop.gate().enter("work " + i);
            time.sleep(seconds(0.001));
        }
        StepReport drain = step(end(stop), Gate.STEP);
        assertThat(drain.detail())
                .startsWith("of 30 still 30 in flight: \"work 0\" for ")
                .contains("\"work 9\"")
                .doesNotContain("\"work 10\"")
                .endsWith(" and 20 more");
    }
}
