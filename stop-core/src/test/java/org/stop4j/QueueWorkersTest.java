package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stop4j.StepReport.Result;
import org.stop4j.internal.Threads;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Workers of queues, and how they end. */
@Timeout(120)
class QueueWorkersTest {
    /** For what hangs: it is over as soon as the limit is. */
    private static final Duration SHORT = Duration.ofMillis(300);

    /** For what ends by force, which takes place in the last tenth. */
    private static final Duration BY_FORCE = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofSeconds(60);

    private final LogLines log = new LogLines();
    private final Hanging hanging = new Hanging();
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

    @RegisterExtension
    private final Threads threads = new Threads();

    @AfterEach
    void end() {
        hanging.end();
        log.close();
    }

    /** Starts workers whose threads are known when they have had an element. */
    private <T> QueueWorkers<T> start(
            int count, BlockingQueue<T> queue, QueueWorkers.Handler<T> handler) {
        return QueueWorkers.start("orders", count, queue, element -> {
            workers.add(Thread.currentThread());
            handler.handle(element);
        });
    }

    private static StepReport run(Step step, Duration limit) throws InterruptedException {
        Stop stop = Stop.builder()
                .timeout(Duration.ofSeconds(90))
                .exit(Exit.never())
                .start();
        stop.step(Phase.FINISH, "it", step).ceiling(limit);
        stop.request("");
        return stop.await().steps().get(0);
    }

    private void isDone(StepReport step) {
        assertThat(step.failure()).isNull();
        assertThat(step.result()).isEqualTo(Result.DONE);
        workersHaveEnded();
    }

    /** They are about to, when they have said so. */
    private void workersHaveEnded() {
        for (Thread worker : workers) {
            Awaitility.await().until(() -> !worker.isAlive());
        }
    }

    // ---- in time

    enum Kind {
        ARRAY,
        LINKED,
        DEQUE,
        PRIORITY,
        TRANSFER;

        BlockingQueue<Integer> make() {
            return switch (this) {
                case ARRAY -> new ArrayBlockingQueue<>(10_000);
                case LINKED -> new LinkedBlockingQueue<>();
                case DEQUE -> new LinkedBlockingDeque<>();
                case PRIORITY -> new PriorityBlockingQueue<>();
                case TRANSFER -> new LinkedTransferQueue<>();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsInTheQueueIsWorkedOffOnceBeforeTheStepIsDone(Kind kind) throws Exception {
        BlockingQueue<Integer> queue = kind.make();
        List<Integer> handled = new ArrayList<>();
        QueueWorkers<Integer> orders = start(4, queue, element -> {
            synchronized (handled) {
                handled.add(element);
            }
        });
        List<Integer> put = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            queue.put(i);
            put.add(i);
        }

        isDone(run(orders, LONG));

        assertThat(handled).containsExactlyInAnyOrderElementsOf(put);
        assertThat(queue).isEmpty();
    }

    @Test
    void workersThatWaitForAnElementEndAtOnce() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        CountDownLatch all = new CountDownLatch(3);
        QueueWorkers<Integer> orders = start(3, queue, element -> {
            all.countDown();
            all.await(); // so that each gets one
        });
        queue.addAll(List.of(1, 2, 3));
        all.await();
        workers.forEach(Threads::awaitWaiting);

        StepReport step = run(orders, LONG);

        isDone(step);
        assertThat(workers)
                .extracting(Thread::getName)
                .containsExactlyInAnyOrder("orders-1", "orders-2", "orders-3");
        assertThat(step.took()).isLessThan(LONG.dividedBy(2));
    }

    @Test
    void workersThatNeverGotAnElementEnd() throws Exception {
        isDone(run(start(2, new LinkedBlockingQueue<>(), element -> {}), LONG));
    }

    @Test
    void aHandlerAtWorkIsNotDisturbedAndWaitedFor() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<Boolean> undisturbed = new AtomicReference<>();
        QueueWorkers<Integer> orders = start(2, queue, element -> {
            begun.countDown();
            undisturbed.set(go.await(60, TimeUnit.SECONDS));
        });
        begun.await();
        Thread step = threads.start(() -> orders.run(Deadline.after(LONG)));
        Threads.awaitWaiting(step);
        assertThat(undisturbed).hasValue(null);
        go.countDown();
        step.join();

        assertThat(undisturbed).hasValue(true);
        assertThat(threads.failures()).isEmpty();
        workersHaveEnded();
    }

    @Test
    void whatAHandlerPutsBackIsWorkedOffByAllWorkers() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(2);
        QueueWorkers<Integer> orders = start(2, queue, element -> {
            if (element == 0) {
                begun.countDown();
                go.await();
                queue.put(1);
                queue.put(2);
            } else {
                both.countDown();
                both.await(); // needs two at the same time
            }
        });
        queue.put(0);
        begun.await();
        Thread step = threads.start(() -> orders.run(Deadline.after(LONG)));
        Threads.awaitWaiting(step);
        go.countDown();
        step.join();

