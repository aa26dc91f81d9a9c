package org.stop4j.internal;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands each item to exactly one taker: one that waits in {@link #take} or {@link #poll}, one that
 * asked by {@link #next}, or the one that comes later.
 *
 * <p>Thread-safe. Everything mutable is guarded by {@code lock}; futures are completed outside it,
 * because their dependents are user code.
 */
public final class Mailbox<T> {
    private final String name;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<T> items = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<T>> asked = new ArrayDeque<>();
    private boolean closed;

    /** Creates an empty one; the name is used in messages. */
    public Mailbox(String name, Ticker ticker) {
        this.name = name;
        this.ticker = ticker;
    }

    /** Delivers an item; after {@link #close} it is dropped. */
    public void put(T item) {
        for (CompletableFuture<T> taker = takerOrKept(item);
                taker != null;
                taker = takerOrKept(item)) {
            if (taker.complete(item)) {
                return;
            }
            // It was cancelled by whoever asked: the item goes to the next.
        }
    }

    private @Nullable CompletableFuture<T> takerOrKept(T item) {
        lock.lock();
        try {
            CompletableFuture<T> taker = asked.poll();
            if (taker == null && !closed) {
                items.add(item);
                changed.signal();
            }
            return taker;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an item. */
    public T take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                T item = items.poll();
                if (item != null) {
                    return item;
                }
                if (closed) {
                    throw new IllegalStateException(name + " is closed");
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an item, at most so long; zero or less only looks. */
    public Optional<T> poll(long timeoutNanos) throws InterruptedException {
        long start = ticker.nanos();
        // The most negative one would turn positive when time is taken from it.
        long limit = Math.max(0, timeoutNanos);
        lock.lockInterruptibly();
        try {
            while (true) {
                T item = items.poll();
                if (item != null) {
                    return Optional.of(item);
                }
                if (closed) {
                    throw new IllegalStateException(name + " is closed");
                }
                long left = limit - (ticker.nanos() - start);
                if (left <= 0) {
                    return Optional.empty();
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the next item that no other taker gets; cancelling takes the question back. */
    public CompletableFuture<T> next() {
        lock.lock();
        try {
            T item = items.poll();
            if (item != null) {
                return CompletableFuture.completedFuture(item);
            }
            CompletableFuture<T> taker = new CompletableFuture<>();
            if (closed) {
                taker.completeExceptionally(new CancellationException(name + " is closed"));
            } else {
                asked.removeIf(CompletableFuture::isDone);
                asked.add(taker);
            }
            return taker;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waiting; items that nobody took yet can still be taken. */
    public void close() {
        List<CompletableFuture<T>> orphans;
        lock.lock();
        try {
            closed = true;
            orphans = List.copyOf(asked);
            asked.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        for (CompletableFuture<T> orphan : orphans) {
            orphan.completeExceptionally(new CancellationException(name + " is closed"));
        }
    }
}
