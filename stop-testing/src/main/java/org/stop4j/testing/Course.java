package org.stop4j.testing;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * The course of a virtual time: who takes part, who waits until when, and when the clock moves on.
 *
 * <p>The one rule: the clock moves only while every member waits, and then to the earliest instant that
 * somebody waits for, whose wait it ends. So a member must count as running from the moment at which it is
 * woken, not from when the system gets around to run it; therefore whoever wakes it counts it, in the same
 * step. Of several waits for one instant, one ends at a time, in the order in which they began: what a
 * woken member does at that instant comes before the next is woken.
 *
 * <p>Thread-safe; everything mutable is guarded by this object, the last of all locks to be taken.
 */
final class Course {
    /** A thread of which the course knows whether it waits. */
    static final class Member {
        final Thread thread;
        private @Nullable Wait wait;

        private Member(Thread thread) {
            this.thread = thread;
        }
    }

    private final Map<Thread, Member> members = new HashMap<>();
    private final NavigableSet<Wait> waits =
            new TreeSet<>(Comparator.<Wait>comparingLong(wait -> wait.due)
                    .thenComparingLong(wait -> wait.number));
    private final Standstill standstill;
    private Thread test;
    private int running;
    private long elapsed;
    private long numbers;
    private boolean closed;
    private @Nullable String diagnosis;

    /** The thread is that of the test, and the first member. */
    Course(Thread test, Standstill standstill) {
        this.test = test;
        this.standstill = standstill;
        enter(test);
    }

    synchronized long elapsed() {
        return elapsed;
    }

    // ---- members

    /** Takes the thread in, as one that runs; false if it was in already. */
    synchronized boolean enter(Thread thread) {
        if (members.putIfAbsent(thread, new Member(thread)) != null) {
            return false;
        }
        running++;
        return true;
    }

    /** Lets the thread go, which runs, or never came to. */
    synchronized void leave(Thread thread) {
        if (members.remove(thread) != null) {
            running--;
            standstill.progress();
            advance();
            notifyAll();
        }
    }

    /** Makes another thread that of the test: JUnit may run a test beside the thread that prepares it. */
    synchronized void handTo(Thread other) {
        if (other != test) {
            enter(other);
            leave(test);
            test = other;
        }
    }

    /** Those that have been let in and not gone, without that of the test. */
    synchronized Set<Thread> threads() {
        Set<Thread> threads = new LinkedHashSet<>(members.keySet());
        threads.remove(test);
        return threads;
    }

    // ---- waiting

    /**
     * Begins a wait of the current thread; {@link #await} must follow. Between the two, what the wait is for
     * can be let go of.
     */
    synchronized Wait begin(long nanos, @Nullable VirtualMonitor at, boolean interruptible)
            throws InterruptedException {
        Thread thread = Thread.currentThread();
        if (closed) {
            throw new ClosedException();
        }
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
        Member member = members.get(thread);
        Wait wait = new Wait(thread, member, at, dueIn(nanos), numbers++, interruptible);
        waits.add(wait);
        if (at != null) {
            at.waits.add(wait);
        }
        standstill.progress();
        if (member != null) {
            member.wait = wait;
            running--;
            advance();
        }
        return wait;
    }

    private long dueIn(long nanos) {
        return nanos >= Wait.NEVER - elapsed ? Wait.NEVER : elapsed + nanos;
    }

    /** Waits until the wait is over. */
    void await(Wait wait) throws InterruptedException {
        boolean interrupted = false;
        while (wait.outcome == null) {
            LockSupport.parkNanos(this, standstill.lookNanos());
            // Threads of this time are woken by who interrupts them; others have to see it
            // themselves. Who does not want to see it must not park with it either.
            if (Thread.interrupted()) {
                interrupted = true;
                if (wait.interruptible) {
                    wake(wait, Wait.Outcome.INTERRUPTED);
                }
            }
            look();
        }
        if (wait.outcome == Wait.Outcome.INTERRUPTED) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (wait.outcome == Wait.Outcome.CLOSED) {
            throw new ClosedException();
        }
        if (wait.outcome == Wait.Outcome.STOOD_STILL) {
            throw new IllegalStateException(takeDiagnosis());
        }
    }

    private synchronized boolean wake(Wait wait, Wait.Outcome outcome) {
        if (wait.outcome != null) {
            return false;
        }
        wait.outcome = outcome;
        waits.remove(wait);
        if (wait.at != null) {
            wait.at.waits.remove(wait);
        }
        Member member = wait.member;
        if (member != null) {
            member.wait = null;
            running++;
        }
        standstill.progress();
        LockSupport.unpark(wait.thread);
        return true;
    }

    private void advance() {
        while (running == 0 && !waits.isEmpty() && !waits.first().isForEver()) {
            Wait next = waits.first();
            elapsed = Math.max(elapsed, next.due);
            wake(next, Wait.Outcome.DUE);
        }
    }

    /** Ends the wait that has begun first at the monitor, if there is one. */
    synchronized boolean signal(VirtualMonitor at) {
        return !at.waits.isEmpty() && wake(at.waits.iterator().next(), Wait.Outcome.SIGNALLED);
    }

    /** A member was interrupted; it counts as running before whoever did that goes on. */
    synchronized void interrupted(Thread thread) {
        Member member = members.get(thread);
        Wait wait = member == null ? null : member.wait;
        // It may have seen the interrupt meanwhile, and wait for something else.
        if (wait != null && wait.interruptible && thread.isInterrupted()) {
            wake(wait, Wait.Outcome.INTERRUPTED);
        }
    }

    // ---- standing still

    private synchronized void look() {
        Member its = members.get(test);
        if (its == null || waits.isEmpty() || diagnosis != null) {
            return;
        }
        Wait wait = its.wait;
        boolean testWaits = wait != null;
        // A test that does something else for a while holds up only who waits for an instant.
        if (!testWaits && (waits.first().isForEver() || !Standstill.isBlocked(test))) {
            standstill.progress();
        } else if (standstill.lasts(running == 0)) {
            diagnosis = describe();
            if (wait != null) {
                wake(wait, Wait.Outcome.STOOD_STILL);
            } else {
                test.interrupt();
            }
        }
    }

    private String describe() {
        List<Member> all = new ArrayList<>(members.values());
        all.sort(Comparator.comparing(member -> member.thread.getName()));
        StringBuilder text = Standstill.begin(elapsed, running);
        for (Member member : all) {
            Standstill.describe(member.thread, member.wait, text);
        }
        return text.toString();
    }

    /** Why the time stood still, if nobody has been told; then somebody has. */
    synchronized @Nullable String takeDiagnosis() {
        String taken = diagnosis;
        diagnosis = null;
        return taken;
    }

    // ---- the end

    /** Ends all waits, now and later. */
    synchronized void close() {
        closed = true;
        for (Wait wait : List.copyOf(waits)) {
            wake(wait, Wait.Outcome.CLOSED);
        }
        leave(test);
    }

    /** Waits, in the time of the JVM, until no member is left; returns those that are left after a while. */
    synchronized List<Thread> awaitEnd(long realMillis) throws InterruptedException {
        long left = realMillis;
        while (!members.isEmpty() && left > 0) {
            wait(Math.min(left, 10));
            left -= 10;
        }
        return members.isEmpty() ? Collections.emptyList() : new ArrayList<>(members.keySet());
    }
}
