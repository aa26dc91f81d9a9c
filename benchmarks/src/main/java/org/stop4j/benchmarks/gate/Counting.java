package org.stop4j.benchmarks.gate;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/**
 * One piece of work, which takes no time, counted in and out, in several ways. Those of Jetty and Undertow are
 * what their handlers for a graceful shutdown do (Jetty 12.0.39, Undertow 2.3.26), without the HTTP.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Counting {

    /** What all others are compared with; can not be closed. */
    @Benchmark
    public long atomicLong(Bare bare) {
        bare.count.incrementAndGet();
        return bare.count.decrementAndGet();
    }

    @Benchmark
    public boolean gate(Ours ours) {
        Gate gate = ours.gate;
        boolean admitted = gate.tryEnter();
        if (admitted) {
            gate.exit();
        }
        return admitted;
    }

    @Benchmark
    public String named(Ours ours) {
        try (Work work =
                ours.gate.tryEnter("GET /orders/42", "by the benchmark").orElseThrow()) {
            return work.name();
        }
    }

    @Benchmark
    public String namedWithPlace(Ours ours) {
        try (Work work = ours.gate.enter("GET /orders/42")) {
            return work.name();
        }
    }

    @Benchmark
    public boolean jetty(LikeJetty jetty, Blackhole handler) {
        LikeJetty.Request request = jetty.enter();
        handler.consume(request); // it is handed on
        boolean admitted = !jetty.closed;
        request.complete();
        return admitted;
    }

    /** What of it is only counting. */
    @Benchmark
    public boolean jettyCounter(LikeJetty jetty) {
        jetty.requests.incrementAndGet();
        boolean admitted = !jetty.closed;
        jetty.exit();
        return admitted;
    }

    @Benchmark
    public boolean undertow(LikeUndertow undertow) {
        boolean admitted = undertow.tryEnter();
        undertow.exit();
        return admitted;
    }

    @Benchmark
    public boolean signBit(SignBit signBit) {
        boolean admitted = signBit.tryEnter();
        signBit.exit();
        return admitted;
    }

    @Benchmark
    public boolean longAdders(Adders adders) {
        adders.entered.increment();
        boolean admitted = !adders.closed;
        adders.left.increment();
        return admitted;
    }

    @Benchmark
    public boolean semaphore(Locks locks) {
        boolean admitted = locks.semaphore.tryAcquire();
        if (admitted) {
            locks.semaphore.release();
        }
        return admitted;
    }

    @Benchmark
    public boolean readLock(Locks locks) {
        boolean admitted = locks.readWrite.readLock().tryLock();
        if (admitted) {
            locks.readWrite.readLock().unlock();
        }
        return admitted;
    }

    @Benchmark
    public boolean stampedLock(Locks locks) {
        long stamp = locks.stamped.tryReadLock();
        if (stamp != 0) {
            locks.stamped.unlockRead(stamp);
        }
        return stamp != 0;
    }

    /** A number that goes up and down. */
    @State(Scope.Benchmark)
    public static class Bare {
        final AtomicLong count = new AtomicLong();
    }

    /** The gate of a stop that never begins. */
    @State(Scope.Benchmark)
    public static class Ours {
        final Stop stop = Stop.builder().exit(Exit.never()).start();
        final Gate gate = stop.gate();

        @TearDown
        public void close() {
            stop.close();
        }
    }

    /**
     * Counts, then looks whether it is closed; who leaves looks too, since he may be the last. For each request
     * there is an object, through which it is counted out.
     */
    @State(Scope.Benchmark)
    public static class LikeJetty {
        final AtomicLong requests = new AtomicLong();
        volatile boolean closed;

        Request enter() {
            requests.incrementAndGet();
            return new Request();
        }

        void exit() {
            requests.decrementAndGet();
            if (closed && requests.get() == 0) {
                throw new IllegalStateException("nobody closes it");
            }
        }

        final class Request {
            void complete() {
                exit();
            }
        }
    }

    /** The highest bit says that it is closed; the count below it is changed by compare-and-set. */
    @State(Scope.Benchmark)
    public static class LikeUndertow {
        private static final long CLOSED = Long.MIN_VALUE;
        private final AtomicLong state = new AtomicLong();

        boolean tryEnter() {
            return state.updateAndGet(now -> (now & CLOSED) | ((now & ~CLOSED) + 1)) > 0;
        }

        void exit() {
            if (state.updateAndGet(now -> (now & CLOSED) | ((now & ~CLOSED) - 1)) == CLOSED) {
                throw new IllegalStateException("nobody closes it");
            }
        }
    }

    /** The same word, but counted by adding; who finds it closed takes it back. */
    @State(Scope.Benchmark)
    public static class SignBit {
        private final AtomicLong state = new AtomicLong();

        boolean tryEnter() {
            return state.getAndAdd(1) >= 0;
        }

        void exit() {
            if (state.getAndAdd(-1) == Long.MIN_VALUE + 1) {
                throw new IllegalStateException("nobody closes it");
            }
        }
    }

    /** Who has come and who has gone, both spread over cells. */
    @State(Scope.Benchmark)
    public static class Adders {
        final LongAdder entered = new LongAdder();
        final LongAdder left = new LongAdder();
        volatile boolean closed;
    }

    /** To be closed by taking all of it. */
    @State(Scope.Benchmark)
    public static class Locks {
        final Semaphore semaphore = new Semaphore(Integer.MAX_VALUE);
        final ReentrantReadWriteLock readWrite = new ReentrantReadWriteLock();
        final StampedLock stamped = new StampedLock();
    }
}
