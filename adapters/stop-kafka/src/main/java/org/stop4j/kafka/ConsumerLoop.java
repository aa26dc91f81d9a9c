package org.stop4j.kafka;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A poll loop that ends in order: no further record is fetched, what was polled is worked off, what was
 * processed is committed, and the consumer leaves its group.
 *
 * <pre>{@code
 * consumer.subscribe(List.of(topic));
 * try (ConsumerLoop<String, String> loop = ConsumerLoop.of(consumer)) {
 *     stop.step(Phase.FINISH, "orders", loop::stop);
 *     while (loop.goesOn()) {
 *         loop.poll(Duration.ofSeconds(1), this::ship);
 *     }
 * }
 * }</pre>
 *
 * <p>The position of the consumer is always where processing stands: if a handler throws, or a stop has no
 * time for the rest of what was polled, it goes back to the first record that was not processed. So whatever
 * commits positions ({@code enable.auto.commit}, {@code consumer.commitSync()} after a poll, the end of this
 * loop) commits what was processed, and a record whose handler has thrown comes with the next poll again, or to
 * the next consumer.
 *
 * <p>The stop begins with its step, in {@code FINISH} and not in {@code NOTIFY}: partitions of a consumer that
 * has only paused are given to nobody else, and requests that are still in flight may need what is consumed.
 *
 * <p>Everything but {@link #stop} is for one thread, as the consumer is: the one that calls first. While the loop
 * goes on, poll and close by this object alone; all else of the consumer may be used on that thread.
 *
 * @param <K> the keys
 * @param <V> the values
 * @since 0.1
 */
public final class ConsumerLoop<K, V> implements AutoCloseable {
    // Two threads meet here: that of the loop, and that of the step. A wakeup is sent under the
    // lock, and only to a consumer that polls, since it would hit whatever is called next:
    // somebody's commit.

    /** How often the step looks whether the loop's thread is still there. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Processes a record.
     *
     * @param <K> the keys
     * @param <V> the values
     * @param <X> what it throws
     * @since 0.1
     */
    @FunctionalInterface
    public interface RecordHandler<K, V, X extends Exception> {

        /**
         * Processes a record. It counts as processed when this returns.
         *
         * @param record the record
         * @throws X if it is not processed
         */
        void handle(ConsumerRecord<K, V> record) throws X;
    }

    /**
     * Processes a batch of records as a whole.
     *
     * @param <K> the keys
     * @param <V> the values
     * @param <X> what it throws
     * @since 0.1
     */
    @FunctionalInterface
    public interface BatchHandler<K, V, X extends Exception> {

        /**
         * Processes a batch. All of it counts as processed when this returns, and nothing of it before.
         *
         * @param records what was polled; never empty
         * @throws X if it is not processed
         */
        void handle(ConsumerRecords<K, V> records) throws X;
    }

    private final Consumer<K, V> consumer;
    private final boolean commits;

    /** Held by the loop's thread from its first call to its last: who waits for it is told who has it. */
    private final ReentrantLock running = new ReentrantLock();

    private final Object lock = new Object();
    // Guarded by the lock:
    private @Nullable Thread thread;
    private @Nullable Stopping stopping;
    private boolean polls;
    private boolean woken;
    private boolean closes;
    private boolean closed;
    /** Why it could not be committed or closed, if a stop is to tell. */
    private @Nullable KafkaException failure;

    private ConsumerLoop(Consumer<K, V> consumer, boolean commits) {
        this.consumer = Objects.requireNonNull(consumer, "consumer");
        this.commits = commits;
    }

    /**
     * Makes a loop that commits the consumer's positions when it ends.
     *
     * @param <K> the keys
     * @param <V> the values
     * @param consumer the consumer, of a group; subscribed or assigned before the first poll
     * @return the loop
     */
    public static <K, V> ConsumerLoop<K, V> of(Consumer<K, V> consumer) {
        return new ConsumerLoop<>(consumer, true);
    }

    /**
     * Makes a loop that commits nothing by itself: for offsets that are kept elsewhere or committed by hand,
     * record by record or in a transaction, and for consumers without a group.
     *
     * @param <K> the keys
     * @param <V> the values
     * @param consumer the consumer; subscribed or assigned before the first poll
     * @return the loop
     */
    public static <K, V> ConsumerLoop<K, V> withoutCommit(Consumer<K, V> consumer) {
        return new ConsumerLoop<>(consumer, false);
    }

    // ---- the loop's thread

    /**
     * Tells whether to poll again.
     *
     * @return true until a stop begins or the loop is closed
     * @throws IllegalStateException if another thread has called before
     */
    public boolean goesOn() {
        synchronized (lock) {
            begin();
            return stopping == null && !closes;
        }
    }

    /**
     * Polls, and processes each record that comes. Returns when that is done, or nothing came in time, or a
     * stop has begun and nothing was polled, or not enough of its time is left for another record: eight
     * tenths of it are over. After a stop has begun, polls no more.
     *
     * @param <X> what the handler throws
     * @param timeout how long to wait for records; a stop ends the wait
     * @param each what processes a record; partition by partition, in the order of their offsets. It is
     *     interrupted when nine tenths of a stop's time are over
     * @throws X what the handler throws; its record comes again with the next poll, as do those behind it
     * @throws KafkaException what {@code consumer.poll} throws
     * @throws IllegalStateException if another thread has called before
     */
    public <X extends Exception> void poll(Duration timeout, RecordHandler<K, V, X> each) throws X {
        Objects.requireNonNull(each, "each");
        ConsumerRecords<K, V> records = fetch(timeout);
        Map<TopicPartition, Long> undone = beginnings(records);
        try {
            for (TopicPartition partition : records.partitions()) {
                for (ConsumerRecord<K, V> record : records.records(partition)) {
                    undone.put(partition, record.offset());
                    if (!hasTimeForRecord()) {
                        return;
                    }
                    each.handle(record);
                }
                undone.remove(partition);
            }
        } finally {
            goBackTo(undone);
        }
    }

    /**
     * Polls, and processes what comes as a whole. Returns when that is done, or nothing came in time, or a
     * stop has begun and nothing was polled. After a stop has begun, polls no more.
     *
     * @param <X> what the handler throws
     * @param timeout how long to wait for records; a stop ends the wait
     * @param all what processes the records, called if there are any; interrupted when nine tenths of a stop's
     *     time are over
     * @throws X what the handler throws; all the records come again with the next poll
     * @throws KafkaException what {@code consumer.poll} throws
     * @throws IllegalStateException if another thread has called before
     */
    public <X extends Exception> void pollBatch(Duration timeout, BatchHandler<K, V, X> all)
            throws X {
        Objects.requireNonNull(all, "all");
        ConsumerRecords<K, V> records = fetch(timeout);
        if (records.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> undone = beginnings(records);
        try {
            all.handle(records);
            undone.clear();
        } finally {
            goBackTo(undone);
        }
    }

    private ConsumerRecords<K, V> fetch(Duration timeout) {
        synchronized (lock) {
            begin();
            if (stopping != null || closes) {
                return ConsumerRecords.empty();
            }
            polls = true;
        }
        boolean wakeupIsLeft = true;
        try {
            return consumer.poll(timeout);
        } catch (WakeupException e) {
            wakeupIsLeft = false;
            if (goesOn()) {
                throw e; // somebody else's
            }
            return ConsumerRecords.empty();
        } finally {
            if (endPolling() && wakeupIsLeft) {
                takeWakeup();
            }
        }
    }

    /** Returns whether it was woken. */
    private boolean endPolling() {
        synchronized (lock) {
            polls = false;
            return woken;
        }
    }

    /** It came when records had come already, and would hit what is called next. */
    private void takeWakeup() {
        try {
            consumer.pause(consumer.assignment());
            goBackTo(beginnings(consumer.poll(Duration.ZERO)));
        } catch (WakeupException taken) {
            // As it should be: it is the first thing that a poll looks for.
        }
    }

    private boolean hasTimeForRecord() {
        synchronized (lock) {
            return stopping == null || stopping.hasTimeForRecord();
        }
    }

    private Map<TopicPartition, Long> beginnings(ConsumerRecords<K, V> records) {
        Map<TopicPartition, Long> first = new LinkedHashMap<>();
        for (TopicPartition partition : records.partitions()) {
            first.put(partition, records.records(partition).get(0).offset());
        }
        return first;
    }

    private void goBackTo(Map<TopicPartition, Long> offsets) {
        if (offsets.isEmpty()) {
            return;
        }
        Set<TopicPartition> assigned = consumer.assignment();
        offsets.forEach((partition, offset) -> {
            if (assigned.contains(partition)) {
                consumer.seek(partition, offset);
            }
        });
    }

    // The lock is held. The other lock is let go by close(), of the same thread.
    @SuppressWarnings("LockNotBeforeTry")
    private void begin() {
        if (thread == null && !closes) {
            thread = Thread.currentThread();
            running.lock();
        } else if (thread != null && thread != Thread.currentThread()) {
            throw new IllegalStateException(
                    "the loop is that of thread \"" + thread.getName() + '"');
        }
    }

    /**
     * Commits what was processed, unless made without, and closes the consumer, which leaves its group. In a
     * stop, both are bounded by its deadline, and a failure is told by {@link #stop} instead of by this method;
     * without one, the timeouts of the consumer hold. An interrupt does not cut it short, and its flag stays.
     * The second call does nothing.
     *
     * @throws KafkaException if no stop has begun, and it cannot be committed or closed;
     *     it is closed as far as that is possible
     * @throws IllegalStateException if called by another thread than the loop's
     */
    @Override
    public void close() {
        synchronized (lock) {
            if (closes) {
                return;
            }
            begin();
            closes = true;
        }
        boolean interrupted = Thread.interrupted();
        KafkaException failed = finish();
        running.unlock();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Returns what has failed, if no stop is there to tell. */
    private @Nullable KafkaException finish() {
        KafkaException failed = attempt("what was processed could not be committed", this::commit);
        KafkaException also = attempt("the consumer could not be closed", this::closeConsumer);
        if (failed == null) {
            failed = also;
        } else if (also != null) {
            failed.addSuppressed(also);
        }
        synchronized (lock) {
            closed = true;
            if (stopping == null) {
                return failed;
            }
            failure = failed;
            return null;
        }
    }

    /** Of Kafka's own messages, some say only that time was over. */
    private static @Nullable KafkaException attempt(String failing, Runnable what) {
        try {
            what.run();
            return null;
        } catch (RuntimeException | Error e) {
            return new KafkaException(failing + ": " + e, e);
        }
    }

    private void closeConsumer() {
        Stopping its = stopping();
        if (its == null) {
            consumer.close();
        } else {
            consumer.close(CloseOptions.timeout(its.left()));
        }
    }

    private void commit() {
        if (!commits) {
            return;
        }
        try {
            commitOnce();
        } catch (WakeupException notForThis) {
            commitOnce();
        }
    }

    private void commitOnce() {
        Stopping its = stopping();
        if (its == null) {
            consumer.commitSync();
        } else {
            consumer.commitSync(its.left().dividedBy(2)); // the other half is to leave the group
        }
    }

    private @Nullable Stopping stopping() {
        synchronized (lock) {
            return stopping;
        }
    }

    // ---- the step

    /**
     * Stops the loop; register it as {@code loop::stop}. A poll that waits is woken; records that were polled are
     * worked off as long as eight tenths of the time are not over; then the loop's thread commits and closes,
     * and this returns. If the thread has ended without that, it is done here; if the loop has not begun
     * yet, this returns at once, and {@link #goesOn} will be false; if it has ended, nothing is to be done.
     *
     * <p>When nine tenths of the time are over, the loop's thread is interrupted, if it is not in {@link #close},
     * and this fails, telling where it stood, even if all that was processed could be committed. If it does not
     * end even then, the step hangs, and the report shows where.
     *
     * <p>May be called several times, also at once: each call waits for the same end.
     *
     * @param deadline until when to be done
     * @throws TimeoutException if the loop had to be interrupted
     * @throws KafkaException if it could not be committed or closed
     * @throws InterruptedException if the thread is interrupted; the loop's then is as well
     * @throws IllegalStateException if called by the loop's thread
     */
    public void stop(Deadline deadline) throws Exception {
        Thread its;
        Stopping now;
        synchronized (lock) {
            if (thread == Thread.currentThread()) {
                throw new IllegalStateException("a loop cannot wait for its own end");
            }
            now = new Stopping(deadline, deadline.remainingNanos());
            if (stopping == null && !closed) {
                stopping = now;
            }
            its = thread;
            if (polls && !woken) {
                woken = true;
                consumer.wakeup();
            }
        }
        if (its != null) {
            await(its, now);
        }
    }

    private void await(Thread its, Stopping now) throws Exception {
        boolean interrupted = false;
        try {
            while (now.hasTimeForThread()) {
                if (hasEnded(its)) {
                    tell(null, false);
                    return;
                }
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        String stood = Where.stands(its);
        String words = interrupt(its, now)
                ? "thread \"" + its.getName() + "\" was still at work after " + now.taken()
                        + ", interrupted, and then ended" + stood
                : null;
        interrupted |= awaitAtLast(its);
        tell(words, interrupted);
    }

    /** Waits a moment. */
    private boolean hasEnded(Thread its) throws InterruptedException {
        if (running.tryLock(LOOK_NANOS, TimeUnit.NANOSECONDS)) {
            running.unlock();
            return true;
        }
        if (its.isAlive()) {
            return false;
        }
        synchronized (lock) {
            if (closes) {
                return closed;
            }
            closes = true;
        }
        finish(); // nobody else uses the consumer any more
        return true;
    }

    /** Waits as long as it takes: by then all is done that can be. */
    private boolean awaitAtLast(Thread its) {
        boolean interrupted = false;
        while (true) {
            try {
                while (!hasEnded(its)) {
                    // It has waited.
                }
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** Unless it closes already, which is bounded, but by a deadline that may have been farther then. */
    private boolean interrupt(Thread its, Stopping now) {
        synchronized (lock) {
            boolean interrupts = !closed && (!closes || now.isOver());
            if (interrupts) {
                its.interrupt();
            }
            return interrupts;
        }
    }

    private void tell(@Nullable String words, boolean interrupted) throws Exception {
        KafkaException failed;
        synchronized (lock) {
            failed = failure;
        }
        Exception told = null;
        if (interrupted) {
            told = new InterruptedException(words);
        } else if (words != null) {
            told = new TimeoutException(words + (failed == null ? "" : "; " + failed));
        }
        if (told != null) {
            if (failed != null) {
                told.addSuppressed(failed);
            }
            throw told;
        }
        if (failed != null) {
            throw failed;
        }
    }
}
