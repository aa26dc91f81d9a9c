package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Starting, holding, closing. */
@Timeout(60)
class StopTriggersTest {
    private static final Reason TERM = Reason.of(Reason.Kind.SIGNAL, "SIGTERM");

    private final LogLines log = new LogLines();
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final StopThread thread = new StopThread();

    @AfterEach
    void endLog() {
        log.close();
    }

    private Stop.Builder builder() {
        return Stop.builder().exit(code -> {
            events.add("exit " + code);
            exit.complete(code);
        });
    }

    private RecordingTrigger recording(String name) {
        return new RecordingTrigger(name, events);
    }

    @Test
    void triggersAreToldInTheirOrderAndClosedInReverseBeforeTheExit() throws Exception {
        Stop stop = builder().trigger(recording("a")).trigger(recording("b")).start();
        assertThat(events).containsExactly("install a", "install b");
        assertThat(log.infos()).contains("ready to stop on [a, b]");
        events.clear();
        stop.step(Phase.FINISH, "it", deadline -> events.add("step"));
        stop.request("");
        exit.get();
        assertThat(events)
                .containsExactly(
                        "changed a DRAINING",
                        "changed b DRAINING",
                        "changed a STOPPING",
                        "changed b STOPPING",
                        "step",
                        "stopped a CLEAN",
                        "stopped b CLEAN",
                        "changed a STOPPED",
                        "changed b STOPPED",
                        "close b",
                        "close a",
                        "exit 0");
    }

    // ---- starting

    @Test
    void aRequestDuringTheStartIsObeyedWhenEverythingIsInstalled() throws Exception {
        builder()
                .trigger(recording("a"))
                .trigger(stop -> {
                    stop.request(TERM);
                    assertThat(stop.state()).isEqualTo(State.RUNNING);
                    return recording("eager").install(stop);
                })
                .trigger(recording("b"))
                .start();
        assertThat(exit.get()).isZero();
        assertThat(events)
                .startsWith("install a", "install eager", "install b", "changed a DRAINING")
                .endsWith("close b", "close eager", "close a", "exit 0");
    }

    @Test
    void aStartThatFailsLeavesNothingInstalled() {
        for (Throwable failure : List.of(
                new IOException("no such place"),
                new IllegalStateException("not now"),
                new NoClassDefFoundError("com/example/Gone"))) {
            events.clear();
            assertThatThrownBy(() -> builder()
                            .trigger(recording("a"))
                            .trigger(recording("b"))
                            .trigger(stop -> {
                                throw sneaky(failure);
                            })
                            .start())
                    .satisfies(thrown -> assertThat(
                                    failure instanceof IOException ? thrown.getCause() : thrown)
                            .isSameAs(failure))
                    .hasMessage(failure.getMessage());
            assertThat(events).containsExactly("install a", "install b", "close b", "close a");
        }
    }

    private static IOException sneaky(Throwable failure) {
        if (failure instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return (IOException) failure;
    }

    @Test
    void aStartThatFailsSaysSoIfItHadBeenAskedToStopAndWhatElseFailed() {
        assertThatThrownBy(() -> builder()
                        .trigger(new RecordingTrigger("a", events, () -> {
                            throw new AssertionError("stuck");
                        }))
                        .trigger(stop -> {
                            stop.request(TERM);
                            throw new IOException("no such place");
                        })
                        .start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("no such place")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other)
                                .hasMessageContaining("cannot close trigger a")
                                .hasMessageContaining("stuck")));
        assertThat(log.warnings())
                .singleElement()
                .asString()
                .contains("asked to stop (signal SIGTERM)");
        assertThat(events).containsExactly("install a", "close a");
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without a null checker do
    void aTriggerThatInstallsNothingIsRefusedAtOnce() {
        assertThatThrownBy(() -> builder().trigger(stop -> null).start())
                .isInstanceOf(NullPointerException.class)
                .hasMessage("what was installed");
    }

    // ---- closing

    @Test
    void closingRemovesWhatWasInstalledOnceAndOnlyCodeCanStillAsk() throws Exception {
        Stop stop = builder().trigger(recording("a")).trigger(recording("b")).start();
        stop.step(Phase.FINISH, "it", deadline -> events.add("step"));
        stop.close();
        stop.close();
        assertThat(events).containsExactly("install a", "install b", "close b", "close a");
        assertThat(stop.state()).isEqualTo(State.RUNNING);
        stop.request("");
        assertThat(exit.get()).isZero();
        assertThat(events).endsWith("close b", "close a", "step", "exit 0");
    }

    @Test
    void closingDoesNothingOnceTheStopHasBegun() throws Exception {
        Stop stop = builder().trigger(recording("a")).start();
        CountDownLatch closed = new CountDownLatch(1);
        stop.step(Phase.FINISH, "it", deadline -> closed.await());
        stop.request("");
        stop.close();
        assertThat(events).doesNotContain("close a");
        closed.countDown();
        exit.get();
        assertThat(events).endsWith("stopped a CLEAN", "changed a STOPPED", "close a", "exit 0");
    }

