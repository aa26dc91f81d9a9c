package org.stop4j.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadProperties;

import org.stop4j.Deadline;
import org.stop4j.Step;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Shuts event loops down. Thread-safe. */
final class EventLoops implements Step {
    private final List<EventLoopGroup> groups = new CopyOnWriteArrayList<>();

    /** Returns whether these are the first. */
    synchronized boolean add(Collection<EventLoopGroup> more) {
        boolean first = groups.isEmpty();
        groups.addAll(more);
        return first;
    }

    /** Waits until everything is done that was handed to them before this call, or they have ended. */
    void awaitQueued(Deadline deadline) throws InterruptedException {
        List<CountDownLatch> passed = new ArrayList<>();
        for (EventLoopGroup group : groups) {
            for (EventExecutor loop : group) {
                CountDownLatch one = new CountDownLatch(1);
                if (Placement.onLoop(loop, one::countDown)) {
                    // If somebody else ends it meanwhile, it may have taken the task and drop it
                    // (Netty 4.2).
                    loop.terminationFuture().addListener(ended -> one.countDown());
                    passed.add(one);
                }
            }
        }
        for (CountDownLatch one : passed) {
            one.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void run(Deadline deadline) throws InterruptedException {
        Deadline most = deadline.within(deadline.remaining().multipliedBy(9).dividedBy(10));
        List<Future<?>> ends = new ArrayList<>();
        for (EventLoopGroup group : groups) {
            // The timeout only ends tasks that beget others; one that hangs is not ended by it.
            ends.add(group.shutdownGracefully(0, most.remainingNanos(), TimeUnit.NANOSECONDS));
        }
        for (Future<?> end : ends) {
            end.await(most.remainingNanos(), TimeUnit.NANOSECONDS);
        }
        failIfAlive();
    }

    private void failIfAlive() {
        int count = 0;
        StringJoiner places = new StringJoiner(", ");
        for (EventLoopGroup group : groups) {
            for (EventExecutor loop : group) {
                if (!loop.isTerminated()) {
                    count++;
                    places.add(place(loop));
                }
            }
        }
        if (count > 0) {
            throw new IllegalStateException(count + " event loops have not ended: " + places);
        }
    }

    private static String place(EventExecutor loop) {
        if (!(loop instanceof SingleThreadEventExecutor single)) {
            return loop.toString();
        }
        ThreadProperties thread = single.threadProperties();
        StackTraceElement[] stack = thread.stackTrace();
        return thread.name() + (stack.length == 0 ? "" : " at " + stack[0]);
    }
}
