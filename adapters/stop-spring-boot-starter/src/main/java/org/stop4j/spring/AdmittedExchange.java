package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.stop4j.Gate;
import org.stop4j.LongLived;
import org.stop4j.StoppingException;
import org.stop4j.Work;

import java.util.concurrent.atomic.AtomicReference;

/**
 * An exchange that was let in, until it is over.
 *
 * <p>Thread-safe.
 */
final class AdmittedExchange {
    private final Gate gate;
    /** What it counts as; null when it is over. */
    private final AtomicReference<@Nullable Work> work;

    AdmittedExchange(Gate gate, Work work) {
        this.gate = gate;
        this.work = new AtomicReference<>(work);
    }

    /**
     * Says that it does not end by itself.
     *
     * @throws StoppingException if the gate has been closed meanwhile
     */
    void longLived(LongLived told) {
        Work before = work.get();
        if (before == null) {
            return;
        }
        // In twice for a moment, since it must not be out for one.
        Work lasting = gate.enterLongLived(before.name(), told);
        if (work.compareAndSet(before, lasting)) {
            before.close();
        } else {
            lasting.close(); // it has ended meanwhile
        }
    }

    /** It is over; further calls do nothing. */
    void close() {
        Work its = work.getAndSet(null);
        if (its != null) {
            its.close();
        }
    }
}
