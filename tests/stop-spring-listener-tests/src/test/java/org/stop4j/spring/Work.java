package org.stop4j.spring;

import org.springframework.beans.factory.DisposableBean;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What listeners do, and what they do it with: a bean that is closed like a pool of connections. */
final class Work implements DisposableBean {
    /** Of all applications of a test, in the order in which they were finished. */
    final List<String> finished;

    final List<String> tooLate = Collections.synchronizedList(new ArrayList<>());
    /** Whoever finishes this one waits for what a test wants. */
    private final int inHand;

    private final CountDownLatch taken = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean closed;

    Work(List<String> finished, int inHand) {
        this.finished = finished;
        this.inHand = inHand;
    }

    /** To be called for each: the one in the middle is in hand until {@link #goOn}, however often it is interrupted. */
    void finish(String one) {
        boolean mine;
        synchronized (finished) {
            mine = finished.size() + 1 == inHand && taken.getCount() > 0;
            if (mine) {
                taken.countDown();
            }
        }
        while (mine && goOn.getCount() > 0) {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                // as one who does not listen
            }
        }
        if (closed) {
            tooLate.add(one);
        }
        finished.add(one);
    }

    void awaitInHand() throws InterruptedException {
        if (!taken.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + finished.size() + " come");
        }
    }

    void goOn() {
        goOn.countDown();
    }

    /** Goes on when something has come true. */
    void goOnWhen(BooleanSupplier condition) {
        Thread thread = new Thread(
                () -> {
                    while (!condition.getAsBoolean()) {
                        Thread.onSpinWait();
                    }
                    goOn();
                },
                "go on");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void destroy() {
        closed = true;
    }
}
