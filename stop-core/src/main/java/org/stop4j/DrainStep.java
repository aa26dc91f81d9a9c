package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CompletionStage;

/** Waits until nothing is in flight any more; the gate was closed before. */
final class DrainStep extends StepWork {
    private final Traffic traffic;
    /** How many there were in the beginning; -1 before. */
    private volatile long inFlight = -1;

    private volatile boolean empty;

    DrainStep(Traffic traffic) {
        this.traffic = traffic;
    }

    @Override
    @Nullable
    CompletionStage<?> begin(Deadline deadline, Reason reason) throws InterruptedException {
        Gate gate = traffic.gate();
        inFlight = gate.inFlight();
        Teller teller = traffic.teller();
        while (!gate.isEmpty()) {
            teller.tell(deadline);
            // Its own limit ends this by an interrupt.
            gate.awaitNews(giveUpOverdue(teller));
        }
        empty = true;
        teller.throwFailures();
        return null;
    }

    /** Waits no longer for long-lived work whose limit is over. Returns in how long to look again. */
    private long giveUpOverdue(Teller teller) {
        long now = traffic.time().nanos();
        long limit = Durations.saturatedNanos(traffic.longLivedLimit());
        long next = Long.MAX_VALUE;
        List<WorkInFlight> givenUp = new ArrayList<>();
        for (Work work : traffic.gate().namedByAge()) {
            if (work.isTold()) {
                long left = limit - (now - work.toldAt());
                if (left > 0) {
                    next = Math.min(next, left);
                } else if (work.giveUp()) {
                    givenUp.add(work.look(now));
                }
            }
        }
        if (!givenUp.isEmpty()) {
            teller.failed(givenUp.size() + " long-lived were told, and still in flight at their"
                    + " limit of " + Durations.plain(traffic.longLivedLimit()) + ": "
                    + Traffic.names(givenUp));
        }
        return next;
    }

    @Override
    List<Thread> threads(@Nullable Thread own) {
        List<Thread> threads = new ArrayList<>();
        for (Work work : first()) {
            Thread its = work.thread();
            if (its != null && its.isAlive() && !threads.contains(its)) {
                threads.add(its);
            }
        }
        threads.addAll(super.threads(own));
        return threads;
    }

    @Override
    List<ThreadStack> known() {
        List<ThreadStack> origins = new ArrayList<>();
        for (Work work : first()) {
            Thread its = work.thread();
            if (its == null || !its.isAlive()) {
                origins.add(work.origin());
            }
        }
        return origins;
    }

    private List<Work> first() {
        List<Work> works = traffic.gate().namedByAge();
        return works.subList(0, Math.min(Traffic.MOST_NAMED, works.size()));
    }

    @Override
    String detail() {
        StringJoiner words = new StringJoiner("; ");
        if (empty && inFlight > 0) {
            words.add(inFlight + " ended");
        } else if (inFlight > 0) {
            words.add("of " + inFlight + " still " + traffic.inWords());
        }
        if (traffic.refused() > 0) {
            words.add(traffic.refused() + " refused");
        }
        return words.toString();
    }
}