    @Test
    void closingClosesAllThoughSomeThrowAndSaysWhich() {
        Stop stop = builder()
                .trigger(new RecordingTrigger("a", events, () -> {
                    throw new IllegalStateException("one");
                }))
                .trigger(recording("b"))
                .trigger(new RecordingTrigger("c", events, () -> {
                    throw new NoClassDefFoundError("two");
                }))
                .start();
        assertThatThrownBy(stop::close)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot close trigger c")
                .hasMessageContaining("two")
                .cause()
                .satisfies(cause -> assertThat(cause.getSuppressed())
                        .singleElement()
                        .satisfies(other ->
                                assertThat(other).hasMessageContaining("cannot close trigger a")));
        assertThat(events).endsWith("close c", "close b", "close a");
    }

    @Test
    void aTriggerThatThrowsWhereverItCanBreaksNeitherTheStopNorTheOthers() throws Exception {
        Stop stop = builder()
                .trigger(recording("a"))
                .trigger(ofStop -> new Trigger.Installed() {
                    @Override
                    public void changed() {
                        throw new IllegalStateException("changed");
                    }

                    @Override
                    public void stopped(Report report) {
                        throw new NoClassDefFoundError("stopped");
                    }

                    @Override
                    public void close() {
                        throw new NoClassDefFoundError("close");
                    }

                    @Override
                    public String toString() {
                        throw new IllegalStateException("toString");
                    }
                })
                .trigger(recording("b"))
                .start();
        stop.step(Phase.FINISH, "it", deadline -> events.add("step"));
        stop.request("");
        assertThat(exit.get()).isZero();
        assertThat(events)
                .contains("step", "stopped a CLEAN", "stopped b CLEAN")
                .endsWith("close b", "close a", "exit 0");
        assertThat(log.warnings())
                .hasSize(5)
                .anySatisfy(line -> assertThat(line).isEqualTo("left something behind"));
    }

    // ---- holding

    @Test
    void aHoldKeepsTheProcessUntilItIsClosed() throws Exception {
        Stop stop = builder()
                .holdLimit(Duration.ofMinutes(10))
                .trigger(recording("a"))
                .time(thread)
                .start();
        Hold one = stop.hold();
        Hold two = stop.hold();
        one.close();
        one.close(); // again: must not count for the other
        stop.request("");
        thread.awaitHolding();
        assertThat(events).contains("stopped a CLEAN").doesNotContain("close a", "exit 0");
        two.close();
        thread.awaitEnd();
        assertThat(events).endsWith("close a", "exit 0");
    }

    @Test
    void aHoldThatIsNeverClosedEndsAtItsLimit() throws Exception {
        Stop stop = builder().holdLimit(Duration.ofMillis(50)).start();
        stop.hold();
        stop.request("");
        assertThat(exit.get()).isZero();
    }

    @Test
    void aHoldWithoutEndDoesNotOverflow() throws Exception {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        Stop stop = builder().timeout(endless).holdLimit(endless).time(thread).start();
        Hold hold = stop.hold();
        stop.request("");
        thread.awaitHolding();
        assertThat(events).isEmpty();
        hold.close();
        thread.awaitEnd();
        assertThat(events).containsExactly("exit 0");
    }

    @Test
    void aSignalAfterTheStopEndsTheHoldAndNothingElseDoes() throws Exception {
        Stop stop = builder()
                .holdLimit(Duration.ofMinutes(10))
                // Asks when the stop is done, and before the hold is waited for.
                .trigger(ofStop -> new Asking(() -> ofStop.request("somebody else")))
                .time(thread)
                .start();
        stop.hold();
        stop.request(TERM); // the one that began it
        thread.awaitHolding();
        assertThat(events).isEmpty();
        stop.request(TERM);
        thread.awaitEnd();
        assertThat(events).containsExactly("exit 0");
    }

    private record Asking(Runnable whenStopped) implements Trigger.Installed {
        @Override
        public void stopped(Report report) {
            whenStopped.run();
        }

        @Override
        public void close() {}
    }

    @Test
    void aSignalDuringTheStepsDoesNotEndTheHold() throws Exception {
        Stop stop = builder().holdLimit(Duration.ofMinutes(10)).time(thread).start();
        Hold hold = stop.hold();
        CountDownLatch go = new CountDownLatch(1);
        stop.step(Phase.FINISH, "it", deadline -> go.await());
        stop.request("");
        stop.request(TERM);
        go.countDown();
        thread.awaitHolding();
        assertThat(events).isEmpty();
        hold.close();
        thread.awaitEnd();
        assertThat(events).containsExactly("exit 0");
    }

    @Test
    void aHoldThatWasClosedBeforeTheStopHoldsNothing() throws Exception {
        Stop stop = builder().holdLimit(Duration.ofMinutes(10)).time(thread).start();
        stop.hold().close();
        stop.request("");
        assertThat(exit.get()).isZero();
    }
}
