package org.stop4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.stop4j.Phase;
import org.stop4j.Signal;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What JUnit and the extension make of small test classes, which are run from here. */
class StopExtensionTest {
    /** Test methods by name, with what they failed by; "" if they did not. */
    private static Map<String, String> run(Class<?> type, Map<String, String> parameters) {
        Map<String, String> results = new ConcurrentHashMap<>();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(type))
                .configurationParameters(parameters)
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier id, TestExecutionResult result) {
                if (id.isTest() || result.getThrowable().isPresent()) {
                    results.put(
                            id.getDisplayName(),
                            result.getThrowable().map(Throwable::toString).orElse(""));
                }
            }
        });
        return results;
    }

    private static Map<String, String> run(Class<?> type) {
        return run(type, Map.of());
    }

    // ---- parameters

    @Tag("run-within")
    @ExtendWith(StopExtension.class)
    static class EveryParameter {
        private @Nullable VirtualTime before;

        @BeforeEach
        void remember(VirtualTime time) {
            before = time;
        }

        @Test
        void oneTestHasOneOfEach(
                Stop stop,
                Stop same,
                Stop.Builder builder,
                VirtualTime time,
                FakeSignals signals,
                RecordingExit exit)
                throws Exception {
            assertThat(time).isSameAs(before);
            assertThat(same).isSameAs(stop);
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(Duration.ofSeconds(3)));
            assertThat(builder.start()).isNotSameAs(stop);
            signals.raise(Signal.TERM);
            assertThat(exit.await()).isZero();
            stop.await();
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void eachCaseHasItsOwn(int seconds, VirtualTime time) throws Exception {
            assertThat(time.elapsed()).isZero();
            time.sleep(Duration.ofSeconds(seconds));
        }

        @Nested
        class Inner {
            @Test
            void nestedTestsHaveThemToo(VirtualTime time, Stop stop) {
                assertThat(time).isSameAs(before);
                assertThat(stop.state()).isEqualTo(State.RUNNING);
            }
        }
    }

    @Test
    void theParametersOfATestBelongTogether() {
        Map<String, String> results = run(EveryParameter.class);
        assertThat(results).hasSize(5);
        assertThat(results.values()).containsOnly("");
    }

    @Tag("run-within")
    static class Registered {
        @RegisterExtension
        private static final StopExtension STOPS = new StopExtension();

        @Test
        void registered(Stop stop, RecordingExit exit) throws Exception {
            stop.request("test");
            assertThat(exit.await()).isZero();
        }
    }

    @Test
    void theExtensionMayBeAField() {
        assertThat(run(Registered.class)).hasSize(1).containsValue("");
    }

    @Tag("run-within")
    @ExtendWith(StopExtension.class)
    static class Unknown {
        @Test
        void unknown(Thread thread) {
            throw new AssertionError("not to be called with " + thread);
        }
    }

    @Tag("run-within")
    @ExtendWith(StopExtension.class)
    static class Shared {
        Shared(VirtualTime time) {
            throw new AssertionError("not to be called at " + time.elapsed());
        }

        @Test
        void shared() {}
    }

    @Test
    void otherTypesAndWhatSeveralTestsWouldShareAreRefused() {
        assertThat(run(Unknown.class).values())
                .singleElement()
                .asString()
                .contains("ParameterResolutionException")
                .contains("java.lang.Thread");
        assertThat(run(Shared.class).values())
                .singleElement()
                .asString()
                .contains("ParameterResolutionException");
    }

    // ---- cleaning up

    private static final List<VirtualTime> TIMES = new CopyOnWriteArrayList<>();

    @Tag("run-within")
    @ExtendWith(StopExtension.class)
    static class Untidy {
        @BeforeEach
        void remember(VirtualTime time) {
            TIMES.add(time);
        }

        @Test
        void leavesAStopUnderWay(Stop stop, VirtualTime time) {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(Duration.ofSeconds(3)));
            stop.request("test");
        }

        @Test
        void failsWithAStopUnderWay(Stop stop, VirtualTime time) {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(Duration.ofSeconds(3)));
            stop.request("test");
            throw new IllegalStateException("on purpose");
        }

        @Test
        void leavesAStopThatNobodyAskedFor(Stop stop, FakeSignals signals) {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> {});
        }

        @Test
        void leavesAHungStep(Stop stop, VirtualTime time) throws Exception {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hangUninterruptibly());
            stop.request("test");
            stop.await();
        }

        @Test
        void leavesAHaltedProcess(Stop stop, VirtualTime time, FakeSignals signals)
                throws Exception {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hangUninterruptibly());
            for (int i = 0; i < 3; i++) {
                signals.raise(Signal.TERM);
                time.sleep(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void onlyATestThatEndsWhileItsStopIsUnderWayFailsAndNothingIsLeftOfAny() throws Exception {
        TIMES.clear();
        Map<String, String> results = run(Untidy.class);
        assertThat(results).hasSize(5);
        results.forEach((name, failure) -> {
            if (name.startsWith("leavesAStopUnderWay")) {
                assertThat(failure)
                        .contains("the test has ended, but its stop (code: test) is under way")
                        .contains("RecordingExit.await or Stop.await");
            } else if (name.startsWith("fails")) {
                assertThat(failure).isEqualTo("java.lang.IllegalStateException: on purpose");
            } else {
                assertThat(failure).as(name).isEmpty();
            }
        });
        assertThat(TIMES).hasSize(5);
        assertThat(TIMES).allMatch(time -> time.threads().isEmpty());
    }

    // ---- threads

    @Tag("run-within")
    @ExtendWith(StopExtension.class)
    static class OnAnotherThread {
        @Test
        @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
        void elsewhere(Stop stop, VirtualTime time, RecordingExit exit) throws Exception {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(Duration.ofSeconds(3)));
            stop.request("test");
            assertThat(exit.await()).isZero();
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
        void elsewhere(int seconds, VirtualTime time) throws Exception {
            time.sleep(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void aTestMayRunOnAThreadOfItsOwn() {
        assertThat(run(OnAnotherThread.class)).hasSize(3).values().containsOnly("");
    }

    @Tag("run-within")
    @ExtendWith(StopExtension.class)
    static class Many {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
        void many(int seconds, Stop stop, VirtualTime time, RecordingExit exit) throws Exception {
            stop.step(Phase.DRAIN, "http", (Step)
                    deadline -> time.sleep(Duration.ofSeconds(seconds)));
            stop.request("test");
            assertThat(exit.await()).isZero();
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void testsMayRunInParallel() {
        Map<String, String> results = run(
                Many.class,
                Map.of(
                        "junit.jupiter.execution.parallel.enabled", "true",
                        "junit.jupiter.execution.parallel.mode.default", "concurrent",
                        "junit.jupiter.execution.parallel.config.strategy", "fixed",
                        "junit.jupiter.execution.parallel.config.fixed.parallelism", "8"));
        assertThat(results).hasSize(16);
        assertThat(results.values()).containsOnly("");
    }
}
