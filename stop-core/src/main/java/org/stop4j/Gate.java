package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Admits work until the stop closes it, and knows when none is left.
 *
 * <p>Whoever begins something that must not be lost (a request, a message, a job) enters before, and leaves
 * after. What was admitted is waited for, until the time of phase {@link Phase#DRAIN} is over; what comes
 * later is refused. Admitting and closing are one atomic step: nothing is admitted that is not waited for.
 *
 * <p>There are three kinds of work:
 *
 * <ul>
 *   <li><b>plain</b>, only counted: {@link #tryEnter()} and {@link #exit()}, on the same thread. It costs
 *       about as much as counting up and down, and allocates nothing.
 *   <li><b>named</b>: {@link #enter(String)} returns a {@link Work} to be closed, on any thread. While it is
 *       in flight it is listed with its name and age: in the status, in the log when half of the time is over,
 *       and in the report, with its stack, if the stop could not wait for it any longer.
 *   <li><b>long-lived</b>: {@link #enterLongLived} is for what does not end by itself. It is told when the
 *       stop begins, and from then on has a limit of its own ({@link Stop.Builder#longLived}).
 * </ul>
 *
 * <p>The gate is open from the beginning, also while {@link Stop.Builder#start} is still at work, and stays open
 * while the process is {@link State#DRAINING}; it is closed for good when it goes on to {@link
 * State#STOPPING}. What is in flight may leave at any time later.
 *
 * <p>Safe to use from any thread. It belongs to one {@link Stop}.
 *
 * @see Stop#gate
 * @since 0.1
 */
public final class Gate {
    /**
     * The name of the step, in phase {@link Phase#DRAIN}, that waits for what is in flight. A step that
     * closes a listener or a server comes {@linkplain RegisteredStep#after after} it.
     */
    public static final String STEP = "work in flight";

    /**
     * The name of the step, in phase {@link Phase#NOTIFY} after all others, that waits until nobody comes any
     * more ({@link Stop.Builder#quietWait}). What is to be done as the very last thing with the gate open is a step
     * of that phase {@linkplain RegisteredStep#after after} it; where there is no quiet wait, that step comes
     * after all others all the same.
     */
    public static final String QUIET_WAIT = "quiet wait";

    private final Time time;
    private final Log log;
    private final Time.Monitor monitor;
    private final Admission admission = new Admission(new TellEmpty());
    private final Set<Work> named = ConcurrentHashMap.newKeySet();
    private final LongAdder refused = new LongAdder();
    private final AtomicBoolean saidTwice = new AtomicBoolean();
    private final Runnable whenLongLived;
    /** That there was news since the last wait for it; of the monitor. */
    private boolean news;

    /** The task is run before the first long-lived work, and may be run again. */
    Gate(Time time, Log log, Runnable whenLongLived) {
        this.time = time;
        this.log = log;
        this.whenLongLived = whenLongLived;
        monitor = time.monitor();
    }

    // ---- plain

    /**
     * Admits plain work, unless the gate is closed.
     *
     * @return whether it is admitted; then, and only then, this thread must {@link #exit}
     */
    public boolean tryEnter() {
        boolean admitted = admission.enter(admission.cell());
        if (!admitted) {
            refused.increment();
        }
        return admitted;
    }

    /**
     * Admits plain work; then this thread must {@link #exit}.
     *
     * @throws StoppingException if the gate is closed
     */
    public void enter() {
        if (!tryEnter()) {
            throw refusal("work");
        }
    }

    /**
     * Tells that plain work is done, on the thread that entered. To exit more often than one has entered
     * changes nothing, as far as that can be seen (others may be in), and is logged at WARNING, once for each
     * gate, with the place. What ends on another thread is entered by name.
     */
    public void exit() {
        if (!admission.leave(admission.cell())) {
            leftTwice("exit() without an enter() on this thread ("
                    + Thread.currentThread().getName() + ')');
        }
    }

    // ---- named

    /**
     * Admits work by a name.
     *
     * @param name what it is called, for people; need not be unique
     * @return the work, to be closed when it is done
     * @throws StoppingException if the gate is closed
     */
    public Work enter(String name) {
        return tryEnter(name).orElseThrow(() -> refusal("work \"" + name + '"'));
    }

    /**
     * Admits work by a name, unless the gate is closed.
     *
     * @param name what it is called, for people; need not be unique
     * @return the work, to be closed when it is done; nothing if it is refused
     */
    public Optional<Work> tryEnter(String name) {
        Objects.requireNonNull(name, "name");
        return Optional.ofNullable(admit(name, null, null));
    }

    /**
     * Admits work by a name, unless the gate is closed; for adapters. The other method notes the place from
     * which it was called, which takes a microsecond, and in an adapter is always the same.
     *
     * @param name what it is called, for people: {@code GET /orders/42}
     * @param by who admits it, for people: {@code by the servlet filter}
     * @return the work, to be closed when it is done; nothing if it is refused
     */
    public Optional<Work> tryEnter(String name, String by) {
        Objects.requireNonNull(name, "name");
        return Optional.ofNullable(admit(name, Objects.requireNonNull(by, "by"), null));
    }

    /**
     * Admits work that this process has begun by itself, unless the gate is closed; for adapters: a scheduled job, a
     * task that a request has left behind. It is waited for like any other; but that such work begins does not prolong
     * the quiet wait, which is about what others send.
     *
     * @param name what it is called, for people: {@code job cleanUp}
     * @param by who admits it, for people: {@code by the scheduler}
     * @return the work, to be closed when it is done; nothing if it is refused
     */
    public Optional<Work> tryEnterOwn(String name, String by) {
        Objects.requireNonNull(name, "name");
        return Optional.ofNullable(admit(name, Objects.requireNonNull(by, "by"), null, true));
    }

    /**
     * Admits work that does not end by itself.
     *
     * @param name what it is called, for people; need not be unique
     * @param told how it is told that the process stops. If it does already, that happens soon, perhaps before this
     *     returns
     * @return the work, to be closed when it has ended
     * @throws StoppingException if the gate is closed
     */
    public Work enterLongLived(String name, LongLived told) {
        return tryEnterLongLived(name, told)
                .orElseThrow(() -> refusal("long-lived work \"" + name + '"'));
    }

    /**
     * Admits work that does not end by itself, unless the gate is closed.
     *
     * @param name what it is called, for people; need not be unique
     * @param told how it is told that the process stops. If it does already, that happens soon, perhaps before this
     *     returns
     * @return the work, to be closed when it has ended; nothing if it is refused
     */
    public Optional<Work> tryEnterLongLived(String name, LongLived told) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(told, "told");
        whenLongLived.run();
        Work work = admit(name, null, told);
        return work == null ? Optional.empty() : Optional.of(work.leaveThread());
    }

    private @Nullable Work admit(String name, @Nullable String by, @Nullable LongLived told) {
        return admit(name, by, told, false);
    }

    private @Nullable Work admit(
            String name, @Nullable String by, @Nullable LongLived told, boolean own) {
        int cell = admission.cell();
        if (!(own ? admission.enterUncounted(cell) : admission.enter(cell))) {
            refused.increment();
            return null;
        }
        boolean listed = false;
        try {
            Work.Origin origin = by == null ? placeOfCaller() : new Work.Origin(by, null);
            Work work = new Work(this, name, cell, time.nanos(), origin, told);
            named.add(work);
            listed = true;
            if (told != null && !isOpen()) {
                tellEmpty(); // who tells it waits for news
            }
            return work;
        } finally {
            if (!listed) { // no memory: nobody could ever leave for it
                admission.leave(cell);
            }
        }
    }

    private static Work.Origin placeOfCaller() {
        StackTraceElement frame = StackWalker.getInstance()
                .walk(frames -> frames.map(StackWalker.StackFrame::toStackTraceElement)
                        .filter(one -> !one.getClassName().equals(Gate.class.getName()))
                        .findFirst()
                        .orElse(null));
        return new Work.Origin("at", frame);
    }

    private static StoppingException refusal(String what) {
        return new StoppingException(
                what + " is refused: the process is stopping, and its gate is closed");
    }

    void left(Work work) {
        named.remove(work);
        admission.leave(work.cell());
    }

    void leftTwice(String what) {
        if (saidTwice.compareAndSet(false, true)) {
            log.warning(
                    what + "; it changes nothing, and is not said again", new Throwable("here"));
        }
    }

    // ---- looking

    /**
     * Tells whether work is admitted.
     *
     * @return true until the process goes on to {@link State#STOPPING}
     */
    public boolean isOpen() {
        return !admission.isClosed();
    }

    /**
     * Counts what is in flight, of all kinds.
     *
     * @return how many are in; as of about now while the gate is open; exact once it is closed and those who came
     *     in that instant have been refused, who may be counted until then
     */
    public long inFlight() {
        return admission.count();
    }

    /**
     * Counts what was refused.
     *
     * @return how many were refused until now
     */
    public long refused() {
        return refused.sum();
    }

    /**
     * Lists what is in flight by name.
     *
     * @return the named and the long-lived work, as of about now, the oldest first
     */
    public List<WorkInFlight> named() {
        long now = time.nanos();
        List<WorkInFlight> list = new ArrayList<>();
        for (Work work : namedByAge()) {
            list.add(work.look(now));
        }
        return list;
    }

    /**
     * Waits until the gate is closed and nothing is in flight. Work that calls this waits for itself.
     *
     * @param limit how long at most; zero or less only looks
     * @return whether it is so
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean awaitEmpty(Duration limit) throws InterruptedException {
        long from = time.nanos();
        long nanos = Math.min(Durations.saturatedNanos(limit), Long.MAX_VALUE / 2);
        monitor.lock();
        try {
            long left = nanos;
            // Looked at once each time: one who is just being refused may count for a moment, even
            // now.
            boolean empty = isEmpty();
            while (!empty && left > 0) {
                monitor.await(left);
                left = nanos - (time.nanos() - from);
                empty = isEmpty();
            }
            return empty;
        } finally {
            monitor.unlock();
        }
    }

    // ---- the side of the stop

    /** Lets nobody in any more from when this returns. */
    void close() {
        admission.close();
        tellEmpty();
    }

    /** How many were admitted until now, but for own work, modulo 2 to the 32. */
    int admitted() {
        return admission.admitted();
    }

    boolean isEmpty() {
        return admission.isClosed() && admission.count() == 0;
    }

    private void tellEmpty() {
        monitor.lock();
        try {
            news = true;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /** The oldest first. */
    List<Work> namedByAge() {
        long now = time.nanos();
        List<Work> works = new ArrayList<>(named);
        works.sort(new ByAge(now));
        return works;
    }

    /** Classes rather than lambdas: linking the first one costs a stop, and every start, 2 ms. */
    private record ByAge(long now) implements Comparator<Work> {
        @Override
        public int compare(Work a, Work b) {
            return Long.compare(a.since() - now, b.since() - now);
        }
    }

    private final class TellEmpty implements Runnable {
        @Override
        public void run() {
            tellEmpty();
        }
    }

    /** What is to be told of the stop, and was not. */
    List<Work> untold() {
        List<Work> works = new ArrayList<>();
        for (Work work : named) {
            if (work.isLongLived() && !work.isTold()) {
                works.add(work);
            }
        }
        return works;
    }

    /**
     * Waits until it may have become empty, or long-lived work has come after the closing; for a time at most.
     * What has come since the last call counts: it may be just after whoever calls has looked. For one thread.
     */
    void awaitNews(long nanos) throws InterruptedException {
        monitor.lock();
        try {
            if (!news && !isEmpty()) {
                monitor.await(nanos);
            }
            news = false;
        } finally {
            monitor.unlock();
        }
    }
}
