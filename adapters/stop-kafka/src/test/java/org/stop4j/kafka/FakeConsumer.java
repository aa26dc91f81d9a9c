package org.stop4j.kafka;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Kafka's mock, of two partitions; its poll waits as that of a real one, and it keeps what was done with it. */
// Not synchronized: a poll that waits must let a wakeup in, as that of a real consumer does.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class FakeConsumer extends MockConsumer<String, String> {
    static final TopicPartition A = new TopicPartition("orders", 0);
    static final TopicPartition B = new TopicPartition("orders", 1);

    private final Semaphore wakeups = new Semaphore(0);
    private final Map<TopicPartition, Long> given = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>(Map.of(A, 0L, B, 0L));

    /** Counted down when a poll has found nothing and waits. */
    final CountDownLatch waits = new CountDownLatch(1);

    /** What was committed and closed, and by which thread, in this order. */
    final List<String> done = Collections.synchronizedList(new ArrayList<>());

    /** What is done when a poll has found something, before it returns. */
    volatile Runnable whenFound = () -> {};

    volatile @Nullable RuntimeException commitFailure;
    volatile @Nullable RuntimeException closeFailure;
    private boolean wakeupPending;

    FakeConsumer() {
        super("earliest");
        assign(List.of(A, B));
        updateBeginningOffsets(Map.of(A, 0L, B, 0L));
    }

    /** Adds records to the partition; their values are its number and their own. */
    void add(TopicPartition partition, int count) {
        for (int i = 0; i < count; i++) {
            add(partition, ends.merge(partition, 1L, Long::sum) - 1);
        }
    }

    private void add(TopicPartition partition, long offset) {
        addRecord(new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                "key",
                partition.partition() + "-" + offset));
    }

    /** The mock forgets what it has given; a broker does not. */
    @Override
    public void seek(TopicPartition partition, long offset) {
        super.seek(partition, offset);
        long end = given.getOrDefault(partition, 0L);
        for (long again = offset; again < end; again++) {
            add(partition, again);
        }
    }

    @Override
    public ConsumerRecords<String, String> poll(Duration timeout) {
        ConsumerRecords<String, String> found = super.poll(Duration.ZERO);
        if (!found.isEmpty()) {
            found.nextOffsets().forEach((partition, next) -> given.put(partition, next.offset()));
            whenFound.run();
            return found;
        }
        waits.countDown();
        try {
            if (wakeups.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                wakeups.drainPermits();
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return super.poll(Duration.ZERO);
    }

    /** As if a wakeup were left that has not been thrown yet. */
    void leaveWakeup() {
        synchronized (done) {
            wakeupPending = true;
        }
    }

    @Override
    public void wakeup() {
        super.wakeup();
        wakeups.release();
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        synchronized (done) {
            if (wakeupPending) {
                wakeupPending = false;
                throw new WakeupException();
            }
        }
        if (commitFailure != null) {
            throw commitFailure;
        }
        super.commitSync(offsets);
        done.add("commit " + offset(offsets, A) + " " + offset(offsets, B) + by());
    }

    private static long offset(Map<TopicPartition, OffsetAndMetadata> offsets, TopicPartition its) {
        OffsetAndMetadata offset = offsets.get(its);
        return offset == null ? 0 : offset.offset();
    }

    @Override
    public void close() {
        close("in its own time");
    }

    @Override
    public void close(CloseOptions options) {
        close(options.timeout().orElseThrow().isNegative() ? "never" : "in time");
    }

    private void close(String how) {
        done.add("close " + how + by());
        if (closeFailure != null) {
            throw closeFailure;
        }
        super.close(CloseOptions.timeout(Duration.ZERO));
    }

    private static String by() {
        return " by " + Thread.currentThread().getName();
    }
}
