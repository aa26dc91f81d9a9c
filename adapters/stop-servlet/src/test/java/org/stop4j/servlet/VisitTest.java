package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Stop;
import org.stop4j.WorkInFlight;

import java.util.concurrent.ConcurrentHashMap;

class VisitTest {
    private final Stop stop = Stop.builder().exit(Exit.never()).start();
    private final Gate gate = stop.gate();
    private final Visit visit = new Visit(
            gate,
            gate.tryEnter("GET /", "by the test").orElseThrow(),
            ConcurrentHashMap.newKeySet());

    @AfterEach
    void close() {
        stop.close();
    }

    @Test
    void aVisitThatIsLongLivedStillCountsOnce() {
        visit.longLived(deadline -> {});
        visit.longLived(deadline -> {});
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.named()).extracting(WorkInFlight::longLived).containsExactly(true);
        visit.close();
        visit.close();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void aVisitThatHasEndedIsNotLongLived() {
        visit.close();
        assertThatThrownBy(() -> visit.longLived(deadline -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
        assertThat(gate.inFlight()).isZero();
    }
}
