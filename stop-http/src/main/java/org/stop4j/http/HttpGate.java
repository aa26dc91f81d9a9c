package org.stop4j.http;

import com.sun.net.httpserver.HttpServer;

import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Stop;
import org.stop4j.StoppingException;

import java.net.InetSocketAddress;

/**
 * Puts the {@linkplain Stop#gate gate} of a stop before an {@code HttpServer} of the JDK, so that stopping the process
 * loses no request.
 *
 * <pre>{@code
 * HttpServer server = HttpGate.around(stop, HttpServer.create(address, 0));
 * server.createContext("/orders", orders);
 * server.start();
 * }</pre>
 *
 * <ul>
 *   <li>A request is in flight from when its handler (with filters and authenticator) is called until its exchange is
 *       closed: by {@code exchange.close()}, by closing the body of the answer, by {@code
 *       sendResponseHeaders} for an answer without a body, or because the handler throws. So a handler may return
 *       before and finish the exchange on another thread. One that is never closed, for whose answer its client
 *       waits in vain, is waited for, too, and named in the report.
 *   <li>From when the stop begins, every answer carries {@code Connection: close}.
 *   <li>When the gate is closed, a request is refused: 503, {@code Retry-After: 1}, {@code Connection: close}.
 *   <li>The server is closed in phase {@link Phase#DRAIN}, when nothing is in flight any more; not by its own way
 *       to wait, which takes its whole time even if it has nothing to do (JDK 17). If it has a {@link StopHandler},
 *       it is closed when those who have asked have their answer, and until then refuses everything else.
 * </ul>
 *
 * <p>What asks whether the process is ready is no work to wait for, and would keep the quiet wait ({@link
 * Stop.Builder#quietWait}) from ever being quiet: make its context on the original server, or use {@link StopServer}.
 *
 * <p>A request is named by its method and path: {@code GET /orders/42}. Its query, which may hold a secret, is not
 * shown.
 *
 * @since 0.1
 */
public final class HttpGate {
    private HttpGate() {}

    /**
     * Puts the gate before a server, and registers the step that closes it.
     *
     * <p>Only contexts that are made on the server that is returned are behind the gate. What is made on the original
     * one is neither counted nor refused, and is cut off when the server is closed. For the rest the two are
     * the same server: each may be started, stopped, and given an executor. Of an {@code HttpsServer}, the original
     * is what takes its configuration.
     *
     * @param stop what stops it
     * @param server the server, started or not
     * @return the same server, behind the gate
     * @throws StoppingException if the stop is in phase {@link Phase#DRAIN} or past it
     * @throws IllegalArgumentException if this server is behind the gate of this stop already
     */
    public static HttpServer around(Stop stop, HttpServer server) {
        GatedServer gated = new GatedServer(stop, server);
        stop.gate(); // makes the step after which the server is closed
        stop.step(Phase.DRAIN, nameOf(server), gated::closeGently).after(Gate.STEP);
        return gated;
    }

    private static String nameOf(HttpServer server) {
        InetSocketAddress address = server.getAddress();
        return address == null ? "http server" : "http server on port " + address.getPort();
    }
}
