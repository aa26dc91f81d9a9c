package org.stop4j.testing;

import org.jspecify.annotations.Nullable;

/** One thread's waiting for one thing, until it is woken. Guarded by its {@link Course}, but for the outcome. */
final class Wait {
    /** Why it is over. */
    enum Outcome {
        SIGNALLED,
        DUE,
        INTERRUPTED,
        CLOSED,
        STOOD_STILL
    }

    /** Too far away to be waited for: without a signal, the wait is for ever. */
    static final long NEVER = Long.MAX_VALUE;

    final Thread thread;
    /** The thread, if it takes part in the time. */
    final Course.@Nullable Member member;
    /** The monitor at which somebody may signal; none for a sleep. */
    final @Nullable VirtualMonitor at;
    /** Nanoseconds after the beginning of the time. */
    final long due;
    /** Makes waits for the same instant end in the order in which they began. */
    final long number;

    final boolean interruptible;

    /** Written once, before the thread is unparked. */
    volatile @Nullable Outcome outcome;

    Wait(
            Thread thread,
            Course.@Nullable Member member,
            @Nullable VirtualMonitor at,
            long due,
            long number,
            boolean interruptible) {
        this.thread = thread;
        this.member = member;
        this.at = at;
        this.due = due;
        this.number = number;
        this.interruptible = interruptible;
    }

    boolean isForEver() {
        return due == NEVER;
    }
}
