package org.stop4j.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Container;
import org.jspecify.annotations.Nullable;

import java.lang.reflect.Method;

/*
 * Jetty's own graceful end begins with the highest number, and names the last stream as soon as none is open: what the
 * client has sent before it has heard of the first is dropped. With the number below, Jetty serves what comes, and
 * waits for the client.
 */
/** Has Jetty send GOAWAY on the connection of a request. */
final class JettyGoAway extends GoAway {
    /** The highest but one that a client can have. */
    private static final int LAST_STREAM = Integer.MAX_VALUE - 2;

    /** Whether Jetty has HTTP/2, and shows it. */
    static boolean isPossible() {
        try {
            return Connection.class.isAssignableFrom(HTTP2Connection.class);
        } catch (NoClassDefFoundError absent) {
            return false;
        }
    }

    /** Jetty says it once. */
    @Override
    void say(HttpServletRequest request) {
        Request its = requestOf(request);
        if (its != null
                && its.getConnectionMetaData().getConnection() instanceof HTTP2Connection http2) {
            GoAwayFrame frame = new GoAwayFrame(LAST_STREAM, ErrorCode.NO_ERROR.code, null);
            http2.getSession().goAway(frame, Callback.NOOP);
        }
    }

    /** Says which stream was the last, on all connections of a connector. */
    static void sayLast(Container connector) {
        connector.getContainedBeans(SessionContainer.class).stream()
                .flatMap(container -> container.getSessions().stream())
                .forEach(one -> one.close(ErrorCode.NO_ERROR.code, "stop", Callback.NOOP));
    }

    /** Jetty's own. The types by which it is asked have a package for each version of the Servlet API: so by its name. */
    private static @Nullable Request requestOf(ServletRequest request) {
        ServletRequest innermost = request;
        while (innermost instanceof ServletRequestWrapper wrapper) {
            innermost = wrapper.getRequest();
        }
        try {
            Method method = innermost.getClass().getMethod("getRequest");
            return method.invoke(innermost) instanceof Request its ? its : null;
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return null; // or its request has ended
        }
    }
}
