package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.Exit;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.spi.Time;
import org.stop4j.spi.Trigger;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What is around the steps breaks: loggers, listeners, triggers, threads, the clock, the exit. */
@ExtendWith(StopExtension.class)
class FaultTest {
    private static final Step NOTHING = deadline -> {};

    // ---- listeners

    @Test
    void aListenerThatThrowsKeepsNobodyFromAnything(Stop stop, RecordingExit exit, VirtualTime time)
            throws Exception {
        List<State> told = new CopyOnWriteArrayList<>();
        stop.listen(change -> {
            throw new AssertionError("on purpose");
        });
        stop.listen(change -> told.add(change.to()));
        stop.step(Phase.DRAIN, "http", NOTHING);
        try (LogLines log = new LogLines()) {
            assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(exit.await()).isZero();
            assertThat(log.warnings())
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("listener ") && line.endsWith(" failed"));
        }
        assertThat(told).containsExactly(State.DRAINING, State.STOPPING, State.STOPPED);
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void aListenerThatHangsIsGivenUpAndNamedInTheReport(
            Stop.Builder builder, RecordingExit exit, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.listen(change -> time.hangUninterruptibly());
        List<State> told = new CopyOnWriteArrayList<>();
        stop.listen(change -> told.add(change.to()));
        stop.step(Phase.DRAIN, "http", NOTHING);
        Report report = end(stop);
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(report.notes())
                .singleElement()
                .asString()
                .startsWith("listener ")
                .contains("hung at org.stop4j.engine.FaultTest.");
        assertThat(exit.await()).isZero();
        assertThat(told).containsExactly(State.DRAINING, State.STOPPING, State.STOPPED);
        // It was waited for once, a second.
        assertThat(time.elapsed()).isEqualTo(seconds(1));
    }

    // ---- triggers

