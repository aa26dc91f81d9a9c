package org.stop4j.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the calls of a {@link ServerContract} come to. How a request begins says what becomes of it: {@code
 * held} ones wait to be released, {@code endless} ones also ignore interrupts, {@code failing} ones throw,
 * others are answered at once. No two may be the same.
 *
 * <p>Thread-safe.
 */
final class ContractService implements ServerContract.Service {
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Set<String> begunTwice = ConcurrentHashMap.newKeySet();
    private final Semaphore waiting = new Semaphore(0);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    static String answerTo(String request) {
        return "answer to " + request;
    }

    @Override
    public String serve(String request) throws InterruptedException {
        if (!begun.add(request)) {
            begunTwice.add(request);
        }
        if (request.startsWith("held")) {
            waiting.release();
            released.await();
        } else if (request.startsWith("endless")) {
            waiting.release();
            neverReturn();
        } else if (request.startsWith("failing")) {
            throw new IllegalStateException("on purpose, by the contract");
        }
        return answerTo(request);
    }

    private void neverReturn() {
        boolean ended = false;
        boolean interrupted = false;
        while (!ended) {
            try {
                over.await();
                ended = true;
            } catch (InterruptedException ignoredAsBadHandlersDo) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until so many more are held, or endless. */
    void awaitWaiting(int count) throws InterruptedException {
        if (!waiting.tryAcquire(count, Life.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("of " + count + " requests that were to be held, only "
                    + waiting.availablePermits() + " have begun in time");
        }
    }

    /** Lets what is held go on. */
    void release() {
        released.countDown();
    }

    /** Lets everything end. */
    void end() {
        release();
        over.countDown();
    }

    boolean hasBegun(String request) {
        return begun.contains(request);
    }

    int begun() {
        return begun.size();
    }

    List<String> begunTwice() {
        return new ArrayList<>(begunTwice);
    }
}
