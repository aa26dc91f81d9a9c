package org.stop4j.http;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/*
 * Not a filter, because the server has the filters run before its authenticator, and that accepts no exchange
 * but its own: so what wraps the exchange has to come after the authenticator, and what counts has to come
 * before the filters, which may answer as well. Here all of them are run behind the gate.
 */
/** A context behind the gate: of the server's own one, it is the only handler. Thread-safe. */
final class GatedContext extends HttpContext implements HttpHandler {
    private final GatedServer server;
    private final Stop stop;
    private final List<Filter> filters = new CopyOnWriteArrayList<>();
    /** The same whoever sets it; the first request may be faster than who makes the context. */
    private volatile @Nullable HttpContext original;

    private volatile @Nullable HttpHandler handler;
    private volatile @Nullable Authenticator authenticator;

    GatedContext(GatedServer server) {
        this.server = server;
        stop = server.ownStop();
    }

    void use(HttpContext own) {
        original = own;
    }

    HttpContext original() {
        return Objects.requireNonNull(original, "original");
    }

    // ---- a request

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        original = exchange.getHttpContext();
        HttpHandler own = handler;
        if (own instanceof StopHandler) {
            run(exchange, own); // waits for the stop, which must not wait for it
            return;
        }
        Optional<Work> work = stop.gate().tryEnter(nameOf(exchange), "by the HTTP gate");
        if (work.isEmpty()) {
            server.refusals().refuse(exchange);
            return;
        }
        InFlight inFlight = new InFlight(stop, work.get());
        boolean returned = false;
        try {
            run(GatedExchange.of(exchange, this, inFlight), own);
            returned = true;
        } finally {
            if (returned) {
                inFlight.leaveThread();
            } else {
                inFlight.end(); // the server closes the connection
            }
        }
    }

    private static String nameOf(HttpExchange exchange) {
        return exchange.getRequestMethod() + ' ' + exchange.getRequestURI().getRawPath();
    }

    private void run(HttpExchange exchange, @Nullable HttpHandler own) throws IOException {
        new Filter.Chain(filters, filtered -> runAuthenticated(filtered, own)).doFilter(exchange);
    }

    /** As the server's own last filter does. */
    private void runAuthenticated(HttpExchange exchange, @Nullable HttpHandler own)
            throws IOException {
        Authenticator its = authenticator;
        Authenticator.Result result = its == null ? null : its.authenticate(exchange);
        if (result instanceof Authenticator.Retry retry) {
            answer(exchange, retry.getResponseCode());
        } else if (result instanceof Authenticator.Failure failure) {
            answer(exchange, failure.getResponseCode());
        } else if (own == null) {
            answer(exchange, 500);
        } else {
            if (result instanceof Authenticator.Success success) {
                GatedExchange.authenticated(exchange, success.getPrincipal());
            }
            own.handle(exchange);
        }
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        exchange.sendResponseHeaders(status, -1);
    }

    // ---- what it is

    @Override
    public @Nullable HttpHandler getHandler() {
        return handler;
    }

    @Override
    public void setHandler(HttpHandler newHandler) {
        if (handler != null) {
            throw new IllegalArgumentException("the context has a handler already");
        }
        handler = Objects.requireNonNull(newHandler, "handler");
        server.hasHandler(newHandler);
    }

    @Override
    public String getPath() {
        return original().getPath();
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return original().getAttributes();
    }

    @Override
    public List<Filter> getFilters() {
        return filters;
    }

    @Override
    public @Nullable Authenticator setAuthenticator(@Nullable Authenticator newOne) {
        Authenticator old = authenticator;
        authenticator = newOne;
        return old;
    }

    @Override
    public @Nullable Authenticator getAuthenticator() {
        return authenticator;
    }
}
