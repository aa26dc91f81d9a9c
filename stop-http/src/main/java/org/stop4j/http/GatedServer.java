package org.stop4j.http;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;
import org.stop4j.Hold;
import org.stop4j.Stop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** A server whose contexts are behind the gate. Thread-safe as the one behind it. */
final class GatedServer extends HttpServer {
    private final Stop stop;
    private final HttpServer server;
    private final Refusals refusals = new Refusals();
    /** Those on whom callers wait until the stop is done. */
    private final List<StopHandler> stopHandlers = new CopyOnWriteArrayList<>();

    GatedServer(Stop stop, HttpServer server) {
        this.stop = stop;
        this.server = server;
    }

    Stop ownStop() {
        return stop;
    }

    Refusals refusals() {
        return refusals;
    }

    // ---- closing

    /** Closes it when nothing is in flight: at once, or when those who wait for the stop have its report. */
    void closeGently(Deadline deadline) throws InterruptedException {
        if (stopHandlers.isEmpty()) {
            closeNow(deadline);
            return;
        }
        Hold hold = stop.hold();
        var unused = stop.stopped().thenRun(() -> {
            // Not here: this thread is to give the report to everybody who waits.
            Thread closer = new Thread(() -> closeWhenAnswered(hold), "stop-http-close");
            closer.setDaemon(true);
            closer.start();
        });
    }

    private void closeWhenAnswered(Hold hold) {
        try (hold) {
            Deadline limit = Deadline.after(StopServer.CLOSE_LIMIT);
            for (StopHandler handler : stopHandlers) {
                handler.awaitAnswers(limit);
            }
            closeNow(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does: the thread is ours
        }
    }

    private void closeNow(Deadline deadline) throws InterruptedException {
        try {
            refusals.awaitSent(deadline.within(StopServer.CLOSE_LIMIT));
        } finally {
            // Not stop(n): on 17 that takes n seconds even if nobody is connected.
            server.stop(0);
            // Again (17 to 25): a connection that the server's thread was just accepting is added
            // to
            // those that the first call has closed, and would stay open with nobody to serve it,
            // until
            // the process ends. That thread has ended now. (One that was added before the server
            // forgot
            // those it has closed, some microseconds later, nobody can close.)
            server.stop(0);
        }
    }

    // ---- contexts

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
        GatedContext context = new GatedContext(this);
        context.setHandler(handler); // before there can be a request
        context.use(server.createContext(path, context));
        return context;
    }

    @Override
    public HttpContext createContext(String path) {
        GatedContext context = new GatedContext(this);
        context.use(server.createContext(path, context));
        return context;
    }

    void hasHandler(HttpHandler handler) {
        if (handler instanceof StopHandler stopHandler) {
            stopHandlers.add(stopHandler);
        }
    }

    @Override
    public void removeContext(String path) {
        server.removeContext(path);
    }

    @Override
    public void removeContext(HttpContext context) {
        server.removeContext(context instanceof GatedContext gated ? gated.original() : context);
    }

    // ---- the rest

    @Override
    public void bind(InetSocketAddress address, int backlog) throws IOException {
        server.bind(address, backlog);
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void setExecutor(@Nullable Executor executor) {
        server.setExecutor(executor);
    }

    @Override
    public @Nullable Executor getExecutor() {
        return server.getExecutor();
    }

    @Override
    public void stop(int delay) {
        server.stop(delay);
    }

    @Override
    public InetSocketAddress getAddress() {
        return server.getAddress();
    }
}
