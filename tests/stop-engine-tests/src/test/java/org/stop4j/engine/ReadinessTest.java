package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.stop4j.Phase;
import org.stop4j.Readiness;
import org.stop4j.Reason;
import org.stop4j.Registration;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whether the process wants to be sent work. */
@ExtendWith(StopExtension.class)
class ReadinessTest {
    private static final Reason WHY = Reason.of(Reason.Kind.CODE, "test");

    @Test
    void aProcessIsReadyWhileItRunsAndNobodyObjects(Stop stop) {
        Readiness readiness = stop.readiness();
        assertThat(readiness.isReady()).isTrue();
        assertThat(readiness.why()).isEmpty();
        Registration cache = readiness.notReady("the cache is cold");
        Registration database = readiness.notReady("no database");
        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.why()).isEqualTo("the cache is cold");
        cache.close();
        cache.close();
        assertThat(readiness.why()).isEqualTo("no database");
        database.close();
        assertThat(readiness.isReady()).isTrue();
    }

    @Test
    void ofTheSameObjectionTwiceOneIsWithdrawnAtATime(Stop stop) {
        Registration one = stop.readiness().notReady("cold");
        Registration two = stop.readiness().notReady("cold");
        one.close();
        assertThat(stop.readiness().isReady()).isFalse();
        two.close();
        assertThat(stop.readiness().isReady()).isTrue();
    }

    @Test
    void itIsNotReadyAnyMoreBeforeTheFirstStep(Stop stop) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        stop.readiness().listen((ready, why) -> seen.add(ready + " " + why));
        stop.step(Phase.NOTIFY, "registry", (Step) deadline -> seen.add(
                "step " + stop.readiness().isReady() + " " + stop.readiness().why()));
        end(stop);
        assertThat(seen).containsExactly("false DRAINING", "step false DRAINING");
        assertThat(stop.readiness().isReady()).isFalse();
    }

    @Test
    void aListenerLearnsOfChangesOnly(Stop stop) {
        List<String> seen = new CopyOnWriteArrayList<>();
        Readiness readiness = stop.readiness();
        Registration listening = readiness.listen((ready, why) -> seen.add(ready + " " + why));
        Registration cold = readiness.notReady("cold");
        Registration dry = readiness.notReady("dry");
        cold.close();
        assertThat(seen).containsExactly("false cold");
        dry.close();
        stop.drain(WHY);
        stop.resume(WHY);
        assertThat(seen).containsExactly("false cold", "true ", "false DRAINING", "true ");
        listening.close();
        listening.close();
        readiness.notReady("cold");
        stop.drain(WHY);
        assertThat(seen).hasSize(4);
    }

    @Test
    void aListenerThatObjectsItselfLearnsOfThatToo(Stop stop) {
        List<String> seen = new CopyOnWriteArrayList<>();
        Readiness readiness = stop.readiness();
        Registration first = readiness.notReady("first");
        readiness.listen((ready, why) -> {
            seen.add(ready + " " + why);
            if (ready) {
                readiness.notReady("not yet");
            }
        });
        first.close();
        assertThat(seen).containsExactly("true ", "false not yet");
    }

    @Test
    void aListenerThatThrowsIsLoggedAndTheOthersLearnOfIt(Stop stop) {
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        stop.readiness().listen((ready, why) -> {
            throw new IllegalStateException("on purpose");
        });
        stop.readiness().listen((ready, why) -> seen.add(ready));
        try (LogLines log = new LogLines()) {
            stop.readiness().notReady("cold").close();
            assertThat(seen).containsExactly(false, true);
            assertThat(log.warnings())
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("listener ") && line.endsWith(" failed"));
        }
    }

    @Test
    void aListenerThatHangsHoldsTheStopUpOnlyForAMoment(Stop stop, VirtualTime time)
            throws Exception {
        stop.readiness().listen((ready, why) -> time.hangUninterruptibly());
        end(stop);
        assertThat(time.elapsed()).isLessThan(seconds(3));
    }

    @Test
    void anObjectionWithoutWordsIsRefused(Stop stop) {
        assertThatThrownBy(() -> stop.readiness().notReady(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("because is \" \"; allowed: a few words, not blank");
        assertThat(stop.readiness().isReady()).isTrue();
    }
}
