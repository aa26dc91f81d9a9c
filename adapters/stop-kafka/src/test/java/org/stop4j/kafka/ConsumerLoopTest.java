package org.stop4j.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stop4j.Deadline;
import org.stop4j.Exit;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;
import org.stop4j.ThreadStack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/** A loop and its end. */
@Timeout(60)
class ConsumerLoopTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** For what needs the last tenths of it. */
    private static final Duration BY_FORCE = Duration.ofSeconds(4);

    private final FakeConsumer consumer = new FakeConsumer();
    private final ConsumerLoop<String, String> loop = ConsumerLoop.of(consumer);
    private final List<String> processed = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        over.countDown();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    /** What a thread does. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    /** How it came out; whoever does not care need not look. */
    private record Task(FutureTask<String> task) {
        String get() throws ExecutionException, InterruptedException {
            return task.get();
        }
    }

    private Task start(String name, Work work) {
        FutureTask<String> task = new FutureTask<>(() -> {
            work.run();
            return "done";
        });
        Thread thread = new Thread(task, name);
        threads.add(thread);
        thread.start();
        return new Task(task);
    }

    /** The loop as users write it. */
    private Task startLoop(ConsumerLoop.RecordHandler<String, String, Exception> handler) {
        return start("loop", () -> {
            try (loop) {
                while (loop.goesOn()) {
                    loop.poll(LONG, handler);
                }
            }
        });
    }

    private void process(ConsumerRecord<String, String> record) {
        processed.add(record.value());
    }

    /** On the loop's thread. */
    private void awaitStop() {
        while (loop.goesOn()) {
            Thread.onSpinWait();
        }
    }

    private Throwable failureOfStop(Duration limit) {
        try {
            loop.stop(Deadline.after(limit));
        } catch (Exception e) {
            return e;
        }
        throw new AssertionError("stopped, without a failure");
    }

    // ---- in time

    @Test
    void aPollThatWaitsIsWokenAndTheLoopsThreadCommitsAndCloses() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        Task task = startLoop(this::process);
        consumer.waits.await();

        loop.stop(Deadline.after(LONG));

        assertThat(consumer.done).containsExactly("commit 3 0 by loop", "close in time by loop");
        assertThat(processed).containsExactly("0-0", "0-1", "0-2");
        assertThat(task.get()).isEqualTo("done");
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void whatWasPolledIsWorkedOffAndNothingFurtherIsFetched() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        consumer.add(FakeConsumer.B, 2);
        CountDownLatch begun = new CountDownLatch(1);
        Task task = startLoop(record -> {
            if (processed.isEmpty()) {
                begun.countDown();
                awaitStop();
                consumer.add(FakeConsumer.A, 1);
            }
            process(record);
        });
        begun.await();

        loop.stop(Deadline.after(LONG));

        assertThat(processed).containsExactlyInAnyOrder("0-0", "0-1", "0-2", "1-0", "1-1");
        assertThat(consumer.done).containsExactly("commit 3 2 by loop", "close in time by loop");
        assertThat(task.get()).isEqualTo("done");
    }

    @Test
    void aBatchThatIsProcessedAsAWholeIsFinishedAndCommitted() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        CountDownLatch begun = new CountDownLatch(1);
        Task task = start("loop", () -> {
            try (loop) {
                while (loop.goesOn()) {
                    loop.pollBatch(LONG, records -> {
                        begun.countDown();
                        awaitStop();
                        records.forEach(this::process);
                    });
                }
            }
        });
        begun.await();
        loop.stop(Deadline.after(LONG));
        assertThat(processed).hasSize(3);
        assertThat(consumer.done).containsExactly("commit 3 0 by loop", "close in time by loop");
        assertThat(task.get()).isEqualTo("done");
    }

    @Test
    void recordsThatThereIsNoTimeForAreLeftToTheNextConsumer() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        consumer.add(FakeConsumer.B, 2);
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Deadline> deadline = new CompletableFuture<>();
        Task task = startLoop(record -> {
            begun.countDown();
            process(record);
            if (processed.size() == 2) {
                // A little more than eight tenths: they are counted from when stop is called.
                long left = BY_FORCE.toNanos() / 100 * 18;
                while (deadline.join().remainingNanos() > left) {
                    Thread.onSpinWait();
                }
            }
        });
        begun.await();
        deadline.complete(Deadline.after(BY_FORCE));

        loop.stop(deadline.join());

        assertThat(processed).hasSize(2);
        long ofA = processed.stream().filter(value -> value.startsWith("0")).count();
        assertThat(consumer.done)
                .containsExactly(
                        "commit " + ofA + " " + (2 - ofA) + " by loop", "close in time by loop");
        assertThat(task.get()).isEqualTo("done");
    }

    @Test
    void aLoopWithoutCommitOnlyCloses() throws Exception {
        ConsumerLoop<String, String> without = ConsumerLoop.withoutCommit(consumer);
        consumer.add(FakeConsumer.A, 3);
        Task task = start("loop", () -> {
            try (without) {
                while (without.goesOn()) {
                    without.poll(LONG, this::process);
                }
            }
        });
        consumer.waits.await();
        without.stop(Deadline.after(LONG));
        assertThat(consumer.done).containsExactly("close in time by loop");
        assertThat(task.get()).isEqualTo("done");
    }

    // ---- early, late, twice

    @Test
    void aLoopThatIsStoppedBeforeItBeginsPollsNothing() throws Exception {
        consumer.add(FakeConsumer.A, 1);
        loop.stop(Deadline.after(LONG));

        assertThat(startLoop(this::process).get()).isEqualTo("done");
        assertThat(processed).isEmpty();
        assertThat(consumer.done).endsWith("close in time by loop");
    }

    @Test
    void aPollAfterTheStopHasBegunFetchesNothing() throws Exception {
        Task task = start("loop", () -> {
            try (loop) {
                loop.poll(LONG, this::process);
                consumer.add(FakeConsumer.A, 1);
                loop.poll(LONG, this::process);
                loop.pollBatch(LONG, records -> records.forEach(this::process));
            }
        });
        consumer.waits.await();
        loop.stop(Deadline.after(LONG));
        assertThat(task.get()).isEqualTo("done");
        assertThat(processed).isEmpty();
    }

    @Test
    void aLoopThatHasEndedIsStoppedAtOnce() throws Exception {
        Task task = start("loop", () -> {
            try (loop) {
                assertThat(loop.goesOn()).isTrue();
            }
            assertThat(loop.goesOn()).isFalse();
        });
        assertThat(task.get()).isEqualTo("done");
        loop.stop(Deadline.after(LONG));
        assertThat(consumer.done)
                .containsExactly("commit 0 0 by loop", "close in its own time by loop");
    }

    @Test
    void allWhoStopWaitForTheSameEnd() throws Exception {
        consumer.add(FakeConsumer.A, 1);
        CountDownLatch begun = new CountDownLatch(1);
        startLoop(record -> {
            begun.countDown();
            awaitStop();
        });
        begun.await();
        Task first = start("first", () -> loop.stop(Deadline.after(LONG)));
        Task second = start("second", () -> loop.stop(Deadline.after(LONG)));
        assertThat(first.get()).isEqualTo("done");
        assertThat(second.get()).isEqualTo("done");
        assertThat(consumer.closed()).isTrue();
        loop.stop(Deadline.after(LONG));
        assertThat(consumer.done).hasSize(2);
    }

    @Test
    void aThreadThatHasEndedWithoutClosingIsReplacedByTheStep() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        Task task = start(
                "loop",
                () -> loop.poll(LONG, record -> {
                    if (record.offset() == 2) {
                        throw new IllegalStateException("no order");
                    }
                }));
        assertThatThrownBy(task::get).hasRootCauseMessage("no order");
        threads.get(0).join();

        Task step = start("step", () -> loop.stop(Deadline.after(LONG)));

        assertThat(step.get()).isEqualTo("done");
        assertThat(consumer.done).containsExactly("commit 2 0 by step", "close in time by step");
    }

    // ---- handlers that fail

    @Test
    void aRecordWhoseHandlerThrowsComesAgainWithThoseBehindIt() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        consumer.add(FakeConsumer.B, 1);
        List<String> tried = new ArrayList<>();
        Task task = start("loop", () -> {
            assertThatThrownBy(() -> loop.poll(LONG, record -> {
                        tried.add(record.value());
                        if (tried.size() == 2) {
                            throw new IllegalStateException("no order");
                        }
                    }))
                    .hasMessage("no order");
            loop.poll(LONG, this::process);
        });
        assertThat(task.get()).isEqualTo("done");
        List<String> all = new ArrayList<>(List.of(tried.get(0)));
        all.addAll(processed);
        assertThat(all).containsExactlyInAnyOrder("0-0", "0-1", "0-2", "1-0");
    }

    @Test
    void aBatchWhoseHandlerThrowsComesAgainAsAWhole() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        Task task = start("loop", () -> {
            assertThatThrownBy(() -> loop.pollBatch(LONG, records -> {
                        throw new IllegalStateException("no orders");
                    }))
                    .hasMessage("no orders");
            loop.pollBatch(LONG, records -> records.forEach(this::process));
        });
        assertThat(task.get()).isEqualTo("done");
        assertThat(processed).containsExactly("0-0", "0-1", "0-2");
    }

    @Test
    void aLoopThatEndsByAnExceptionCommitsWhatWasProcessedAndNothingElse() throws Exception {
        consumer.add(FakeConsumer.A, 3);
        Task task = startLoop(record -> {
            if (record.offset() == 1) {
                throw new IllegalStateException("no order");
            }
        });
        assertThatThrownBy(task::get).hasRootCauseMessage("no order");
        assertThat(consumer.done)
                .containsExactly("commit 1 0 by loop", "close in its own time by loop");
        loop.stop(Deadline.after(LONG));
    }

    // ---- too late

    @Test
    void aHandlerThatTakesTooLongIsInterruptedAndWhatWasProcessedBeforeIsCommitted()
            throws Exception {
        consumer.add(FakeConsumer.A, 3);
        CountDownLatch begun = new CountDownLatch(1);
        startLoop(record -> {
            if (record.offset() == 1) {
                begun.countDown();
                over.await();
            }
        });
        begun.await();

        Throwable failure = failureOfStop(BY_FORCE);

        assertThat(failure)
                .isInstanceOf(TimeoutException.class)
                .hasMessageMatching(
                        "thread \"loop\" was still at work after 3\\.\\d s, interrupted,"
                                + " and then ended; it stood at .*ConsumerLoopTest.*");
        assertThat(consumer.done).containsExactly("commit 1 0 by loop", "close in time by loop");
    }

    @Test
    void aHandlerThatIgnoresTheInterruptIsAStepThatHangsWhereTheHandlerDoes() throws Exception {
        consumer.add(FakeConsumer.A, 1);
        CountDownLatch begun = new CountDownLatch(1);
        startLoop(record -> {
            begun.countDown();
            for (boolean waits = true; waits; ) {
                try {
                    over.await();
                    waits = false;
                } catch (InterruptedException ignoredOnPurpose) {
                    // on purpose
                }
            }
        });
        begun.await();
        Stop stop = Stop.builder().exit(Exit.never()).start();
        stop.step(Phase.FINISH, "orders", loop::stop).ceiling(BY_FORCE);
        stop.request("");
        Report report = stop.await();

        StepReport step = report.steps().get(0);
        assertThat(step.result()).isEqualTo(StepReport.Result.HUNG);
        assertThat(step.stacks()).extracting(ThreadStack::thread).contains("loop");
    }

    @Test
    void whoInterruptsTheStepInterruptsTheHandler() throws Exception {
        consumer.add(FakeConsumer.A, 1);
        CountDownLatch begun = new CountDownLatch(1);
        startLoop(record -> {
            begun.countDown();
            over.await();
        });
        begun.await();
        Task step = start("step", () -> loop.stop(Deadline.after(LONG)));
        Awaitility.await().until(() -> threads.get(1).getState() == Thread.State.TIMED_WAITING);
        threads.get(1).interrupt();
        assertThatThrownBy(step::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class)
                .hasMessageContaining("thread \"loop\" was still at work");
        assertThat(consumer.closed()).isTrue();
    }

    // ---- committing and closing

    @Test
    void aCommitThatFailsFailsTheStepAndTheConsumerIsClosedAllTheSame() throws Exception {
        consumer.commitFailure = new KafkaException("the broker is gone");
        Task task = startLoop(this::process);
        consumer.waits.await();

        Throwable failure = failureOfStop(LONG);
        assertThat(failure)
                .isInstanceOf(KafkaException.class)
                .hasMessageStartingWith("what was processed could not be committed: ")
                .hasMessageContaining("the broker is gone")
                .hasCause(consumer.commitFailure);
        assertThat(failureOfStop(LONG)).isSameAs(failure);

        assertThat(consumer.done).containsExactly("close in time by loop");
        assertThat(task.get()).isEqualTo("done");
    }

    @Test
    void aCloseThatFailsFailsTheStep() throws Exception {
        consumer.commitFailure = new KafkaException("the broker is gone");
        consumer.closeFailure = new KafkaException("still gone");
        startLoop(this::process);
        consumer.waits.await();
        Throwable failure = failureOfStop(LONG);
        assertThat(failure).hasCause(consumer.commitFailure);
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(also -> assertThat(also)
                        .hasMessageStartingWith("the consumer could not be closed: ")
                        .hasCause(consumer.closeFailure));
    }

    @Test
    void withoutAStopItIsTheLoopThatGetsTheFailure() throws Exception {
        consumer.commitFailure = new KafkaException("the broker is gone");
        Task task = start("loop", () -> {
            loop.goesOn();
            loop.close();
        });
        assertThatThrownBy(task::get)
                .hasCauseInstanceOf(KafkaException.class)
                .hasRootCause(consumer.commitFailure);
        loop.stop(Deadline.after(LONG)); // it has been told
    }

    @Test
    void anInterruptOfTheLoopKeepsNothingFromBeingCommitted() throws Exception {
        Task task = start("loop", () -> {
            loop.goesOn();
            Thread.currentThread().interrupt();
            loop.close();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
        assertThat(task.get()).isEqualTo("done");
        assertThat(consumer.done).hasSize(2);
    }

    // ---- wakeups

    @Test
    void aWakeupThatComesWithRecordsReachesNobody() throws Exception {
        consumer.add(FakeConsumer.A, 2);
        CountDownLatch found = new CountDownLatch(1);
        consumer.whenFound = () -> {
            found.countDown();
            // The loop polls still, as far as the step can know.
            Awaitility.await().until(() -> threads.get(1).getState() == Thread.State.TIMED_WAITING);
        };
        Task task = start("loop", () -> {
            try (loop) {
                while (loop.goesOn()) {
                    loop.poll(LONG, this::process);
                    consumer.commitSync();
                    consumer.poll(Duration.ZERO); // throws if a wakeup is left
                }
            }
        });
        Task step = start("step", () -> {
            found.await();
            loop.stop(Deadline.after(LONG));
        });
        assertThat(step.get()).isEqualTo("done");
        assertThat(task.get()).isEqualTo("done");
        assertThat(processed).containsExactly("0-0", "0-1");
    }

    @Test
    void aWakeupOfSomebodyElsesReachesTheLoop() throws Exception {
        Task task = startLoop(this::process);
        consumer.waits.await();
        consumer.wakeup();
        assertThatThrownBy(task::get).hasCauseInstanceOf(WakeupException.class);
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void aWakeupThatIsLeftKeepsNothingFromBeingCommitted() throws Exception {
        startLoop(this::process);
        consumer.waits.await();
        consumer.leaveWakeup();
        loop.stop(Deadline.after(LONG));
        assertThat(consumer.done).containsExactly("commit 0 0 by loop", "close in time by loop");
    }

    // ---- who may call

    @Test
    void theLoopIsThatOfOneThread() throws Exception {
        startLoop(this::process);
        consumer.waits.await();
        for (Work call :
                List.<Work>of(loop::goesOn, () -> loop.poll(LONG, this::process), loop::close)) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the loop is that of thread \"loop\"");
        }
        loop.stop(Deadline.after(LONG));
    }

    @Test
    void aLoopDoesNotWaitForItself() throws Exception {
        Task task = start("loop", () -> {
            loop.goesOn();
            loop.stop(Deadline.after(LONG));
        });
        assertThatThrownBy(task::get)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a loop cannot wait for its own end");
    }
}
