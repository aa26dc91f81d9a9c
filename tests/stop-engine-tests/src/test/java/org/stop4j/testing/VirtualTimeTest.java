package org.stop4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

@Timeout(60)
class VirtualTimeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What happened when, in the order of happening. */
    private static final class Diary {
        private final VirtualTime time;
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

        Diary(VirtualTime time) {
            this.time = time;
        }

        void add(String what) {
            lines.add(time.elapsed().toMillis() + " " + what);
        }

        List<String> lines() {
            return List.copyOf(lines);
        }
    }

    /** Runs it on a thread of the time; what it throws fails nobody. */
    private static Thread start(VirtualTime time, String name, Interruptible work) {
        Thread thread = time.thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.start();
        return thread;
    }

    private interface Interruptible {
        void run() throws InterruptedException;
    }

    private static void signal(Time.Monitor monitor) {
        monitor.lock();
        try {
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    private static void await(Time.Monitor monitor, long nanos) throws InterruptedException {
        monitor.lock();
        try {
            monitor.await(nanos);
        } finally {
            monitor.unlock();
        }
    }

    // ---- passing

    @Test
    void aDayIsOverAtOnce() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            time.sleep(Duration.ofDays(1));
            assertThat(time.elapsed()).isEqualTo(Duration.ofDays(1));
        }
    }

    @Test
    void threadsWakeInTheOrderOfTheirInstants() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Diary diary = new Diary(time);
            for (int seconds : List.of(5, 1, 3)) {
                start(time, "sleeper " + seconds, () -> {
                    time.sleep(Duration.ofSeconds(seconds));
                    diary.add("a");
                    time.sleep(Duration.ofSeconds(seconds));
                    diary.add("b");
                });
            }
            time.sleep(Duration.ofSeconds(4));
            diary.add("test");
            time.sleep(Duration.ofSeconds(7));
            assertThat(diary.lines())
                    .containsExactly(
                            "1000 a",
                            "2000 b",
                            "3000 a",
                            "4000 test",
                            "5000 a",
                            "6000 b",
                            "10000 b");
        }
    }

    @Test
    void theClockStandsWhileAMemberRuns() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            CountDownLatch go = new CountDownLatch(1);
            AtomicReference<Duration> seen = new AtomicReference<>(Duration.ZERO);
            start(time, "busy", () -> {
                go.await(); // for something else than this time: it counts as running
                seen.set(time.elapsed());
                time.sleep(SECOND);
            });
            Thread outside = new Thread(go::countDown, "outside");
            start(time, "sleeper", () -> time.sleep(Duration.ofMillis(10)));
            outside.start();
            time.sleep(Duration.ofSeconds(2));
            assertThat(seen.get()).isEqualTo(Duration.ZERO);
        }
    }

    @Test
    void waitsForOneInstantEndInTheOrderInWhichTheyBegan() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Diary diary = new Diary(time);
            for (int i = 1; i <= 20; i++) {
                int number = i;
                start(time, "sleeper " + i, () -> {
                    time.sleep(Duration.ofMillis(number)); // one after the other
                    time.sleep(SECOND.minusMillis(number));
                    diary.add("" + number);
                });
            }
            time.sleep(Duration.ofSeconds(2));
            List<String> expected = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                expected.add("1000 " + i);
            }
            assertThat(diary.lines()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000_000, Long.MIN_VALUE, -1})
    void theClockMayBeginAnywhereAndWrap(long start) throws Exception {
        try (VirtualTime time = new VirtualTime(start)) {
            assertThat(time.nanos()).isEqualTo(start);
            time.sleep(Duration.ofSeconds(3));
            assertThat(time.nanos() - start).isEqualTo(3_000_000_000L);
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void noWaitIsTooLong() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Thread sleeper =
                    start(time, "sleeper", () -> time.sleep(Duration.ofSeconds(Long.MAX_VALUE)));
            time.sleep(Duration.ofDays(100_000));
            assertThat(time.threads()).containsExactly(sleeper);
        }
    }

    @Test
    void nothingPassesForASleepOfZeroOrLess() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            time.sleep(Duration.ZERO);
            time.sleep(Duration.ofSeconds(Long.MIN_VALUE));
            await(time.monitor(), 0);
            await(time.monitor(), -1);
            assertThat(time.elapsed()).isZero();
        }
    }

    // ---- monitors

    @Test
    void aSignalledThreadRunsBeforeTheClockMovesOn() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Time.Monitor monitor = time.monitor();
            Diary diary = new Diary(time);
            for (int i = 0; i < 50; i++) {
                start(time, "waiter", () -> {
                    await(monitor, Long.MAX_VALUE);
                    diary.add("woken");
                });
            }
            time.sleep(SECOND);
            signal(monitor);
            time.sleep(Duration.ofNanos(1));
            assertThat(diary.lines()).hasSize(50).containsOnly("1000 woken");
        }
    }

    @Test
    void aSignalWakesTheOneThatWaitsLongest() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Time.Monitor monitor = time.monitor();
            Diary diary = new Diary(time);
            for (int i = 1; i <= 3; i++) {
                int number = i;
                start(time, "waiter", () -> {
                    time.sleep(Duration.ofMillis(number));
                    await(monitor, Long.MAX_VALUE);
                    diary.add("" + number);
                });
            }
            for (int i = 0; i < 3; i++) {
                time.sleep(SECOND);
                monitor.lock();
                monitor.signal();
                monitor.unlock();
            }
            time.sleep(SECOND);
            assertThat(diary.lines()).containsExactly("1000 1", "2000 2", "3000 3");
        }
    }

    @Test
    void aWaitEndsAtItsLimitWithoutASignal() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            await(time.monitor(), 5_000_000);
            assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(5));
        }
    }

    @Test
    void aWaitGivesBackAReentrantLockAndTakesItAgain() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Time.Monitor monitor = time.monitor();
            AtomicBoolean had = new AtomicBoolean();
            start(time, "other", () -> {
                monitor.lock();
                had.set(true);
                monitor.signalAll();
                monitor.unlock();
            });
            monitor.lock();
            monitor.lock();
            while (!had.get()) {
                monitor.await(Long.MAX_VALUE);
            }
            monitor.unlock();
            monitor.unlock();
            assertThatThrownBy(monitor::unlock).isInstanceOf(IllegalMonitorStateException.class);
        }
    }

    @Test
    void aMonitorIsNotUsedWithoutItsLock() {
        try (VirtualTime time = new VirtualTime()) {
            Time.Monitor monitor = time.monitor();
            assertThatThrownBy(monitor::signal).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(monitor::signalAll).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(() -> monitor.await(1))
                    .isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(monitor::unlock).isInstanceOf(IllegalMonitorStateException.class);
        }
    }

    // ---- interrupts

    @Test
    void anInterruptedThreadRunsBeforeTheClockMovesOn() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Diary diary = new Diary(time);
            for (int i = 0; i < 20; i++) {
                Thread hanging = start(time, "hanging", () -> {
                    try {
                        time.hang();
                    } catch (InterruptedException e) {
                        diary.add("interrupted " + Thread.currentThread().isInterrupted());
                    }
                });
                time.sleep(SECOND);
                hanging.interrupt();
            }
            time.sleep(Duration.ofNanos(1));
            List<String> expected = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                expected.add(i + "000 interrupted false");
            }
            assertThat(diary.lines()).isEqualTo(expected);
        }
    }

    @Test
    void anInterruptThatCameBeforeEndsTheNextWait() {
        try (VirtualTime time = new VirtualTime()) {
            Time.Monitor monitor = time.monitor();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> time.sleep(SECOND)).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(time::hang).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> await(monitor, 0)).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> await(monitor, 5)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(time.elapsed()).isZero();
        }
    }

    @Test
    void aThreadOfNobodyIsInterruptedToo() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            CountDownLatch waiting = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            Thread other = new Thread(
                    () -> {
                        waiting.countDown();
                        if (catchThrowable(time::hang) instanceof InterruptedException) {
                            ended.countDown();
                        }
                    },
                    "other");
            other.start();
            waiting.await();
            other.interrupt();
            ended.await();
        }
    }

    @Test
    void whatHangsUninterruptiblyTakesNoNoticeOfInterruptsButKeepsThem() throws Exception {
        AtomicBoolean kept = new AtomicBoolean();
        try (VirtualTime time = new VirtualTime()) {
            Thread hanging = start(time, "hanging", () -> {
                try {
                    time.hangUninterruptibly();
                } finally {
                    kept.set(Thread.currentThread().isInterrupted());
                }
            });
            time.sleep(SECOND);
            hanging.interrupt();
            time.sleep(SECOND);
            assertThat(time.threads()).containsExactly(hanging);
            assertThat(kept).isFalse();
        }
        assertThat(kept).isTrue();
    }

    // ---- threads

    @Test
    void aThreadCountsFromItsStartToItsEnd() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Thread never = time.thread(() -> {}, "never started");
            time.sleep(SECOND);
            assertThat(never.isDaemon()).isTrue();
            Thread sleeper = start(time, "sleeper", () -> time.sleep(SECOND));
            assertThat(time.threads()).containsExactly(sleeper);
            assertThatThrownBy(sleeper::start).isInstanceOf(IllegalThreadStateException.class);
            assertThat(time.threads()).containsExactly(sleeper);
            time.sleep(Duration.ofSeconds(2));
            assertThat(time.threads()).isEmpty();
            assertThatThrownBy(sleeper::start).isInstanceOf(IllegalThreadStateException.class);
            time.sleep(SECOND);
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(4));
        }
    }

    @Test
    void aThreadThatEndsByAFailureCountsNoMore() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread failing = time.thread(
                    () -> {
                        throw new IllegalArgumentException("on purpose");
                    },
                    "failing");
            failing.setUncaughtExceptionHandler((thread, failure) -> thrown.set(failure));
            failing.start();
            time.sleep(SECOND);
            failing.join();
            assertThat(thrown.get()).hasMessage("on purpose");
            assertThat(time.threads()).isEmpty();
        }
    }

    @Test
    void aThreadOfNobodyWakesAMember() throws Exception {
        try (VirtualTime time = new VirtualTime()) {
            Time.Monitor monitor = time.monitor();
            AtomicBoolean said = new AtomicBoolean();
            Thread outside = new Thread(
                    () -> {
                        said.set(true);
                        signal(monitor);
                    },
                    "outside");
            outside.start();
            monitor.lock();
            while (!said.get()) {
                monitor.await(Long.MAX_VALUE);
            }
            monitor.unlock();
            assertThat(time.elapsed()).isZero();
        }
    }

    // ---- standing still

    /** With a tenth of the patience that others have. */
    private static VirtualTime impatient() {
        return new VirtualTime(0, SECOND);
    }

    @Test
    void whenAllWaitForEverTheTestIsToldWhoWaitsForWhat() throws Exception {
        try (VirtualTime time = impatient()) {
            start(time, "first", () -> await(time.monitor(), Long.MAX_VALUE));
            start(time, "second", time::hang);
            assertThatThrownBy(time::hang)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("virtual time stands still")
                    .hasMessageContaining("everybody waits for ever")
                    .hasMessageContaining("\"first\" waits for a signal, for ever")
                    .hasMessageContaining("\"second\" waits for ever")
                    .hasMessageContaining("VirtualTimeTest.")
                    .hasMessageContaining('"' + Thread.currentThread().getName() + '"');
        }
    }

    @Test
    void whenAMemberHoldsUpTheTimeTheTestIsToldWhereThatIs() throws Exception {
        try (VirtualTime time = impatient()) {
            CountDownLatch never = new CountDownLatch(1);
            start(time, "culprit", never::await);
            assertThatThrownBy(() -> time.sleep(SECOND))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"culprit\" runs")
                    .hasMessageContaining("CountDownLatch.await")
                    .hasMessageContaining("until 1.000 s");
        }
    }

    @Test
    void aTestThatHoldsUpTheTimeItselfIsInterruptedAndToldAtTheEnd() throws Exception {
        VirtualTime time = impatient();
        CountDownLatch never = new CountDownLatch(1);
        start(time, "sleeper", () -> time.sleep(SECOND));
        assertThatThrownBy(never::await).isInstanceOf(InterruptedException.class);
        assertThatThrownBy(time::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"sleeper\" waits until 1.000 s")
                .hasMessageContaining("CountDownLatch.await");
        time.close();
    }

    // ---- the end

    @Test
    void whenItIsClosedNoThreadIsLeft() throws Exception {
        VirtualTime time = impatient();
        CountDownLatch never = new CountDownLatch(1);
        List<Thread> threads = List.of(
                start(time, "sleeper", () -> time.sleep(Duration.ofDays(1))),
                start(time, "hanging", time::hang),
                start(time, "stubborn", time::hangUninterruptibly),
                start(time, "waiter", () -> await(time.monitor(), Long.MAX_VALUE)),
                start(time, "elsewhere", never::await));
        time.close();
        time.close();
        assertThat(time.threads()).isEmpty();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThatThrownBy(() -> time.sleep(SECOND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the virtual time is closed");
        assertThatThrownBy(() -> await(time.monitor(), 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aThreadThatDoesNotEndIsNamedAtTheEnd() {
        VirtualTime time = impatient();
        CountDownLatch end = new CountDownLatch(1);
        start(time, "stubborn", () -> {
            boolean over = false;
            while (!over) {
                over = catchThrowable(end::await) == null;
            }
        });
        assertThatThrownBy(time::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"stubborn\"")
                .hasMessageContaining("CountDownLatch.await");
        end.countDown();
    }

    // ---- the same every time

    @Test
    void theSameProgramSeesTheSameInstantsEveryTime() throws Exception {
        List<List<String>> runs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            runs.add(pingPong());
        }
        assertThat(runs).containsOnly(runs.get(0));
        assertThat(runs.get(0)).hasSize(30);
    }

    private static List<String> pingPong() throws InterruptedException {
        try (VirtualTime time = new VirtualTime()) {
            Diary diary = new Diary(time);
            Time.Monitor monitor = time.monitor();
            for (int i = 1; i <= 3; i++) {
                int number = i;
                start(time, "player " + i, () -> {
                    for (int round = 0; round < 10; round++) {
                        await(monitor, number * 7_000_000L);
                        diary.add("player " + number);
                        time.sleep(Duration.ofMillis(number));
                        signal(monitor);
                    }
                });
            }
            time.sleep(Duration.ofSeconds(10));
            // What happens at one instant, on threads that one signal has woken, has no order.
            return diary.lines().stream().sorted().toList();
        }
    }
}
