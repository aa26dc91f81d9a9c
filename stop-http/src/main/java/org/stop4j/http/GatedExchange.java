package org.stop4j.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

/** An exchange that tells when it has ended. Used as the one it wraps: by one thread at a time. */
final class GatedExchange extends HttpExchange {
    private final HttpExchange exchange;
    private final GatedContext context;
    private final InFlight inFlight;
    private @Nullable OutputStream body;
    private @Nullable HttpPrincipal principal;

    private GatedExchange(HttpExchange exchange, GatedContext context, InFlight inFlight) {
        this.exchange = exchange;
        this.context = context;
        this.inFlight = inFlight;
    }

    /** Of an exchange over TLS, another such. */
    static HttpExchange of(HttpExchange exchange, GatedContext context, InFlight inFlight) {
        GatedExchange gated = new GatedExchange(exchange, context, inFlight);
        return exchange instanceof HttpsExchange https
                ? new GatedHttpsExchange(https, gated)
                : gated;
    }

    /** Tells it who its client is; one that is not of these is a filter's, and says what it wants to. */
    static void authenticated(HttpExchange exchange, HttpPrincipal principal) {
        if (exchange instanceof GatedHttpsExchange https) {
            https.gated().principal = principal;
        } else if (exchange instanceof GatedExchange gated) {
            gated.principal = principal;
        }
    }

    // ---- what ends it

    @Override
    public void close() {
        try {
            exchange.close();
        } finally {
            inFlight.end();
        }
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        inFlight.beforeHead(exchange.getResponseHeaders());
        exchange.sendResponseHeaders(status, length);
        boolean hasNoBody = length == -1
                || status < 200
                || status == 204
                || status == 304
                || exchange.getRequestMethod().equals("HEAD");
        if (hasNoBody) {
            inFlight.end(); // the server does not wait for anything either
        }
    }

    @Override
    public OutputStream getResponseBody() {
        OutputStream its = body;
        if (its == null) {
            its = new Body(exchange.getResponseBody());
            body = its;
        }
        return its;
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        exchange.setStreams(in, out);
        if (out != null) {
            body = out; // which ends in ours
        }
    }

    private final class Body extends OutputStream {
        private final OutputStream out;

        private Body(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            out.write(one);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            try {
                out.close();
            } finally {
                inFlight.end();
            }
        }
    }

    // ---- the rest

    @Override
    public Headers getRequestHeaders() {
        return exchange.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return exchange.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return exchange.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return context;
    }

    @Override
    public InputStream getRequestBody() {
        return exchange.getRequestBody();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return exchange.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.getProtocol();
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return exchange.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        exchange.setAttribute(name, value);
    }

    @Override
    public @Nullable HttpPrincipal getPrincipal() {
        return principal == null ? exchange.getPrincipal() : principal;
    }
}