        assertThat(both.getCount()).isZero();
        assertThat(threads.failures()).isEmpty();
        assertThat(workers).hasSize(2);
        workersHaveEnded();
    }

    @Test
    void whatIsHandedOverWithoutAPlaceToStayIsWorkedOff() throws Exception {
        SynchronousQueue<Integer> queue = new SynchronousQueue<>();
        AtomicInteger handled = new AtomicInteger();
        QueueWorkers<Integer> orders = start(2, queue, element -> handled.incrementAndGet());
        for (int i = 0; i < 100; i++) {
            queue.put(i);
        }
        isDone(run(orders, LONG));
        assertThat(handled).hasValue(100);
    }

    @Test
    void theStepMayBeRunTwice() throws Exception {
        QueueWorkers<Integer> orders =
                start(2, new LinkedBlockingQueue<>(List.of(1, 2)), element -> {});
        isDone(run(orders, LONG));
        isDone(run(orders, LONG));
    }

    // ---- what is due later

    private record Due(long nanos) implements Delayed {
        static Due in(Duration time) {
            return new Due(System.nanoTime() + time.toNanos());
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(nanos, ((Due) other).nanos);
        }
    }

    @Test
    void whatIsDueInTimeIsWaitedFor() throws Exception {
        DelayQueue<Due> queue = new DelayQueue<>(List.of(Due.in(Duration.ofMillis(100))));
        AtomicInteger handled = new AtomicInteger();
        isDone(run(start(2, queue, element -> handled.incrementAndGet()), LONG));
        assertThat(handled).hasValue(1);
    }

    @Test
    void whatIsDueTooLateIsNotWaitedForAndTold() throws Exception {
        DelayQueue<Due> queue = new DelayQueue<>(
                List.of(Due.in(Duration.ZERO), Due.in(Duration.ofHours(1)), Due.in(LONG)));
        AtomicInteger handled = new AtomicInteger();

        StepReport step = run(start(2, queue, element -> handled.incrementAndGet()), LONG);

        assertThat(step.result()).isEqualTo(Result.FAILED);
        assertThat(step.failure())
                .isInstanceOf(TimeoutException.class)
                .hasMessageMatching("2 elements were left in the queue after .*");
        assertThat(step.took()).isLessThan(LONG.dividedBy(2));
        assertThat(handled).hasValue(1);
        workersHaveEnded();
    }

    // ---- too late

    @Test
    void whenTheTimeIsOverTheStepTellsWhoWasInterruptedAndWhatIsLeft() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1, 2, 3, 4, 5));
        CountDownLatch two = new CountDownLatch(2);
        QueueWorkers<Integer> orders = start(2, queue, element -> hanging.politely(two));
        two.await();

        StepReport step = run(orders, BY_FORCE);

        assertThat(step.result()).isEqualTo(Result.FAILED);
        assertThat(step.failure())
                .hasMessageMatching(
                        "2 workers were still at an element after [\\d.]+ m?s, interrupted, and then"
                                + " ended; 3 elements were left in the queue; first at .*politely.*");
        assertThat(step.stacks().get(0).place()).contains("Hanging.politely");
        assertThat(queue).containsExactly(3, 4, 5);
        workersHaveEnded();
    }

    @Test
    void whatIsPutBackForEverIsLeftInTheQueueWhenTheTimeIsOver() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1, 2, 3));
        QueueWorkers<Integer> orders = start(1, queue, queue::put);

        StepReport step = run(orders, BY_FORCE);

        assertThat(step.result()).isEqualTo(Result.FAILED);
        assertThat(queue).hasSizeBetween(2, 3); // the interrupt may have hit one
        assertThat(step.failure()).hasMessageContaining(queue.size() + " elements were left");
        workersHaveEnded();
    }

    @Test
    void aHandlerThatIgnoresTheInterruptIsAStepThatHangsWhereTheHandlerDoes() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1));
        CountDownLatch there = new CountDownLatch(1);
        QueueWorkers<Integer> orders = start(2, queue, element -> hanging.stubbornly(there));
        there.await();

        StepReport step = run(orders, SHORT);

        assertThat(step.result()).isEqualTo(Result.HUNG);
        assertThat(step.stacks().get(0).place()).contains("Hanging.stubbornly");
        assertThat(step.stacks()).extracting(ThreadStack::thread).contains("stop-step-it");
    }

    @Test
    void aHandlerThatEndsByTheInterruptIsNobodysUncaughtException() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1));
        CountDownLatch there = new CountDownLatch(1);
        List<Throwable> uncaught = new ArrayList<>();
        QueueWorkers<Integer> orders = start(1, queue, element -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
            there.countDown();
            new CountDownLatch(1).await();
        });
        there.await();

        assertThatThrownBy(() -> orders.run(Deadline.after(SHORT)))
                .hasMessageContaining("1 worker was still at an element");
        workersHaveEnded();
        assertThat(uncaught).isEmpty();
    }

    @Test
    void nothingIsLostWhereverTheTimeEnds() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            int count = 200;
            LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
            AtomicInteger whole = new AtomicInteger();
            AtomicInteger broken = new AtomicInteger();
            QueueWorkers<Integer> orders = QueueWorkers.start("orders", 3, queue, element -> {
                if (Thread.currentThread().isInterrupted()) {
                    broken.incrementAndGet();
                } else {
                    whole.incrementAndGet();
                }
            });
            for (int i = 0; i < count; i++) {
                queue.put(i);
            }
            Duration limit = Duration.ofNanos(random.nextInt(300_000));
            String told = "";
            try {
                orders.run(Deadline.after(limit));
            } catch (TimeoutException e) {
                told = e.getMessage();
            }
            assertThat(whole.get() + broken.get() + queue.size())
                    .as("round %s, seed %s: %s", round, seed, told)
                    .isEqualTo(count);
            if (broken.get() > 0 || !queue.isEmpty()) {
                assertThat(told).as("round %s, seed %s", round, seed).isNotEmpty();
            }
        }
    }

    // ---- what handlers and others do

    @Test
    void whatAHandlerThrowsGoesToTheUncaughtExceptionHandlerAndItsWorkerGoesOn() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1, 2, 3));
        List<Throwable> uncaught = new ArrayList<>();
        QueueWorkers<Integer> orders = start(1, queue, element -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
            if (element == 1) {
                throw new AssertionError("no order");
            }
            throw new IllegalStateException("no order either");
        });

        isDone(run(orders, LONG));

        assertThat(uncaught)
                .extracting(Throwable::getMessage)
                .containsExactly("no order", "no order either", "no order either");
        assertThat(workers).hasSize(1);
    }

    @Test
    void anInterruptOfSomebodyElsesEndsNoWorkerAndReachesNoHandler() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1));
        CountDownLatch two = new CountDownLatch(2);
        List<Boolean> interrupted = new ArrayList<>();
        QueueWorkers<Integer> orders = start(1, queue, element -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt(); // as one does who has caught the exception
            two.countDown();
        });
        Awaitility.await().until(() -> two.getCount() == 1);
        Thread worker = workers.iterator().next();
        Threads.awaitWaiting(worker);
        worker.interrupt();
        queue.put(2);
        two.await();

        isDone(run(orders, LONG));
        assertThat(interrupted).containsExactly(false, false);
        assertThat(workers).containsExactly(worker);
    }

    @Test
    void ifNoWorkerIsLeftTheStepTellsWhatIsInTheQueueAtOnce() throws Exception {
        LinkedBlockingQueue<Integer> broken = new LinkedBlockingQueue<>(List.of(1, 2)) {
            private static final long serialVersionUID = 1L;

            @Override
            public Integer take() {
                workers.add(Thread.currentThread());
                Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> {});
                throw new IllegalStateException("a broken queue");
            }
        };
        QueueWorkers<Integer> orders = start(2, broken, element -> {});
        Awaitility.await().until(() -> workers.size() == 2);
        workersHaveEnded();

        StepReport step = run(orders, LONG);

        assertThat(step.result()).isEqualTo(Result.FAILED);
        assertThat(step.failure()).hasMessageContaining("2 elements were left in the queue");
        assertThat(step.took()).isLessThan(LONG.dividedBy(2));
    }

    @Test
    void aHandlerMayNotWaitForItsOwnEnd() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        CompletableFuture<QueueWorkers<Integer>> orders = new CompletableFuture<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        orders.complete(start(1, queue, element -> {
            try {
                orders.join().run(Deadline.after(LONG));
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        }));
        queue.put(1);
        isDone(run(orders.join(), LONG));
        assertThat(thrown.get()).hasMessage("a step cannot wait for its own thread");
    }

    @Test
    void whoInterruptsTheStepInterruptsTheHandlers() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1, 2));
        CountDownLatch there = new CountDownLatch(1);
        QueueWorkers<Integer> orders = start(1, queue, element -> hanging.politely(there));
        there.await();
        Thread step = threads.start(() -> orders.run(Deadline.after(LONG)));
        Threads.awaitWaiting(step);
        step.interrupt();
        step.join();
        assertThat(threads.failures()).singleElement().isInstanceOf(InterruptedException.class);
        assertThat(threads.failures().get(0)).hasMessageContaining("1 element was left");
        workersHaveEnded();
    }

    // ---- starting

    @Test
    void whatIsConfiguredWronglyFailsWhenItIsStarted() {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        assertThatThrownBy(() -> start(0, queue, element -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads is 0; allowed: 1 or more");
        assertThatThrownBy(() -> QueueWorkers.start(" ", 1, queue, element -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("group of workers");
    }

    @Test
    void theThreadsAreNoDaemonsWhoeverStartsThem() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(List.of(1));
        CompletableFuture<QueueWorkers<Integer>> orders = new CompletableFuture<>();
        Thread starter = threads.start(() -> orders.complete(start(1, queue, element -> {})));
        assertThat(starter.isDaemon()).isTrue();
        starter.join();
        isDone(run(orders.join(), LONG));
        assertThat(workers).singleElement().matches(worker -> !worker.isDaemon());
    }
}
