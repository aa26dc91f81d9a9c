package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.stop4j.Phase;
import org.stop4j.PhaseReport;
import org.stop4j.Reason;
import org.stop4j.Registration;
import org.stop4j.Report;
import org.stop4j.Signal;
import org.stop4j.State;
import org.stop4j.StateChange;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.spi.Trigger;
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Where a stop stands, who waits for that, and who is told. */
@ExtendWith(StopExtension.class)
class StateTest {
    private static final Reason WHY = Reason.of(Reason.Kind.CODE, "test");

    @Test
    void aStopIsDrainingInItsFirstPhaseAndStoppingFromTheSecondOn(Stop stop) throws Exception {
        List<State> states = new CopyOnWriteArrayList<>();
        for (Phase phase :
                List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST)) {
            stop.step(phase, phase.name(), (Step) deadline -> states.add(stop.state()));
        }
        assertThat(stop.state()).isEqualTo(State.RUNNING);
        end(stop);
        assertThat(stop.state()).isEqualTo(State.STOPPED);
        assertThat(states)
                .containsExactly(
                        State.DRAINING,
                        State.STOPPING,
                        State.STOPPING,
                        State.STOPPING,
                        State.STOPPING);
    }

    @Test
    void eachStateTellsSinceWhen(Stop stop) throws Exception {
        assertThat(stop.since(State.RUNNING)).isPresent();
        assertThat(stop.since(State.DRAINING)).isEmpty();
        end(stop);
        List<Long> instants = new ArrayList<>();
        for (State state : State.values()) {
            instants.add(stop.since(state).orElseThrow().toEpochMilli());
        }
        assertThat(instants).isSorted();
    }

    @Test
    void whileItGoesOnItTellsHowThePhasesThatAreOverHaveComeOut(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(10)).start();
        List<PhaseReport> seen = new CopyOnWriteArrayList<>();
        stop.step(Phase.DRAIN, "failing", deadline -> {
            time.sleep(seconds(1));
            throw new IllegalStateException("on purpose");
        });
        stop.step(Phase.FINISH, "hanging", (Step) deadline -> time.hang());
        stop.step(Phase.LAST, "metrics", (Step) deadline -> seen.addAll(stop.phases()));
        assertThat(stop.phases()).isEmpty();

        Report report = end(stop);

        assertThat(seen).extracting(PhaseReport::phase).containsExactly(Phase.DRAIN, Phase.FINISH);
        assertThat(seen).isEqualTo(report.phases().subList(0, 2));
        assertThat(stop.phases()).isEqualTo(report.phases());
    }

    @Test
    void itTellsHowFarItsStepsAreAndHowMuchTimeIsLeft(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(10)).start();
        List<String> seen = new CopyOnWriteArrayList<>();
        List<Duration> left = new CopyOnWriteArrayList<>();
        stop.step(Phase.NOTIFY, "done", (Step) deadline -> time.sleep(seconds(1)));
        stop.step(Phase.DRAIN, "failing", deadline -> {
            throw new IllegalStateException("on purpose");
        });
        stop.step(Phase.FINISH, "hanging", (Step) deadline -> time.hang()).ceiling(seconds(2));
        stop.step(Phase.CLOSE, "looking", deadline -> {
            stop.steps().forEach(step -> seen.add(step.phase() + ' ' + step.progress()));
            left.add(stop.timeLeft().orElseThrow());
        });
        stop.step(Phase.LAST, "waiting", (Step) deadline -> {});
        assertThat(stop.timeLeft()).isEmpty();
        assertThat(stop.steps())
                .extracting(step -> step.name() + ' ' + step.progress() + ' ' + step.begun())
                .startsWith("done WAITING Optional.empty")
                .hasSize(5);

        end(stop);

        assertThat(seen)
                .containsExactly(
                        "NOTIFY DONE",
                        "DRAIN FAILED",
                        "FINISH GIVEN_UP",
                        "CLOSE RUNNING",
                        "LAST WAITING");
        assertThat(left)
                .singleElement()
                .satisfies(its -> assertThat(its).isBetween(seconds(6.5), seconds(7)));
    }

    // ---- a drain, and back

    @Test
    void aDrainCanBeUndoneAndBegunAgain(Stop stop) {
        assertThat(stop.resume(WHY)).isFalse();
        assertThat(stop.drain(WHY)).isTrue();
        assertThat(stop.drain(WHY)).isFalse();
        assertThat(stop.state()).isEqualTo(State.DRAINING);
        assertThat(stop.resume(WHY)).isTrue();
        assertThat(stop.resume(WHY)).isFalse();
        assertThat(stop.state()).isEqualTo(State.RUNNING);
        assertThat(stop.drain(WHY)).isTrue();
        assertThat(stop.reason()).isEmpty();
    }

    @Test
    void aStopThatWasAskedForCannotBeUndone(Stop stop, VirtualTime time) throws Exception {
        stop.step(Phase.NOTIFY, "registry", (Step) deadline -> time.sleep(seconds(5)));
        stop.drain(WHY);
        stop.request("test");
        time.sleep(seconds(1));
        assertThat(stop.state()).isEqualTo(State.DRAINING);
        assertThat(stop.resume(WHY)).isFalse();
        assertThat(stop.drain(WHY)).isFalse();
        stop.await();
        assertThat(stop.resume(WHY)).isFalse();
        assertThat(time.elapsed()).isEqualTo(seconds(5));
    }

    // ---- listeners

    @Test
    void aListenerIsToldOfEachChangeInItsOrder(Stop stop) throws Exception {
        List<StateChange> changes = new CopyOnWriteArrayList<>();
        stop.listen(changes::add);
        Reason undone = Reason.of(Reason.Kind.CODE, "undone");
        stop.drain(WHY);
        stop.resume(undone);
        Reason wanted = Reason.of(Reason.Kind.CODE, "stop");
        stop.request(wanted);
        stop.await(); // the listeners are told of the end when it is there
        awaitSize(stop, changes, 5);
        assertThat(changes)
                .extracting(StateChange::from)
                .containsExactly(
                        State.RUNNING,
                        State.DRAINING,
                        State.RUNNING,
                        State.DRAINING,
                        State.STOPPING);
        assertThat(changes)
                .extracting(StateChange::to)
                .containsExactly(
                        State.DRAINING,
                        State.RUNNING,
                        State.DRAINING,
                        State.STOPPING,
                        State.STOPPED);
        assertThat(changes)
                .extracting(StateChange::reason)
                .containsExactly(WHY, undone, wanted, wanted, wanted);
    }

    private static void awaitSize(Stop stop, List<?> list, int size) {
        while (list.size() < size) {
            Thread.onSpinWait(); // as a member that runs, so that the clock stands
        }
        assertThat(stop.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void aListenerThatWasRemovedIsToldOfNothing(Stop stop, RecordingExit exit) throws Exception {
        List<StateChange> changes = new CopyOnWriteArrayList<>();
        Registration registration = stop.listen(changes::add);
        stop.drain(WHY);
        registration.close();
        registration.close();
        end(stop);
        exit.await();
        assertThat(changes).extracting(StateChange::to).containsExactly(State.DRAINING);
    }

    @Test
    void theStepsOfDrainBeginWhenTheListenersHaveBeenTold(Stop stop, VirtualTime time)
            throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        stop.listen(change -> order.add(change.to().name()));
        stop.step(Phase.NOTIFY, "registry", (Step) deadline -> order.add("notify"));
        stop.step(Phase.DRAIN, "http", (Step) deadline -> order.add("drain"));
        end(stop);
        time.sleep(seconds(1));
        assertThat(order).containsExactly("DRAINING", "notify", "STOPPING", "drain", "STOPPED");
    }

    // ---- waiting

    @Test
    void whoWaitsForAStateGoesOnWhenItIsReachedOrPassed(Stop stop, VirtualTime time)
            throws Exception {
        stop.step(Phase.NOTIFY, "registry", (Step) deadline -> time.sleep(seconds(1)));
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(2)));
        assertThat(stop.await(State.RUNNING, seconds(0))).isTrue();
        assertThat(stop.await(State.DRAINING, seconds(0))).isFalse();
        assertThat(stop.await(State.DRAINING, seconds(10))).isFalse();
        assertThat(time.elapsed()).isEqualTo(seconds(10));
        stop.request("test");
        assertThat(stop.await(State.DRAINING, seconds(10))).isTrue();
        assertThat(time.elapsed()).isEqualTo(seconds(10));
        assertThat(stop.await(State.STOPPING, seconds(10))).isTrue();
        assertThat(time.elapsed()).isEqualTo(seconds(11));
        assertThat(stop.await(seconds(1))).isEmpty();
        assertThat(time.elapsed()).isEqualTo(seconds(12));
        Report report = stop.await();
        assertThat(time.elapsed()).isEqualTo(seconds(13));
        assertThat(stop.await(State.DRAINING, seconds(0))).isTrue();
        assertThat(stop.await(seconds(0))).containsSame(report);
    }

    // ---- when it begins

    @Test
    void aStopThatIsAskedForDuringTheStartBeginsWhenThatIsDone(
            Stop.Builder builder, VirtualTime time) throws Exception {
        AtomicReference<State> during = new AtomicReference<>();
        Trigger eager = its -> {
            its.request("at once");
            during.set(its.state());
            return () -> {};
        };
        Stop stop = builder.trigger(eager).start();
        assertThat(stop.await().reason().detail()).isEqualTo("at once");
        assertThat(during.get()).isEqualTo(State.RUNNING);
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void ofTwoWhoAskAtOnceOneBeginsTheStopAndTheOtherJoins(Stop stop, VirtualTime time)
            throws Exception {
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(2)));
        for (int i = 0; i < 8; i++) {
            int number = i;
            time.thread(() -> stop.request("asker " + number), "asker " + i).start();
        }
        Report report = stop.await();
        List<String> all = new ArrayList<>();
        all.add(report.reason().detail());
        report.joined().forEach(joined -> all.add(joined.detail()));
        assertThat(all).hasSize(8).doesNotHaveDuplicates();
        assertThat(report.took()).isEqualTo(seconds(2));
    }

    @Test
    void aStopIsNotAskedForByItsTriggersOnceItIsClosed(
            Stop stop, VirtualTime time, FakeSignals signals) throws Exception {
        stop.close();
        stop.close();
        assertThat(signals.raise(Signal.TERM)).isFalse();
        assertThat(stop.await(seconds(100))).isEmpty();
        assertThat(stop.state()).isEqualTo(State.RUNNING);
        assertThat(time.elapsed()).isEqualTo(seconds(100));
    }
}
