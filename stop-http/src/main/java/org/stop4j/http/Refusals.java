package org.stop4j.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

import org.stop4j.Deadline;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Refuses requests politely, and knows whether a refusal is just being sent. Thread-safe. */
final class Refusals {
    private static final byte[] BODY =
            "this process is stopping; try again\n".getBytes(StandardCharsets.UTF_8);

    private final Logger log = System.getLogger("org.stop4j.http");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sent = lock.newCondition();
    /** Guarded by lock. */
    private int unsent;

    /** Sends the refusal; then reads what is left of the request, for as long as the server is open. */
    void refuse(HttpExchange exchange) {
        try (exchange) {
            add(1);
            try {
                send(exchange);
            } finally {
                add(-1);
            }
            // To close a connection with unread bytes resets it, and then the client loses the
            // refusal. The server itself reads 64 KB at most.
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            log.log(Level.DEBUG, "a client left while it was refused", e);
        }
    }

    private static void send(HttpExchange exchange) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "text/plain; charset=utf-8");
        headers.set("Retry-After", "1");
        headers.set("Connection", "close");
        exchange.sendResponseHeaders(503, head ? -1 : BODY.length);
        if (!head) {
            exchange.getResponseBody().write(BODY);
            exchange.getResponseBody().flush();
        }
    }

    private void add(int difference) {
        lock.lock();
        try {
            unsent += difference;
            sent.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until none is being sent, at most until the deadline. */
    void awaitSent(Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            long left = deadline.remainingNanos();
            while (unsent > 0 && left > 0) {
                left = sent.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
