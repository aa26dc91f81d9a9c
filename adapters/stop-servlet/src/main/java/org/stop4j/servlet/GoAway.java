package org.stop4j.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;

import org.stop4j.Stop;

/*
 * A GOAWAY takes time to arrive, and until then the client opens streams. So it names the highest number there is
 * (RFC 9113, 6.8), and what comes on the connection is served as ever, until the client or the end of the server
 * closes it.
 *
 * It goes out with the first answer after the stop has begun, as in HTTP/1.1 the header does. Later would be too late:
 * a client that has a connection keeps it, whatever the balancer does, and would still be sending when the gate is
 * closed. Earlier would be too early: a connection that is made while the balancer has not noticed should serve an
 * answer, or the client would only ever connect again.
 */
/** Tells clients of HTTP/2 to send nothing more on a connection. Safe to use from any thread. */
abstract class GoAway {
    /** Where the container has no means. */
    static final GoAway NONE = new GoAway() {
        @Override
        void say(HttpServletRequest request) {}
    };

    /** Tells the client of a request; called with any answer, and soon back. */
    abstract void say(HttpServletRequest request);

    /** Finds how the container of a context does it; before it serves. */
    static GoAway of(ServletContext context, Stop stop) {
        try {
            if (context.getAttribute(TomcatGoAway.RESOURCES) != null) {
                return TomcatGoAway.of(context, stop);
            }
            if (context.getClass().getName().startsWith("org.eclipse.jetty.")
                    && JettyGoAway.isPossible()) {
                return new JettyGoAway();
            }
        } catch (LinkageError unknown) {
            // An older Tomcat, or one that hides its classes from what is deployed in it.
        }
        return NONE;
    }
}
