package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.stop4j.Deadline;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class LimitedThreadsTest {
    private static final Duration FOREVER = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final CountDownLatch never = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private void block() {
        try {
            never.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }

    private static void assertOpens(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTaskThatTakesLongerThanItsLimitIsInterrupted() throws Exception {
        new LimitedThreads("test-limited", 2, SHORT, FOREVER).execute(this::block);
        assertOpens(interrupted);
    }

    @Test
    void blockedTasksMakeRoomForOneThatWaits() throws Exception {
        LimitedThreads threads = new LimitedThreads("test-limited", 1, FOREVER, SHORT);
        for (int i = 0; i < 10; i++) {
            threads.execute(this::block);
        }
        CountDownLatch ran = new CountDownLatch(1);
        threads.execute(ran::countDown);
        assertOpens(ran);
    }

    @Test
    void noMoreThanTheAllowedNumberRunsAtATimeAndNoneIsForgotten() throws Exception {
        LimitedThreads threads = new LimitedThreads("test-limited", 3, FOREVER, FOREVER);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore done = new Semaphore(0);
        for (int i = 0; i < 10_000; i++) {
            threads.execute(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                running.decrementAndGet();
                done.release();
            });
        }
        assertThat(done.tryAcquire(10_000, 30, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, 3);
    }

    // Each first task ends just when its limit comes; the second follows on the same thread, and
    // its own
    // limit cannot have come before that time has passed again.
    @Test
    void anInterruptMeantForOneTaskNeverHitsTheNext() throws Exception {
        Duration limit = Duration.ofMillis(5);
        LimitedThreads threads = new LimitedThreads("test-limited", 1, limit, FOREVER);
        Deadline[] earliest = {Deadline.after(limit)}; // only one task runs at a time
        AtomicInteger hit = new AtomicInteger();
        Semaphore done = new Semaphore(0);
        for (int i = 0; i < 200; i++) {
            threads.execute(() -> {
                Deadline end = Deadline.after(limit);
                while (!end.expired() && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                earliest[0] = Deadline.after(limit);
            });
            threads.execute(() -> {
                if (Thread.currentThread().isInterrupted() && !earliest[0].expired()) {
                    hit.incrementAndGet();
                }
                done.release();
            });
        }
        assertThat(done.tryAcquire(200, 30, TimeUnit.SECONDS)).isTrue();
        assertThat(hit).hasValue(0);
    }

    @Test
    void aTaskThatIsExemptIsNotInterrupted() throws Exception {
        LimitedThreads threads = new LimitedThreads("test-limited", 1, SHORT, SHORT);
        CountDownLatch exempt = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch finished = new CountDownLatch(1);
        threads.execute(() -> {
            try {
                threads.exempt();
                exempt.countDown();
                goOn.await();
                finished.countDown();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertOpens(exempt);
        threads.execute(() -> {}); // which wants room
        // Another task that began later has been given up meanwhile: this one's limit is over too.
        new LimitedThreads("test-other", 1, SHORT.multipliedBy(3), SHORT).execute(this::block);
        assertOpens(interrupted);
        goOn.countDown();
        assertOpens(finished);
    }

    @Test
    void aTaskThatComesTooLateToBeExemptLearnsIt() throws Exception {
        LimitedThreads threads = new LimitedThreads("test-limited", 1, SHORT, FOREVER);
        CountDownLatch refused = new CountDownLatch(1);
        threads.execute(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            if (threads.exempt()) {
                refused.countDown();
            }
        });
        assertOpens(refused);
    }

    @Test
    void aTaskThatThrowsDoesNotCostItsThread() throws Exception {
        LimitedThreads threads = new LimitedThreads("test-limited", 1, FOREVER, FOREVER);
        CountDownLatch reported = new CountDownLatch(1);
        threads.execute(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> reported.countDown());
            throw new IllegalStateException("as told");
        });
        CountDownLatch ran = new CountDownLatch(1);
        threads.execute(ran::countDown);
        assertOpens(reported);
        assertOpens(ran);
    }

    @Test
    void threadsEndWhenThereIsNothingToDo() {
        LimitedThreads threads = new LimitedThreads("test-ending", 5, FOREVER, FOREVER);
        for (int i = 0; i < 5; i++) {
            threads.execute(() -> {});
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("test-ending")));
    }
}
