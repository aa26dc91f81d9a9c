package org.stop4j.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

import org.stop4j.Deadline;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends answers from threads of its own, so that neither the server's threads nor the stop ever wait for a
 * slow client; and knows how many are still owed.
 *
 * <p>Thread-safe.
 */
final class Answers {
    /** Sending an answer takes microseconds; this is for a client that has stopped reading. */
    static final Duration LIMIT = Duration.ofSeconds(2);

    private static final int MAX_THREADS = 32;
    private static final Duration LIMIT_WHEN_FULL = Duration.ofMillis(250);

    private final Logger log = System.getLogger("org.stop4j.http");
    private final LimitedThreads threads =
            new LimitedThreads("stop-http-answer", MAX_THREADS, LIMIT, LIMIT_WHEN_FULL);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition paid = lock.newCondition();
    /** Guarded by lock. */
    private int owed;

    /** Takes on to answer; {@link Owed#pay} must follow, on whatever thread. */
    Owed owe(HttpExchange exchange) {
        addToOwed(1);
        return new Owed(exchange);
    }

    private void addToOwed(int difference) {
        lock.lock();
        try {
            owed += difference;
            paid.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int owed() {
        lock.lock();
        try {
            return owed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no answer is owed, at most until the deadline. */
    void awaitNoneOwed(Deadline deadline) {
        lock.lock();
        try {
            long left = deadline.remainingNanos();
            while (owed > 0 && left > 0) {
                left = paid.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** One answer that somebody waits for. */
    final class Owed {
        private final HttpExchange exchange;

        private Owed(HttpExchange exchange) {
            this.exchange = exchange;
        }

        void pay(Answer answer) {
            pay(answer, () -> {});
        }

        /** Returns at once; the last is run when the client has the answer, or cannot be given it. */
        void pay(Answer answer, Runnable afterwards) {
            try {
                threads.execute(() -> {
                    try {
                        send(answer);
                    } catch (IOException e) {
                        // The client has hung up or does not read: it misses its answer, and
                        // nothing else changes.
                        boolean tooSlow = threads.exempt();
                        log.log(
                                Level.DEBUG,
                                tooSlow ? "a client did not read" : "a client left",
                                e);
                    } finally {
                        done(afterwards);
                    }
                });
            } catch (RuntimeException | Error e) { // no thread left in this system
                log.log(Level.WARNING, "cannot answer: " + e.getMessage(), e);
                exchange.close();
                done(afterwards);
            }
        }

        private void done(Runnable afterwards) {
            addToOwed(-1);
            afterwards.run();
        }

        private void send(Answer answer) throws IOException {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            Headers headers = exchange.getResponseHeaders();
            answer.headers().forEach(headers::set);
            headers.set("Content-Type", answer.type());
            headers.set("Cache-Control", "no-store");
            headers.set("Connection", "close");
            // Closing reads what is left of the request, so that the answer is not lost by a reset.
            try (exchange) {
                exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
                if (!head) {
                    try (OutputStream out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                }
            }
        }
    }
}
