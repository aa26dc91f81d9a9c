package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * Threads that work on what is in a queue, and the step that ends them when nothing is left in it.
 *
 * <pre>{@code
 * QueueWorkers<Order> shipping = QueueWorkers.start("shipping", 4, queue, shop::ship);
 * stop.step(Phase.FINISH, "shipping", shipping);
 * }</pre>
 *
 * <p>Each thread takes an element, hands it to the handler, and takes the next. What a handler throws goes to
 * the thread's uncaught exception handler, and the thread goes on. An interrupt of anybody else's ends no
 * thread: the flag is cleared before each element, and a thread that waits for one waits on.
 *
 * <p>The threads are not daemons: they keep the JVM alive until the step has ended them. Safe to use from any
 * thread.
 *
 * @param <T> what the queue is of
 * @since 0.1
 */
public final class QueueWorkers<T> implements Step {
    // It owns the threads, since nobody can tell of a foreign one whether it waits for an
    // element, or has just got one: to interrupt it may hit the work. Here a worker says so,
    // under the lock, and clears the flag under the lock when it has got one; only one that
    // waits is interrupted, under the lock as well. The queue is never called under it.

    /**
     * Works on an element.
     *
     * @param <T> what the queue is of
     * @since 0.1
     */
    @FunctionalInterface
    public interface Handler<T> {

        /**
         * Works on an element. Interrupted only if the step that ends the workers runs out of time.
         *
         * @param element what was taken from the queue; it may be put back, or others with it
         * @throws Exception if that fails; the thread's uncaught exception handler gets it
         */
        void handle(T element) throws Exception;
    }

    /** What becomes of a worker that comes for the next element. */
    private enum Order {
        WAIT,
        /** All is worked off: it ends when the queue has nothing for it at once. */
        END,
        /** It ends. */
        BREAK_OFF
    }

    private final BlockingQueue<? extends T> queue;
    private final Handler<? super T> handler;
    private final List<Worker> workers = new ArrayList<>();

    private final Object lock = new Object();
    // Guarded by the lock:
    private Order order = Order.WAIT;
    /** How many are between getting an element and waiting for the next. */
    private int atWork;

    private int alive;
    /** How often one of them has begun to wait, or ended. */
    private long turns;
    /** How many had an element when they were to break off. */
    private int brokenOff;

