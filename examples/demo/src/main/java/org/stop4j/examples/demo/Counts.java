package org.stop4j.examples.demo;

import java.util.concurrent.atomic.AtomicInteger;

/** What became of the requests. */
final class Counts {
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger notConnected = new AtomicInteger();

    void sent() {
        sent.incrementAndGet();
    }

    void answered() {
        answered.incrementAndGet();
    }

    void refused() {
        refused.incrementAndGet();
    }

    void lost(String what) {
        lost.incrementAndGet();
        System.err.println("lost " + what);
    }

    void connectionFailed() {
        notConnected.incrementAndGet();
    }

    int answeredSoFar() {
        return answered.get();
    }

    int inFlight() {
        return sent.get() - answered.get() - refused.get() - lost.get();
    }

    /** Whether every request was answered or sent back, and there were requests on every connection. */
    boolean nothingLost() {
        return lost.get() == 0 && inFlight() == 0 && notConnected.get() == 0 && sent.get() > 0;
    }

    /** Whether, besides, none was sent back. */
    boolean allAnswered() {
        return nothingLost() && refused.get() == 0;
    }

    void print() {
        System.out.println("requests sent      " + sent.get());
        System.out.println("answered           " + answered.get());
        System.out.println("refused politely   " + refused.get());
        System.out.println("lost               " + lost.get());
        if (notConnected.get() > 0) {
            System.out.println("never connected    " + notConnected.get());
        }
    }
}
