package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Stop;
import org.stop4j.WorkInFlight;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

class VisitTest {
    private final Stop stop = Stop.builder().exit(Exit.never()).start();
    private final Gate gate = stop.gate();
    private final Set<Visit> detached = ConcurrentHashMap.newKeySet();
    private final Visit visit =
            new Visit(gate, gate.tryEnter("GET /", "by the test").orElseThrow(), detached);
    private final ServletRequest request = request();

    /** One that has attributes, and nothing else. */
    private static ServletRequest request() {
        Map<Object, Object> attributes = new HashMap<>();
        return (ServletRequest) Proxy.newProxyInstance(
                VisitTest.class.getClassLoader(),
                new Class<?>[] {ServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAttribute" -> attributes.get(arguments[0]);
                    case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

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

    @Test
    void aVisitThatAwaitsTheContainerIsKeptUntilThatHasDoneWithIt() {
        visit.awaitContainer(request);
        assertThat(detached).containsExactly(visit);
        assertThat(Visit.of(request)).isSameAs(visit);
        assertThat(gate.inFlight()).isEqualTo(1);
        visit.containerIsDone();
        assertThat(detached).isEmpty();
        assertThat(gate.inFlight()).isZero();
    }

    /** As with Undertow, where another thread may have completed it. */
    @Test
    void aVisitThatHasEndedIsNotKept() {
        visit.close();
        visit.awaitContainer(request);
        assertThat(detached).isEmpty();
    }
}
