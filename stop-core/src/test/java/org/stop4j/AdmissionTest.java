package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.internal.Threads;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The count of who is in; what its threads may do to each other is also in the tests by jcstress. */
@Timeout(120)
class AdmissionTest {
    private final AtomicInteger told = new AtomicInteger();
    private final Admission admission = new Admission(told::incrementAndGet);

    @RegisterExtension
    private final Threads threads = new Threads();

    /** Two cells that are not the same: threads made one after the other have such. */
    private final int cell = admission.cell();

    private int otherCell() throws InterruptedException {
        AtomicInteger other = new AtomicInteger(cell);
        while (other.get() == cell) {
            threads.start(() -> other.set(admission.cell())).join();
        }
        return other.get();
    }

    // ---- alone

    @Test
    void whoEntersIsCountedUntilHeLeaves() {
        assertThat(admission.count()).isZero();
        assertThat(admission.enter(cell)).isTrue();
        assertThat(admission.enter(cell)).isTrue();
        assertThat(admission.count()).isEqualTo(2);
        assertThat(admission.leave(cell)).isTrue();
        assertThat(admission.count()).isEqualTo(1);
        assertThat(admission.leave(cell)).isTrue();
        assertThat(admission.count()).isZero();
        assertThat(told).hasValue(0); // it is open
    }

    @Test
    void theCountsOfAllCellsAreSummed() throws Exception {
        int other = otherCell();
        admission.enter(cell);
        admission.enter(other);
        assertThat(admission.count()).isEqualTo(2);
        assertThat(admission.admitted()).isEqualTo(2);
    }

    @Test
    void aThreadStaysWithItsCell() throws Exception {
        assertThat(admission.cell()).isEqualTo(cell);
        threads.start(() -> assertThat(admission.cell()).isEqualTo(admission.cell()))
                .join();
        assertThat(threads.failures()).isEmpty();
    }

    @Test
    void nobodyIsLetInOnceItIsClosedAtAnyCell() throws Exception {
        int other = otherCell();
        assertThat(admission.isClosed()).isFalse();
        admission.close();
        assertThat(admission.isClosed()).isTrue();
        assertThat(admission.enter(cell)).isFalse();
        assertThat(admission.enter(other)).isFalse();
        assertThat(admission.count()).isZero();
        assertThat(admission.admitted()).isZero();
    }

    @Test
    void theLastToLeaveAfterTheClosingTellsAndNoneBefore() throws Exception {
        int other = otherCell();
        admission.enter(cell);
        admission.enter(cell);
        admission.enter(other);
        admission.close();
        admission.close();

        assertThat(admission.leave(cell)).isTrue();
        assertThat(admission.leave(other)).isTrue();
        assertThat(told).hasValue(0);
        assertThat(admission.leave(cell)).isTrue();
        assertThat(told).hasValue(1);
        assertThat(admission.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoLeavesWithoutHavingEnteredIsFoundOutAndChangesNothing(boolean closed) throws Exception {
        int other = otherCell();
        admission.enter(other);
        if (closed) {
            admission.close();
        }
        assertThat(admission.leave(cell)).isFalse();
        assertThat(admission.leave(cell)).isFalse();
        assertThat(admission.count()).isEqualTo(1);
        assertThat(admission.leave(other)).isTrue();
        assertThat(admission.count()).isZero();
    }

    @Test
    void whoIsAdmittedIsCountedForGoodAndWhoIsRefusedIsNot() {
        for (int i = 0; i < 100_000; i++) {
            admission.enter(cell);
            admission.leave(cell);
        }
        assertThat(admission.admitted()).isEqualTo(100_000);
        admission.close();
        admission.enter(cell);
        assertThat(admission.admitted()).isEqualTo(100_000);
    }

    // ---- together

    @Test
    void thousandsOfThreadsAreCountedOneByOne() throws Exception {
        int many = 2_000;
        CountDownLatch in = new CountDownLatch(many);
        CountDownLatch leave = new CountDownLatch(1);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            all.add(threads.start(() -> {
                int its = admission.cell();
                admission.enter(its);
                in.countDown();
                leave.await();
                assertThat(admission.leave(its)).isTrue();
            }));
        }
        in.await();
        assertThat(admission.count()).isEqualTo(many);
        admission.close();
        assertThat(admission.count()).isEqualTo(many);
        leave.countDown();
        for (Thread each : all) {
            each.join();
        }
        assertThat(admission.count()).isZero();
        assertThat(told.get()).isPositive();
        assertThat(threads.failures()).isEmpty();
    }
}