    private QueueWorkers(
            String name,
            int threads,
            BlockingQueue<? extends T> queue,
            Handler<? super T> handler) {
        this.queue = Objects.requireNonNull(queue, "queue");
        this.handler = Objects.requireNonNull(handler, "handler");
        Names.check("group of workers", name);
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; allowed: 1 or more");
        }
        for (int i = 1; i <= threads; i++) {
            workers.add(new Worker(name + '-' + i));
        }
        atWork = threads;
        alive = threads;
    }

    /**
     * Starts the threads.
     *
     * @param <T> what the queue is of
     * @param name what the threads are called, each with a number behind it; not blank, at most 100 characters
     * @param threads how many
     * @param queue where they take from; who puts something into it is nobody's business here
     * @param handler what they do; called by several threads at a time if there are several
     * @return the step that ends them
     * @throws IllegalArgumentException if the name is blank or too long, or the number is not positive
     */
    public static <T> QueueWorkers<T> start(
            String name,
            int threads,
            BlockingQueue<? extends T> queue,
            Handler<? super T> handler) {
        QueueWorkers<T> all = new QueueWorkers<>(name, threads, queue, handler);
        boolean started = false;
        try {
            for (QueueWorkers<T>.Worker worker : all.workers) {
                worker.thread.start();
            }
            started = true;
        } finally {
            if (!started) {
                // No thread is left: those that were must not stay.
                all.give(Order.BREAK_OFF, false);
            }
        }
        return all;
    }

    /**
     * Waits until all is worked off, which is when the queue is empty and no handler at work, and ends the
     * threads. So what a handler puts back, or adds, is worked off, too. Who else puts something in must have
     * ended before, in an earlier phase or behind the gate: what comes when the threads end may stay in the
     * queue, and the step then fails. In a {@link DelayQueue}, what is not due is waited for; not if the first
     * of it is due too late.
     *
     * <p>When nine tenths of the step's time are over, no further element is taken, the handlers at work are
     * interrupted, and the step fails, telling how many they were, where they stood, and how many elements
     * are left. These stay in the queue, for a later step. If a handler does not return even then, the step
     * hangs, and the report shows where it does.
     *
     * <p>May be called several times, also at once: each call waits for the same end.
     *
     * @throws java.util.concurrent.TimeoutException if there was too little time, or something is left
     * @throws InterruptedException if the thread is interrupted; the handlers then are as well
     * @throws IllegalStateException if called by a handler
     */
    @Override
    public void run(Deadline deadline) throws Exception {
        refuseWorker();
        long begunWith = deadline.remainingNanos();
        long kept = begunWith - ReadyMade.politeNanos(deadline);
        boolean interrupted = false;
        try {
            if (awaitWorkedOff(deadline, kept)) {
                give(Order.END, false);
                awaitEnded(deadline, kept);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        String after = ReadyMade.since(deadline, begunWith);
        List<ThreadStack> stacks = stacks();
        give(Order.BREAK_OFF, true);
        interrupted |= ReadyMade.awaitAtLast(nanos -> {
            awaitEnded();
            return true;
        });
        tell(after, stacks, interrupted); // only now is it known what is left
    }

    private void refuseWorker() {
        for (Worker worker : workers) {
            if (worker.thread == Thread.currentThread()) {
                throw new IllegalStateException("a step cannot wait for its own thread");
            }
        }
    }

    private boolean awaitWorkedOff(Deadline deadline, long kept) throws InterruptedException {
        long turn = -1;
        while (true) {
            turn = awaitIdle(turn, deadline, kept);
            if (turn < 0) {
                return false;
            }
            if (queue.isEmpty()) {
                // Somebody may have taken the last element a moment ago, and not have said so yet:
                // then it works on it, and looks again before it ends.
                return true;
            }
            if (isDueTooLate(deadline.remainingNanos() - kept)) {
                return false;
            }
        }
    }

    /** Waits until nobody is at work, in a turn after that one; returns the turn, or -1 if it does not come. */
    private long awaitIdle(long after, Deadline deadline, long kept) throws InterruptedException {
        synchronized (lock) {
            while (atWork > 0 || turns == after) {
                long left = deadline.remainingNanos() - kept;
                if (left <= 0 || alive == 0) {
                    return -1;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return turns;
        }
    }

    private boolean isDueTooLate(long nanos) {
        Delayed first = queue instanceof DelayQueue<?> delayed ? delayed.peek() : null;
        return first != null && first.getDelay(TimeUnit.NANOSECONDS) > nanos;
    }

    private void awaitEnded(Deadline deadline, long kept) throws InterruptedException {
        synchronized (lock) {
            long left = deadline.remainingNanos() - kept;
            while (alive > 0 && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
                left = deadline.remainingNanos() - kept;
            }
        }
    }

    private void awaitEnded() throws InterruptedException {
        synchronized (lock) {
            while (alive > 0) {
                lock.wait();
            }
        }
    }

    /** Interrupts those that wait; and those at work, if they are to break that off. */
    private void give(Order given, boolean alsoAtWork) {
        synchronized (lock) {
            if (order == Order.BREAK_OFF) {
                return; // it was called before, and with less time
            }
            order = given;
            for (Worker worker : workers) {
                if (worker.waits || alsoAtWork) {
                    worker.thread.interrupt();
                }
            }
            brokenOff += alsoAtWork ? atWork : 0;
        }
    }

    private void tell(String after, List<ThreadStack> stacks, boolean interrupted)
            throws InterruptedException, StillRunningException {
        int left = queue.size();
        int broken = brokenOff();
        if (broken > 0 || left > 0) {
            String words = words(broken, left, after, stacks);
            if (interrupted) {
                throw new InterruptedException(words);
            }
            throw new StillRunningException(words, broken > 0 ? stacks : List.of());
        }
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    private int brokenOff() {
        synchronized (lock) {
            return brokenOff;
        }
    }

    private static String words(int broken, int left, String after, List<ThreadStack> stacks) {
        String inQueue = left == 1 ? "1 element was left" : left + " elements were left";
        if (broken == 0) {
            return inQueue + " in the queue after " + after;
        }
        return (broken == 1 ? "1 worker was" : broken + " workers were")
                + " still at an element after " + after + ", interrupted, and then ended"
                + (left == 0 ? "" : "; " + inQueue + " in the queue")
                + (stacks.isEmpty() ? "" : "; first at " + stacks.get(0).place());
    }

    private List<ThreadStack> stacks() {
        List<ThreadStack> stacks = new ArrayList<>();
        for (Thread thread : threadsAtWork()) {
            stacks.add(Stacks.of(thread));
        }
        return Look.byPlace(stacks, "workers");
    }

    /** Those in which a step may hang that waits for them. */
    List<Thread> threadsAtWork() {
        List<Thread> threads = new ArrayList<>();
        synchronized (lock) {
            for (Worker worker : workers) {
                if (!worker.waits && !worker.ended) {
                    threads.add(worker.thread);
                }
            }
        }
        return threads;
    }

    private final class Worker implements Runnable {
        private final Thread thread;
        // Guarded by the lock:
        private boolean waits;
        private boolean ended;

        private Worker(String name) {
            thread = new Thread(this, name);
            thread.setDaemon(false); // whoever starts them may be one
        }

        @Override
        public void run() {
            try {
                for (T element = next(); element != null; element = next()) {
                    handle(element);
                }
            } finally {
                end();
            }
        }

        private void handle(T element) {
            try {
                handler.handle(element);
            } catch (Throwable any) {
                if (!(any instanceof InterruptedException && isBrokenOff())) {
                    Log.hand(any); // that of the interrupt is told by the step
                }
            }
        }

        private @Nullable T next() {
            while (true) {
                Order now = beginWaiting();
                T element = null;
                try {
                    if (now == Order.WAIT) {
                        element = queue.take();
                    } else if (now == Order.END) {
                        element = queue.poll();
                    }
                } catch (InterruptedException e) {
                    // Sent by an order, which is read below; anybody else's is not for us.
                }
                Order then = endWaiting(element != null);
                if (element != null || now != Order.WAIT || then == Order.BREAK_OFF) {
                    return element;
                }
            }
        }

        private Order beginWaiting() {
            synchronized (lock) {
                Thread.interrupted(); // left by the handler
                waits = true;
                atWork--;
                turns++;
                lock.notifyAll();
                return order;
            }
        }

        private Order endWaiting(boolean hasElement) {
            synchronized (lock) {
                Thread.interrupted(); // came too late, when the element was there already
                waits = false;
                atWork++;
                if (hasElement && order == Order.BREAK_OFF) {
                    brokenOff++;
                    thread.interrupt();
                }
                return order;
            }
        }

        private boolean isBrokenOff() {
            synchronized (lock) {
                return order == Order.BREAK_OFF;
            }
        }

        private void end() {
            synchronized (lock) {
                ended = true;
                atWork -= waits ? 0 : 1;
                waits = false;
                alive--;
                turns++;
                lock.notifyAll();
            }
        }
    }
}
