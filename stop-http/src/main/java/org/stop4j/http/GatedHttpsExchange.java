package org.stop4j.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

import javax.net.ssl.SSLSession;

/** The same for an exchange over TLS, which handlers may ask for its session. */
final class GatedHttpsExchange extends HttpsExchange {
    private final HttpsExchange exchange;
    private final GatedExchange gated;

    GatedHttpsExchange(HttpsExchange exchange, GatedExchange gated) {
        this.exchange = exchange;
        this.gated = gated;
    }

    GatedExchange gated() {
        return gated;
    }

    @Override
    public SSLSession getSSLSession() {
        return exchange.getSSLSession();
    }

    @Override
    public void close() {
        gated.close();
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        gated.sendResponseHeaders(status, length);
    }

    @Override
    public OutputStream getResponseBody() {
        return gated.getResponseBody();
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        gated.setStreams(in, out);
    }

    @Override
    public Headers getRequestHeaders() {
        return gated.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return gated.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return gated.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return gated.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return gated.getHttpContext();
    }

    @Override
    public InputStream getRequestBody() {
        return gated.getRequestBody();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return gated.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return gated.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return gated.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return gated.getProtocol();
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return gated.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        gated.setAttribute(name, value);
    }

    @Override
    public @Nullable HttpPrincipal getPrincipal() {
        return gated.getPrincipal();
    }
}
