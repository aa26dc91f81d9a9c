package org.stop4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Each item to exactly one taker. */
@Timeout(60)
class MailboxTest {
    private final Mailbox<String> mailbox = new Mailbox<>("the mailbox", Ticker.system());

    @RegisterExtension
    private final Threads threads = new Threads();

    @Test
    void itemsAreKeptUntilSomebodyTakesThemInTheirOrder() throws Exception {
        mailbox.put("a");
        mailbox.put("b");
        mailbox.put("c");
        assertThat(mailbox.take()).isEqualTo("a");
        assertThat(mailbox.poll(0)).contains("b");
        assertThat(mailbox.next()).isCompletedWithValue("c");
        assertThat(mailbox.poll(0)).isEmpty();
    }

    @Test
    void whoeverWaitsGetsTheItem() throws Exception {
        CompletableFuture<String> taken = new CompletableFuture<>();
        Thread waiting = threads.start(() -> taken.complete(mailbox.take()));
        Threads.awaitWaiting(waiting);
        mailbox.put("a");
        assertThat(taken.get()).isEqualTo("a");
    }

    @Test
    void thoseWhoAskedAreServedInTheOrderInWhichTheyAsked() {
        CompletableFuture<String> first = mailbox.next();
        CompletableFuture<String> second = mailbox.next();
        mailbox.put("a");
        assertThat(first).isCompletedWithValue("a");
        assertThat(second).isNotDone();
        mailbox.put("b");
        assertThat(second).isCompletedWithValue("b");
    }

    @Test
    void aCancelledQuestionLosesNothing() throws Exception {
        CompletableFuture<String> cancelled = mailbox.next();
        CompletableFuture<String> alsoCancelled = mailbox.next();
        CompletableFuture<String> next = mailbox.next();
        cancelled.cancel(false);
        alsoCancelled.cancel(false);
        mailbox.put("a");
        assertThat(next).isCompletedWithValue("a");

        mailbox.next().cancel(false);
        mailbox.put("b");
        assertThat(mailbox.poll(0)).contains("b");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void zeroOrLessOnlyLooks(long nanos) throws Exception {
        assertThat(mailbox.poll(nanos)).isEmpty();
        mailbox.put("a");
        assertThat(mailbox.poll(nanos)).contains("a");
    }

    @Test
    void aLimitedWaitEndsByTheTicker() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        // Every look at the clock finds it 10 ns later.
        Mailbox<String> ticking = new Mailbox<>("it", () -> reads.getAndIncrement() * 10L);
        assertThat(ticking.poll(35)).isEmpty();
        assertThat(reads).hasValueGreaterThan(4);
    }

    @Test
    void closingEndsAllWaiting() throws Exception {
        CompletableFuture<String> asked = mailbox.next();
        List<Thread> waiting = new ArrayList<>();
        List<Throwable> ends = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 3; i++) {
            waiting.add(threads.start(() -> collectEnd(ends, mailbox::take)));
            waiting.add(threads.start(() -> collectEnd(ends, () -> mailbox.poll(Long.MAX_VALUE))));
        }
        for (Thread thread : waiting) {
            Threads.awaitWaiting(thread);
        }
        mailbox.close();
        mailbox.close();
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(ends)
                .hasSize(6)
                .allSatisfy(end -> assertThat(end)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the mailbox is closed"));
        assertThatThrownBy(asked::join).isInstanceOf(CancellationException.class);
    }

    private static void collectEnd(List<Throwable> ends, Threads.Work work) {
        try {
            work.run();
        } catch (Exception end) {
            ends.add(end);
        }
    }

    @Test
    void whatIsKeptCanStillBeTakenAfterClosingAndNothingMoreArrives() throws Exception {
        mailbox.put("a");
        mailbox.put("b");
        mailbox.close();
        mailbox.put("late");
        assertThat(mailbox.take()).isEqualTo("a");
        assertThat(mailbox.next()).isCompletedWithValue("b");
        assertThatThrownBy(mailbox::take).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> mailbox.poll(0)).isInstanceOf(IllegalStateException.class);
        assertThat(mailbox.next()).isCancelled();
    }

    @Test
    void anInterruptEndsTheWaitAndLosesNothing() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread waiting = threads.start(() -> {
            try {
                mailbox.take();
            } catch (InterruptedException e) {
                end.complete(e);
            }
        });
        Threads.awaitWaiting(waiting);
        waiting.interrupt();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        mailbox.put("a");
        assertThat(mailbox.poll(0)).contains("a");

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> mailbox.poll(0)).isInstanceOf(InterruptedException.class);
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(1, 2, 3), new Random().longs(3));
    }

    /** The seed is in the test's name. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everyItemReachesExactlyOneOfManyTakersOrIsKept(long seed) throws Exception {
        int producers = 3;
        int takers = 5;
        int itemsEach = 2_000;
        Mailbox<Integer> raced = new Mailbox<>("it", Ticker.system());
        List<Integer> got = Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier start = new CyclicBarrier(producers + takers);
        CountDownLatch produced = new CountDownLatch(producers);
        List<Thread> all = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int first = p * itemsEach;
            Random random = new Random(seed + p);
            all.add(threads.start(() -> {
                start.await();
                for (int i = 0; i < itemsEach; i++) {
                    raced.put(first + i);
                    pauseSometimes(random);
                }
                produced.countDown();
            }));
        }
        for (int t = 0; t < takers; t++) {
            Random random = new Random(seed * 31 + t);
            all.add(threads.start(() -> {
                start.await();
                takeUntilClosed(raced, random, got);
            }));
        }
        produced.await();
        raced.close();
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(threads.failures()).isEmpty();
        assertThat(got)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, producers * itemsEach).boxed().toList());
    }

    private static void takeUntilClosed(Mailbox<Integer> mailbox, Random random, List<Integer> got)
            throws Exception {
        try {
            while (true) {
                switch (random.nextInt(4)) {
                    case 0 -> got.add(mailbox.take());
                    case 1 -> mailbox.poll(random.nextInt(20_000)).ifPresent(got::add);
                    case 2 -> got.add(mailbox.next().get());
                    default -> {
                        CompletableFuture<Integer> asked = mailbox.next();
                        pauseSometimes(random);
                        if (!asked.cancel(false)) {
                            got.add(asked.get());
                        }
                    }
                }
            }
        } catch (IllegalStateException closed) {
            // The other takers get what is kept.
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        drain(mailbox, got);
    }

    private static void drain(Mailbox<Integer> mailbox, List<Integer> got) throws Exception {
        try {
            while (true) {
                got.add(mailbox.take());
            }
        } catch (IllegalStateException empty) {
            assertThat(empty).hasMessage("it is closed");
        }
    }

    private static void pauseSometimes(Random random) {
        for (int spins = random.nextInt(8) == 0 ? random.nextInt(2_000) : 0; spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }
}