    private static Trigger.Installed hangingIn(String where, VirtualTime time) {
        return new Trigger.Installed() {
            @Override
            public void changed() {
                hangIf("changed");
            }

            @Override
            public void stopped(Report report) {
                hangIf("stopped");
            }

            @Override
            public void close() {
                hangIf("close");
            }

            private void hangIf(String here) {
                if (where.equals(here)) {
                    time.hangUninterruptibly();
                }
            }

            @Override
            public String toString() {
                return "hanging trigger";
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"changed", "stopped", "close"})
    void aTriggerThatHangsKeepsNobodyFromAnything(
            String where, Stop.Builder builder, RecordingExit exit, VirtualTime time)
            throws Exception {
        List<String> others = new CopyOnWriteArrayList<>();
        Trigger beside = stop -> new Trigger.Installed() {
            @Override
            public void stopped(Report report) {
                others.add("stopped");
            }

            @Override
            public void close() {
                others.add("closed");
            }
        };
        Stop stop = builder.timeout(seconds(100))
                .trigger(beside)
                .trigger(its -> hangingIn(where, time))
                .start();
        stop.step(Phase.DRAIN, "http", NOTHING);
        try (LogLines log = new LogLines()) {
            stop.request("test");
            assertThat(exit.await()).isZero();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("trigger hanging trigger hung ")
                    .contains("at org.stop4j.engine.FaultTest");
        }
        assertThat(exit.halted()).isFalse();
        assertThat(others).containsExactly("stopped", "closed");
        assertThat(time.elapsed()).isEqualTo(seconds(1));
    }

    @Test
    void aTriggerThatThrowsKeepsNobodyFromAnything(Stop.Builder builder, RecordingExit exit)
            throws Exception {
        Trigger.Installed throwing = new Trigger.Installed() {
            @Override
            public void changed() {
                throw new AssertionError("changed");
            }

            @Override
            public void stopped(Report report) {
                throw new IllegalStateException("stopped");
            }

            @Override
            public void close() {
                throw new IllegalStateException("close");
            }
        };
        Stop stop = builder.trigger(its -> throwing).start();
        stop.step(Phase.DRAIN, "http", NOTHING);
        try (LogLines log = new LogLines()) {
            stop.request("test");
            assertThat(exit.await()).isZero();
            assertThat(log.lines())
                    .extracting(LogLines.Line::thrown)
                    .filteredOn(thrown -> thrown != null)
                    .extracting(String::valueOf)
                    .contains(
                            "java.lang.AssertionError: changed",
                            "java.lang.IllegalStateException: stopped")
                    .anyMatch(thrown -> thrown.contains("cannot close trigger"));
        }
        assertThat(stop.await().outcome()).isEqualTo(Outcome.CLEAN);
    }

    // ---- loggers

    @Test
    void aLoggerThatHangsIsGivenUpAndNamedInTheReport(
            Stop.Builder builder, RecordingExit exit, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", NOTHING);
        AtomicInteger calls = new AtomicInteger();
        try (LogLines log = new LogLines(line -> {
            calls.incrementAndGet();
            time.hangUninterruptibly();
        })) {
            stop.request("test");
            assertThat(exit.await()).isZero();
            assertThat(log.lines()).isEmpty();
        }
        assertThat(stop.await().notes())
                .singleElement()
                .asString()
                .startsWith("the logger hung at org.stop4j.engine.");
        assertThat(calls.get()).isOne();
        assertThat(time.elapsed()).isEqualTo(seconds(1));
    }

    @Test
    void aLoggerThatHangsOnceTheStepsRunKeepsTheirTimes(
            Stop.Builder builder, RecordingExit exit, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
        stop.step(Phase.CLOSE, "pool", (Step) deadline -> time.hang());
        try (LogLines log = new LogLines(line -> {
            if (line.message().startsWith("step ")) {
                time.hangUninterruptibly();
            }
        })) {
            stop.request("test");
            assertThat(exit.await()).isEqualTo(3);
            assertThat(log.lines()).isNotEmpty();
        }
        Report report = stop.await();
        assertThat(step(report, "http").took()).isEqualTo(seconds(90));
        assertThat(step(report, "pool").took()).isEqualTo(seconds(9));
        assertThat(report.took()).isEqualTo(seconds(100));
    }

    @Test
    void aLoggerThatThrowsKeepsNobodyFromAnything(Stop stop, RecordingExit exit) throws Exception {
        stop.step(Phase.DRAIN, "http", NOTHING);
        AtomicInteger calls = new AtomicInteger();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        List<Throwable> handed = new CopyOnWriteArrayList<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> handed.add(thrown));
        try (LogLines log = new LogLines(line -> {
            calls.incrementAndGet();
            throw new IllegalStateException("on purpose");
        })) {
            stop.request("test");
            assertThat(exit.await()).isZero();
            assertThat(log.lines()).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(calls.get()).isGreaterThan(1);
        assertThat(handed).hasSize(calls.get());
    }

    // ---- threads

    /** A time in which only so many threads can be started. */
    private static final class Scarce implements Time {
        private final Time time;
        private final AtomicInteger left;

        Scarce(Time time, int threads) {
            this.time = time;
            left = new AtomicInteger(threads);
        }

        @Override
        public long nanos() {
            return time.nanos();
        }

        @Override
        public Monitor monitor() {
            return time.monitor();
        }

        @Override
        public Thread thread(Runnable work, String name) {
            if (left.getAndDecrement() > 0) {
                return time.thread(work, name);
            }
            return new Thread(work, name) {
                @Override
                public synchronized void start() {
                    throw new OutOfMemoryError("unable to create native thread");
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void withHoweverFewThreadsEveryStepIsAttempted(
            int threads, Stop.Builder builder, RecordingExit exit, VirtualTime time)
            throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        Stop stop =
                builder.timeout(seconds(100)).time(new Scarce(time, threads)).start();
        List<String> names = new ArrayList<>();
        for (Phase phase : List.of(Phase.DRAIN, Phase.CLOSE)) {
            for (int i = 0; i < 3; i++) {
                String name = phase + " " + i;
                names.add(name);
                stop.step(phase, name, (Step) deadline -> {
                    time.sleep(seconds(1));
                    ran.add(name);
                });
            }
        }
        stop.step(Phase.CLOSE, "failing", (Step) deadline -> {
            throw new IllegalStateException("on purpose");
        });
        stop.request("test");
        assertThat(exit.await()).isEqualTo(1);
        assertThat(exit.halted()).isFalse();
        assertThat(ran).containsExactlyInAnyOrderElementsOf(names);
        assertThat(time.elapsed()).isBetween(seconds(2), seconds(6));
    }

    // ---- the clock

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 1_000_000_000, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void aClockThatWrapsMakesNoDifference(long start) throws Exception {
        try (VirtualTime time = new VirtualTime(start)) {
            RecordingExit exit = new RecordingExit(time);
            Stop stop =
                    Stop.builder().timeout(seconds(100)).time(time).exit(exit).start();
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.hang());
            stop.step(Phase.FINISH, "jobs", (Step) deadline -> time.sleep(seconds(1)));
            stop.step(Phase.CLOSE, "pool", (Step) deadline -> time.hangUninterruptibly())
                    .ceiling(seconds(3));
            stop.hold();
            Report report = end(stop);
            assertThat(report.steps())
                    .extracting(StepReport::took)
                    .containsExactly(seconds(80), seconds(1), seconds(3));
            assertThat(exit.await()).isEqualTo(3);
            assertThat(time.elapsed()).isEqualTo(seconds(89.1));
        }
    }

    @Test
    void aClockThatJumpsAheadEndsWhatIsOverdueAndRunsTheRest(VirtualTime time) throws Exception {
        Jumping jumping = new Jumping(time);
        RecordingExit exit = new RecordingExit(time);
        List<String> ran = new CopyOnWriteArrayList<>();
        Stop stop = Stop.builder().timeout(seconds(25)).time(jumping).exit(exit).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            jumping.ahead(Duration.ofHours(1)); // the machine was asleep
            time.hang();
        });
        for (Phase phase : List.of(Phase.FINISH, Phase.CLOSE, Phase.LAST)) {
            stop.step(phase, phase.name(), (Step) deadline -> ran.add(phase.name()));
        }
        stop.request("test");
        assertThat(exit.await()).isEqualTo(3);
        assertThat(ran).containsExactly("FINISH", "CLOSE", "LAST");
    }

    /** A time whose clock can be set ahead; what is waited for by it comes when it would have come. */
    private static final class Jumping implements Time {
        private final VirtualTime time;
        private final AtomicLong ahead = new AtomicLong();

        private Jumping(VirtualTime time) {
            this.time = time;
        }

        void ahead(Duration by) {
            ahead.addAndGet(by.toNanos());
        }

        @Override
        public long nanos() {
            return time.nanos() + ahead.get();
        }

        @Override
        public Monitor monitor() {
            return time.monitor();
        }

        @Override
        public Thread thread(Runnable work, String name) {
            return time.thread(work, name);
        }
    }

    @Test
    void aTimeoutForEverHasNoEnd(Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(1e9).multipliedBy(1000)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(1e7)));
        assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(time.elapsed()).isEqualTo(seconds(1e7));
    }

    // ---- several

    @Test
    void severalStopsOfOneProcessRunBesideEachOther(VirtualTime time) throws Exception {
        List<Stop> stops = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            int number = i;
            Stop stop = Stop.builder()
                    .timeout(seconds(100))
                    .time(time)
                    .exit(Exit.never())
                    .start();
            stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(number)));
            stop.step(Phase.CLOSE, "pool", (Step) deadline -> time.hang()).ceiling(seconds(10));
            stops.add(stop);
        }
        stops.forEach(stop -> stop.request("test"));
        for (int i = 1; i <= 5; i++) {
            assertThat(stops.get(i - 1).await().took()).isEqualTo(seconds(10 + i));
        }
        assertThat(time.elapsed()).isEqualTo(seconds(15));
        time.sleep(seconds(10));
        assertThat(time.threads()).isEmpty();
    }

    // ---- the watchdog

    /** An end that hangs, like a foreign shutdown hook. */
    private record Hanging(Exit inner, VirtualTime time) implements Exit {
        @Override
        public void exit(int code) {
            time.hangUninterruptibly();
        }

        @Override
        public void halt(int code) {
            inner.halt(code);
        }
    }

    @Test
    void aProcessThatDoesNotEndIsEndedOneSecondAfterItsDeadline(
            Stop.Builder builder, RecordingExit exit, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).exit(new Hanging(exit, time)).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> time.sleep(seconds(5)));
        assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(exit.await()).isEqualTo(3);
        assertThat(exit.halted()).isTrue();
        assertThat(time.elapsed()).isBetween(seconds(100), seconds(101));
    }

    @Test
    void theHoldIsAddedToWhatTheWatchdogAllows(
            Stop.Builder builder, RecordingExit exit, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).exit(new Hanging(exit, time)).start();
        stop.hold();
        stop.request("test");
        assertThat(exit.await()).isEqualTo(3);
        assertThat(exit.halted()).isTrue();
        assertThat(time.elapsed()).isBetween(seconds(105), seconds(106));
    }

    @Test
    void aProcessThatEndsInItsTimeIsNotEndedByForce(
            Stop.Builder builder, RecordingExit exit, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.step(Phase.LAST, "telemetry", (Step) deadline -> time.hangUninterruptibly());
        assertThat(step(end(stop), "telemetry").result()).isEqualTo(Result.HUNG);
        assertThat(exit.await()).isEqualTo(3);
        assertThat(exit.halted()).isFalse();
        assertThat(time.elapsed()).isEqualTo(seconds(100.1));
        time.sleep(seconds(10));
        assertThat(time.threads())
                .extracting(Thread::getName)
                .containsExactly("stop-step-telemetry");
    }
}
