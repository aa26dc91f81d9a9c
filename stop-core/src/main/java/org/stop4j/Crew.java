package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The threads on which steps run. There are as many as run side by side, up to {@link #QUICK} at once; when
 * those are all held up, {@link #grow} adds others one by one, so that thousands of quick steps need few
 * threads and thousands of slow ones get theirs all the same. A thread whose step was given up is left
 * behind and replaced.
 *
 * <p>Thread-safe: everything mutable is guarded by the monitor.
 */
final class Crew {
    /** How many threads are made without waiting whether those that are there will do. */
    static final int QUICK = 64;

    private final Time time;
    private final Time.Monitor monitor;
    private final @Nullable ClassLoader loader;
    private final Deque<StepRun> queue = new ArrayDeque<>();
    private int threads;
    private int idle;
    private boolean ended;
    /** The last attempt to make a thread has failed. */
    private boolean lacking;

    Crew(Time time, @Nullable ClassLoader loader) {
        this.time = time;
        this.loader = loader;
        monitor = time.monitor();
    }

    /** Has these steps run. Without a thread to be had, they stay in the queue: see {@link #helpOut}. */
    void run(List<StepRun> steps) {
        int wanted;
        monitor.lock();
        try {
            queue.addAll(steps);
            wanted = Math.max(0, Math.min(queue.size() - idle, QUICK - threads));
            threads += wanted;
            if (steps.size() == 1) {
                monitor.signal();
            } else {
                monitor.signalAll();
            }
        } finally {
            monitor.unlock();
        }
        start(wanted);
    }

    /** Whether steps wait although there are as many threads as are made at once, or as can be made. */
    boolean isHeldUp() {
        monitor.lock();
        try {
            // Not only that nobody is idle: those who were called are until they have come.
            return queue.size() > idle && (threads >= QUICK || lacking);
        } finally {
            monitor.unlock();
        }
    }

    /** Adds a thread, if steps wait for one. */
    void grow() {
        boolean wanted;
        monitor.lock();
        try {
            wanted = queue.size() > idle;
            threads += wanted ? 1 : 0;
        } finally {
            monitor.unlock();
        }
        start(wanted ? 1 : 0);
    }

    /** Starts so many that are counted already; those for which the JVM has no thread are counted out. */
    private void start(int wanted) {
        int unborn = wanted;
        try {
            while (unborn > 0) {
                Thread thread = time.thread(this::work, "stop-step");
                thread.setContextClassLoader(loader);
                thread.start();
                unborn--;
            }
        } catch (OutOfMemoryError noThreadLeft) {
            // see helpOut
        } finally {
            monitor.lock();
            try {
                threads -= unborn;
                lacking = unborn > 0 || (lacking && wanted == 0);
            } finally {
                monitor.unlock();
            }
        }
    }

    /** Takes back what has not begun, and is not going to. */
    List<StepRun> takeBack() {
        monitor.lock();
        try {
            List<StepRun> waiting = new ArrayList<>(queue);
            queue.clear();
            return waiting;
        } finally {
            monitor.unlock();
        }
    }

    /** The step's thread is lost: it is in there, and nobody knows for how long. */
    void lost() {
        monitor.lock();
        try {
            threads--;
        } finally {
            monitor.unlock();
        }
        grow();
    }

    /**
     * Runs what waits on the current thread, if there is no other to be had. Then a step that hangs cannot be
     * left behind; but most do not, and every one is attempted.
     */
    void helpOut() {
        for (StepRun step = takeIfAlone(); step != null; step = takeIfAlone()) {
            step.work();
            // An interrupt that was meant for the step must not reach what this thread does next.
            Thread.interrupted();
        }
    }

    private @Nullable StepRun takeIfAlone() {
        monitor.lock();
        try {
            return threads == 0 ? queue.poll() : null;
        } finally {
            monitor.unlock();
        }
    }

    /** Lets the threads end. */
    void end() {
        monitor.lock();
        try {
            ended = true;
            monitor.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    private void work() {
        Thread thread = Thread.currentThread();
        for (StepRun step = next(); step != null; step = next()) {
            thread.setName("stop-step-" + step.step.name);
            step.work();
            if (step.hasLost(thread)) {
                return; // already replaced, and perhaps about to be interrupted
            }
            Thread.interrupted(); // the next step shall not find what this one left
            thread.setName("stop-step");
            thread.setContextClassLoader(loader);
        }
    }

    private @Nullable StepRun next() {
        monitor.lock();
        try {
            StepRun step = queue.poll();
            while (step == null && !ended) {
                idle++;
                Uninterrupted.await(monitor, Long.MAX_VALUE);
                idle--;
                step = queue.poll();
            }
            return step;
        } finally {
            monitor.unlock();
        }
    }
}
