package org.stop4j.http;

import com.sun.net.httpserver.Headers;

import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.util.concurrent.atomic.AtomicBoolean;

/** One exchange in flight, until it ends in any of its ways. Thread-safe. */
final class InFlight {
    private final Stop stop;
    private final Work work;
    private final AtomicBoolean ended = new AtomicBoolean();

    InFlight(Stop stop, Work work) {
        this.stop = stop;
        this.work = work;
    }

    /** The handler has returned; whoever ends the exchange later does it on another thread. */
    void leaveThread() {
        work.leaveThread();
    }

    /** The exchange is closed, one way or the other; the ways may follow each other. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            work.close();
        }
    }

    /** The head of the answer is about to be sent. */
    void beforeHead(Headers headers) {
        if (stop.state() != State.RUNNING) {
            // A client that kept its connection would send its next request into the closing of it.
            headers.set("Connection", "close");
        }
    }
}
