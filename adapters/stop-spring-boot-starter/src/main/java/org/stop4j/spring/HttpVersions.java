package org.stop4j.spring;

import io.netty.handler.codec.http.HttpVersion;

import jakarta.servlet.ServletRequest;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;

import reactor.netty.http.server.HttpServerRequest;

/** Which HTTP a reactive request came by, which Spring does not say. */
final class HttpVersions {
    private static final boolean NETTY = isPresent("reactor.netty.http.server.HttpServerRequest");
    private static final boolean SERVLET = isPresent("jakarta.servlet.ServletRequest");

    private HttpVersions() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, HttpVersions.class.getClassLoader());
    }

    /** Whether by HTTP/1, as far as is known of its server. Later ones know no header of a connection. */
    static boolean isHttp1(ServerHttpRequest request) {
        Object its = ServerHttpRequestDecorator.getNativeRequest(request);
        if (NETTY && OfNetty.is(its)) {
            return OfNetty.isHttp1(its);
        }
        return !(SERVLET && OfServlet.is(its)) || OfServlet.isHttp1(its);
    }

    /** Loaded only where its types are. */
    private static final class OfNetty {
        static boolean is(Object request) {
            return request instanceof HttpServerRequest;
        }

        static boolean isHttp1(Object request) {
            HttpVersion version = ((HttpServerRequest) request).version();
            return version.majorVersion() == 1;
        }
    }

    /** Loaded only where its types are. */
    private static final class OfServlet {
        static boolean is(Object request) {
            return request instanceof ServletRequest;
        }

        static boolean isHttp1(Object request) {
            return ((ServletRequest) request).getProtocol().startsWith("HTTP/1.");
        }
    }
}
