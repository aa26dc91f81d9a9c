package org.stop4j.testing;

import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A time that passes by itself while nobody does anything: whatever is waited for comes at once, and in its
 * order.
 *
 * <p>Its members are the threads that {@link #thread} makes and the one that created it, usually that of the
 * test. While any of them runs, the clock stands. When all of them wait by this time (by a {@link
 * #monitor}, {@link #sleep} or {@link #hang}), it moves on to the earliest instant that one of them waits for.
 * So a program that waits by this time alone sees the same instants every time, however slow the machine is:
 *
 * <pre>{@code
 * try (VirtualTime time = new VirtualTime()) {
 *     RecordingExit exit = new RecordingExit(time);
 *     Stop stop = Stop.builder().time(time).exit(exit).start();
 *     stop.step(Phase.DRAIN, "http", deadline -> time.sleep(Duration.ofSeconds(3)));
 *     stop.request("test");
 *     assertEquals(0, exit.await());
 *     assertEquals(Duration.ofSeconds(3), time.elapsed());
 * }
 * }</pre>
 *
 * <p>Other threads may use it, too: what they signal is seen, and what they wait for comes; but the clock
 * does not wait for them. A member that waits for something else, say a {@link
 * java.util.concurrent.CountDownLatch}, counts as running. If therefore nothing has happened for 10 s of the
 * JVM's time although somebody waits, or for 2 s when all members wait for ever, the thread of the test gets an
 * {@link IllegalStateException} that lists what each member does: out of its wait, or, if it waits for
 * something else, out of {@link #close} after an interrupt.
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
public final class VirtualTime implements Time, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final long start;
    private final Duration patience;
    private final Course course;

    /** Begins a time whose clock starts at zero. The current thread takes part until {@link #close}. */
    public VirtualTime() {
        this(0);
    }

    /**
     * Begins a time. The current thread takes part until {@link #close}.
     *
     * @param start what {@link #nanos} returns at first; any number, since clocks wrap
     */
    public VirtualTime(long start) {
        this(start, PATIENCE);
    }

    VirtualTime(long start, Duration patience) {
        this.start = start;
        this.patience = patience;
        course = new Course(Thread.currentThread(), new Standstill(patience));
    }

    // ---- as a time

    @Override
    public long nanos() {
        return start + course.elapsed();
    }

    @Override
    public Monitor monitor() {
        return new VirtualMonitor(course);
    }

    /**
     * Makes a daemon thread that takes part in this time from its start to its end.
     *
     * @param work what it runs
     * @param name its name
     * @return the thread, not started
     */
    @Override
    public Thread thread(Runnable work, String name) {
        return new MemberThread(course, work, name);
    }

    // ---- for tests and their steps

    /**
     * Tells how much time has passed.
     *
     * @return the time since the beginning
     */
    public Duration elapsed() {
        return Duration.ofNanos(course.elapsed());
    }

    /**
     * Lets time pass: what a step of a test does instead of work.
     *
     * @param length how long; zero or less returns at once
     * @throws InterruptedException if the thread is or becomes interrupted
     * @throws IllegalStateException if this time is or becomes closed
     */
    public void sleep(Duration length) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!length.isNegative() && !length.isZero()) {
            course.await(course.begin(saturatedNanos(length), null, true));
        }
    }

    /**
     * Waits for ever.
     *
     * @throws InterruptedException if the thread is or becomes interrupted
     * @throws IllegalStateException when this time is closed
     */
    public void hang() throws InterruptedException {
        course.await(course.begin(Wait.NEVER, null, true));
    }

    /**
     * Waits for ever, whoever interrupts.
     *
     * @throws IllegalStateException when this time is closed
     */
    public void hangUninterruptibly() {
        try {
            course.await(course.begin(Wait.NEVER, null, false));
        } catch (InterruptedException impossible) {
            throw new AssertionError("it was not to be interrupted", impossible);
        }
    }

    /**
     * Makes an executor with one thread, which takes part in this time from the first task on. It behaves
     * as that of {@link java.util.concurrent.Executors#newSingleThreadScheduledExecutor()}: after {@link
     * ScheduledExecutorService#shutdown}, what was to run once still runs at its time, and what repeats does
     * not. Waiting for one of its futures is waiting by this time.
     *
     * @return a new one
     */
    public ScheduledExecutorService scheduler() {
        return new VirtualScheduler(this);
    }

    /**
     * Makes an executor that runs each task on a thread of its own, which takes part in this time.
     *
     * @return a new one
     */
    public Executor executor() {
        return task -> thread(task, "virtual-task").start();
    }

    /**
     * Tells which threads this time has now, without that of the test: an empty set shows that nobody was left
     * behind.
     *
     * @return the threads that were made by {@link #thread}, begun, and have not ended
     */
    public Set<Thread> threads() {
        return course.threads();
    }

    // ---- the end

    /** From now on the current thread is that of the test. */
    void handOver() {
        course.handTo(Thread.currentThread());
    }

    /**
     * Ends this time and its threads: whoever waits by it, now or later, gets an {@link
     * IllegalStateException}, and who waits for something else is interrupted. When this returns, all its
     * threads have ended. Closing again does nothing.
     *
     * @throws IllegalStateException if a thread does not end within 10 s of the JVM's time, which names it and
     *     tells where it is; or if this time had stood still and nobody was told yet
     */
    @Override
    public void close() {
        String stoodStill = course.takeDiagnosis();
        course.close();
        for (Thread thread : course.threads()) {
            thread.interrupt();
        }
        List<Thread> left = awaitEnd();
        if (!left.isEmpty()) {
            throw new IllegalStateException(describe(left));
        }
        if (stoodStill != null) {
            throw new IllegalStateException(stoodStill);
        }
    }

    private List<Thread> awaitEnd() {
        boolean interrupted = Thread.interrupted();
        try {
            return course.awaitEnd(patience.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
            return List.copyOf(course.threads());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String describe(List<Thread> left) {
        StringJoiner names = new StringJoiner(", ");
        StringBuilder places = new StringBuilder();
        for (Thread thread : left) {
            names.add('"' + thread.getName() + '"');
            Standstill.describe(thread, null, places);
        }
        return "the virtual time is closed, but threads of it have not ended: " + names + places;
    }

    static long saturatedNanos(Duration length) {
        return length.toSeconds() >= Long.MAX_VALUE / 1_000_000_000
                ? Long.MAX_VALUE
                : length.toNanos();
    }
}
