package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Tells long-lived work that the stop has begun. Used by one thread, that of a step. */
final class Teller {
    /** How long telling one of them may take: microseconds, if the machine has nothing else to do. */
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final Traffic traffic;
    private final Traffic.LongLivedLimits limits;
    private final @Nullable ClassLoader loader;
    private final List<IllegalStateException> failures = new ArrayList<>();
    private int told;

    Teller(Traffic traffic, Traffic.LongLivedLimits limits, @Nullable ClassLoader loader) {
        this.traffic = traffic;
        this.limits = limits;
        this.loader = loader;
    }

    /** Tells those that nobody has told, spread over the pace, which a second signal cuts short. */
    void tellInTurn(Deadline deadline) throws InterruptedException {
        long pace = Durations.saturatedNanos(limits.pace());
        tell(deadline, Math.min(pace, deadline.remainingNanos() / 2));
    }

    /** Tells those that nobody has told. */
    void tell(Deadline deadline) throws InterruptedException {
        tell(deadline, 0);
    }

    private void tell(Deadline deadline, long spread) throws InterruptedException {
        List<Work> works = traffic.gate().untold();
        if (works.isEmpty()) {
            return;
        }
        // What hangs in there must not take the time of those who do not.
        long all = Math.max(PATIENCE_NANOS, deadline.remainingNanos() / 4);
        Aside aside = new Aside(traffic.time(), PATIENCE_NANOS, all, loader);
        try {
            long begin = traffic.time().nanos();
            for (int i = 0; i < works.size(); i++) {
                awaitTurn(begin + spread / works.size() * i);
                tell(works.get(i), aside);
            }
        } finally {
            aside.end();
        }
    }

    private void awaitTurn(long instant) throws InterruptedException {
        long left = instant - traffic.time().nanos();
        while (left > 0 && !traffic.isInHurry()) {
            traffic.pause(Math.min(left, Traffic.LOOK_NANOS));
            left = instant - traffic.time().nanos();
        }
    }

    private void tell(Work work, Aside aside) {
        LongLived its = work.toTell(traffic.time().nanos());
        if (its == null) {
            return;
        }
        told++;
        Call call = new Call(its, Deadline.after(limits.limit(), traffic.time()));
        String what = "telling \"" + work.name() + "\" that the process stops ";
        if (!aside.call(call)) {
            failures.add(new IllegalStateException(what + "hung at " + aside.place()));
        } else if (call.failure != null) {
            failures.add(new IllegalStateException(
                    what + "failed: " + Description.of(call.failure), call.failure));
        }
    }

    private static final class Call implements Runnable {
        private final LongLived longLived;
        private final Deadline deadline;
        private volatile @Nullable Throwable failure;

        private Call(LongLived longLived, Deadline deadline) {
            this.longLived = longLived;
            this.deadline = deadline;
        }

        // Throwable: other languages throw checked exceptions where none is declared.
        @Override
        @SuppressWarnings("CatchingUnchecked")
        public void run() {
            try {
                longLived.stopping(deadline);
            } catch (Throwable thrown) {
                failure = thrown;
            }
        }
    }

    /** How many were told. */
    int told() {
        return told;
    }

    /** Also that went wrong. */
    void failed(String what) {
        failures.add(new IllegalStateException(what));
    }

    /** Throws what went wrong: the first, with the others suppressed in it. */
    void throwFailures() {
        if (failures.isEmpty()) {
            return;
        }
        IllegalStateException first = failures.get(0);
        failures.subList(1, failures.size()).forEach(first::addSuppressed);
        throw first;
    }
}
