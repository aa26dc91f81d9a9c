package org.stop4j.spring;

import io.netty.handler.codec.http.HttpVersion;

import jakarta.servlet.ServletRequest;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;

import reactor.netty.http.server.HttpServerRequest;

/** Says with an answer that nothing more is to be sent on its connection. */
final class LastAnswers {
    private static final boolean NETTY = isPresent("reactor.netty.http.server.HttpServerRequest");
    private static final boolean HTTP2 =
            NETTY && isPresent("io.netty.handler.codec.http2.Http2FrameCodec");
    private static final boolean SERVLET = isPresent("jakarta.servlet.ServletRequest");

    private LastAnswers() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, LastAnswers.class.getClassLoader());
    }

    /** By a header in HTTP/1; in HTTP/2, which knows none, by GOAWAY, where the server lets us: over Reactor Netty. */
    static void say(ServerHttpRequest request, ServerHttpResponse response) {
        Object its = ServerHttpRequestDecorator.getNativeRequest(request);
        if (NETTY && OfNetty.is(its)) {
            if (OfNetty.isHttp1(its)) {
                sayByHeader(response);
            } else if (HTTP2) {
                OfNetty.goAway(its);
            }
        } else if (!(SERVLET && OfServlet.is(its)) || OfServlet.isHttp1(its)) {
            sayByHeader(response);
        }
    }

    private static void sayByHeader(ServerHttpResponse response) {
        response.getHeaders().set("Connection", "close");
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

        static void goAway(Object request) {
            ((HttpServerRequest) request).withConnection(its -> GoAway.say(its.channel()));
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
