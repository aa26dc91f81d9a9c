package org.stop4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The scheduler of a virtual time behaves as that of the JDK with one thread. */
class SchedulerTest {
    private final VirtualTime time = new VirtualTime(Long.MAX_VALUE - 5_000_000_000L);
    private final ScheduledExecutorService scheduler = time.scheduler();
    private final List<Long> ran = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        time.close();
    }

    private void note() {
        ran.add(time.elapsed().toMillis());
    }

    private void sleep(long millis) throws InterruptedException {
        time.sleep(Duration.ofMillis(millis));
    }

    private void sleepInTask(long millis) {
        try {
            sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What it comes to is seen elsewhere. */
    private static void ignore(Future<?> future) {
        assertThat(future).isNotNull();
    }

    @Test
    void aTaskRunsAtItsTime() throws Exception {
        ScheduledFuture<String> later = scheduler.schedule(
                () -> {
                    note();
                    return "done";
                },
                3,
                TimeUnit.SECONDS);
        assertThat(later.getDelay(TimeUnit.MILLISECONDS)).isEqualTo(3000);
        assertThat(later.isDone()).isFalse();
        assertThat(later.get()).isEqualTo("done");
        assertThat(ran).containsExactly(3000L);
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void tasksRunInTheOrderOfTheirTimesAndThenOfTheirComing() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        for (String name : List.of("20 a", "10 a", "20 b", "0 a", "10 b")) {
            long delay = Long.parseLong(name.substring(0, name.indexOf(' ')));
            ignore(scheduler.schedule(() -> order.add(name), delay, TimeUnit.SECONDS));
        }
        sleep(30_000);
        assertThat(order).containsExactly("0 a", "10 a", "10 b", "20 a", "20 b");
    }

    @Test
    void aFixedRateMakesUpForASlowRun() throws Exception {
        ignore(scheduler.scheduleAtFixedRate(
                () -> {
                    note();
                    sleepInTask(ran.size() == 1 ? 2500 : 0);
                },
                1,
                1,
                TimeUnit.SECONDS));
        sleep(5_500);
        assertThat(ran).containsExactly(1000L, 3500L, 3500L, 4000L, 5000L);
    }

    @Test
    void aFixedDelayBeginsAtTheEndOfEachRun() throws Exception {
        ignore(scheduler.scheduleWithFixedDelay(
                () -> {
                    note();
                    sleepInTask(500);
                },
                1,
                1,
                TimeUnit.SECONDS));
        sleep(5_600);
        assertThat(ran).containsExactly(1000L, 2500L, 4000L, 5500L);
    }

    @Test
    void aRepeatedTaskThatFailsIsNotRepeated() throws Exception {
        ScheduledFuture<?> failing = scheduler.scheduleAtFixedRate(
                () -> {
                    note();
                    throw new IllegalStateException("on purpose");
                },
                1,
                1,
                TimeUnit.SECONDS);
        assertThatThrownBy(failing::get)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("on purpose");
        sleep(5_000);
        assertThat(ran).containsExactly(1000L);
    }

    @Test
    void aCancelledTaskDoesNotRunAndIsNotWaitedFor() throws Exception {
        ScheduledFuture<?> cancelled = scheduler.schedule(this::note, 1, TimeUnit.SECONDS);
        assertThat(cancelled.cancel(false)).isTrue();
        assertThat(cancelled.cancel(false)).isFalse();
        assertThatThrownBy(cancelled::get).isInstanceOf(CancellationException.class);
        assertThat(time.elapsed()).isZero();
        sleep(2_000);
        assertThat(ran).isEmpty();
    }

    @Test
    void aRunningTaskIsCancelledByAnInterruptThatReachesNoOther() throws Exception {
        Future<?> running = scheduler.submit(() -> sleepInTask(100_000));
        Future<Boolean> next = scheduler.submit(() -> Thread.currentThread().isInterrupted());
        sleep(1_000);
        assertThat(running.cancel(true)).isTrue();
        assertThat(next.get()).isFalse();
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFutureIsWaitedForAsLongAsSaid() throws Exception {
        Future<?> slow = scheduler.submit(() -> sleepInTask(10_000));
        assertThatThrownBy(() -> slow.get(3, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
        assertThat(slow.get(7, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void allTasksOfACollectionAreWaitedFor() throws Exception {
        List<Future<Long>> all = scheduler.invokeAll(List.of(
                () -> {
                    sleep(2_000);
                    return 1L;
                },
                () -> time.elapsed().toMillis()));
        assertThat(all.get(0).get()).isEqualTo(1);
        assertThat(all.get(1).get()).isEqualTo(2000);
        assertThatThrownBy(() -> scheduler.invokeAny(List.of(() -> 1)))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void afterShutdownWhatWasToRunOnceRunsAndWhatRepeatsDoesNot() throws Exception {
        ScheduledFuture<?> once = scheduler.schedule(this::note, 3, TimeUnit.SECONDS);
        ScheduledFuture<?> repeated =
                scheduler.scheduleAtFixedRate(this::note, 1, 1, TimeUnit.SECONDS);
        sleep(1_500);
        scheduler.shutdown();
        assertThat(scheduler.isShutdown()).isTrue();
        assertThat(scheduler.isTerminated()).isFalse();
        assertThat(repeated.isCancelled()).isTrue();
        assertThatThrownBy(() -> scheduler.execute(this::note))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(scheduler.awaitTermination(1, TimeUnit.SECONDS)).isFalse();
        assertThat(scheduler.awaitTermination(1, TimeUnit.HOURS)).isTrue();
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
        assertThat(once.isDone()).isTrue();
        assertThat(ran).containsExactly(1000L, 3000L);
        sleep(1);
        assertThat(time.threads()).isEmpty();
    }

    @Test
    void shutdownNowReturnsWhatHasNotBegunAndInterruptsWhatHas() throws Exception {
        Future<?> running = scheduler.submit(() -> sleepInTask(100_000));
        scheduler.execute(this::note);
        ignore(scheduler.schedule(this::note, 1, TimeUnit.HOURS));
        ignore(scheduler.scheduleAtFixedRate(this::note, 1, 1, TimeUnit.HOURS));
        sleep(1_000);
        assertThat(scheduler.shutdownNow()).hasSize(3);
        assertThat(scheduler.awaitTermination(1, TimeUnit.HOURS)).isTrue();
        assertThat(running.isDone()).isTrue();
        assertThat(ran).isEmpty();
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aSchedulerThatNeverHadATaskTerminatesAtOnce() throws Exception {
        scheduler.shutdown();
        assertThat(scheduler.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
        assertThat(scheduler.isTerminated()).isTrue();
    }

    @Test
    void aPeriodThatIsNotPositiveIsRefused() {
        assertThatThrownBy(() -> scheduler.scheduleAtFixedRate(this::note, 0, 0, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
        assertThatThrownBy(
                        () -> scheduler.scheduleWithFixedDelay(this::note, 0, -1, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    void eachTaskOfTheExecutorHasItsOwnThread() throws Exception {
        for (int i = 0; i < 3; i++) {
            time.executor().execute(() -> {
                sleepInTask(2_000);
                note();
            });
        }
        sleep(5_000);
        assertThat(ran).containsExactly(2000L, 2000L, 2000L);
    }
}
