package org.stop4j.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;
import org.stop4j.Exit;
import org.stop4j.Hold;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.Step;
import org.stop4j.Stop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stops the process at a request, for an {@code HttpServer} that one has already.
 *
 * <pre>{@code
 * server.createContext("/shutdown", StopHandler.of(stop).token(System.getenv("STOP_TOKEN")));
 * }</pre>
 *
 * <p>GET and POST ask for the stop. The answer comes when the stop is done, so that a caller (a {@code
 * preStop} hook, say) need only wait for it: 200 if it was clean and 500 if not, with {@link
 * Report#toJson} as the body. With {@code ?wait=false}, 202 comes at once. While a caller waits it occupies
 * no thread; the process is {@linkplain Stop#hold held} until it has its answer. A caller that hangs up
 * cancels nothing. Later callers join the same stop and get the same report, also when it has long been
 * done.
 *
 * <p>Everything else is refused, and changes nothing:
 *
 * <ul>
 *   <li>404: any path but the one the handler was registered for, also below it
 *   <li>401 without the token, 403 with a wrong one. It is accepted as {@code Authorization: Bearer TOKEN}
 *       and, for callers that cannot send headers, as {@code /shutdown/TOKEN}. Prefer the header: a path
 *       ends in access logs, though not in ours
 *   <li>403 if the handler has no token and the request came to another than the loopback address, or
 *       through a proxy that says so. Behind a proxy that does not, give it a token
 *   <li>403 if the handler has no token and the request came from a browser, or names the host by another
 *       name than its address or {@code localhost}: any web page could have sent it
 *   <li>405 for another method; 400 for another query than {@code wait=true} or {@code wait=false}
 * </ul>
 *
 * <p>The first refusal is logged at WARNING, later ones at DEBUG, to {@code org.stop4j.http}; no token is
 * ever logged by this handler. (The JDK's server itself logs request lines at DEBUG.)
 *
 * <p>Safe to use from any thread and in several servers. An answer is sent from a thread of the handler's
 * own, so that the server's executor, and the server's only thread if it has none, is never blocked; a
 * client that does not take its answer within 2 s is disconnected. How slowly a client may send its request
 * is the server's matter; {@link StopServer} bounds it.
 *
 * @since 0.1
 */
public final class StopHandler implements HttpHandler {
    private final Logger log = System.getLogger("org.stop4j.http");
    private final Stop stop;
    private final Access access;
    private final Answers answers;
    private final AtomicBoolean refusedBefore = new AtomicBoolean();

    StopHandler(Stop stop, Access access, Answers answers) {
        this.stop = stop;
        this.access = access;
        this.answers = answers;
    }

    /**
     * Makes a handler that asks for a stop; without a token, it obeys only callers on this machine.
     *
     * @param stop what to ask
     * @return the handler
     */
    public static StopHandler of(Stop stop) {
        return new StopHandler(stop, Access.loopback(), new Answers());
    }

    /**
     * Makes a handler that calls back, without a {@link Stop} of one's own; the process lives on. It is a
     * stop in miniature: the callback is called once, by the first caller; whoever calls later gets the
     * same answer. The callback may take 25 s; it is then interrupted and left.
     *
     * @param callback what to do
     * @return the handler
     */
    public static StopHandler calling(Step callback) {
        Stop stop = Stop.builder().exit(Exit.never()).start();
        stop.step(Phase.FINISH, "callback", callback);
        return of(stop);
    }

    /**
     * Makes a handler that obeys whoever knows the token, from wherever.
     *
     * @param token 16 to 256 letters, digits and {@code . _ ~ -}
     * @return a new handler that asks for the same stop
     * @throws IllegalArgumentException if the token is shorter, longer, or has other characters
     */
    public StopHandler token(String token) {
        return new StopHandler(stop, Access.token(token), answers);
    }

    /**
     * Makes a handler that obeys whoever reaches the server, from wherever; still no browser.
     *
     * @return a new handler that asks for the same stop
     */
    public StopHandler withoutToken() {
        return new StopHandler(stop, Access.anywhere(), answers);
    }

    /** Waits until no answer is owed, at most until the deadline. */
    void awaitAnswers(Deadline deadline) {
        answers.awaitNoneOwed(deadline);
    }

    /** Asks for the stop or refuses to; returns at once, the answer is sent when it is there. */
    @Override
    public void handle(HttpExchange exchange) {
        try {
            access.check(exchange, pathSuffix(exchange));
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("POST")) {
                throw new Refused(Answer.methodNotAllowed("GET, POST"));
            }
            ask(exchange, wait(exchange.getRequestURI().getRawQuery()));
        } catch (Refused refused) {
            answers.owe(exchange).pay(refused.answer());
            log.log(
                    refusedBefore.compareAndSet(false, true) ? Level.WARNING : Level.DEBUG,
                    "refused " + describe(exchange) + ": " + refused.getMessage());
        }
    }

    /** What the path has below the handler's own: the token, or nothing. The server matches by prefix. */
    private String pathSuffix(HttpExchange exchange) throws Refused {
        String path = exchange.getRequestURI().getPath();
        String own = exchange.getHttpContext().getPath();
        if (path.equals(own)) {
            return "";
        }
        String below = own.endsWith("/") ? own : own + "/";
        if (!access.byToken() || !path.startsWith(below)) {
            throw new Refused(Answer.nothingHere());
        }
        return path.substring(below.length());
    }

    private static boolean wait(@Nullable String query) throws Refused {
        if (query == null || query.isEmpty() || query.equals("wait=true")) {
            return true;
        }
        if (query.equals("wait=false")) {
            return false;
        }
        throw new Refused(Answer.of(
                400, "the query is not allowed; allowed: wait=true (or none), wait=false"));
    }

    // The hold comes before the request: else the process might have ended
    // before the answer is sent.
    private void ask(HttpExchange exchange, boolean wait) {
        Hold hold = stop.hold();
        Answers.Owed owed = answers.owe(exchange);
        CompletionStage<Report> stopped;
        try {
            stopped = stop.request(Reason.of(Reason.Kind.HTTP, describe(exchange)));
        } catch (RuntimeException | Error e) { // no thread left in this system
            owed.pay(Answer.of(500, "cannot stop: " + e), hold::close);
            throw e;
        }
        if (wait) {
            stopped.thenAccept(report -> owed.pay(Answer.of(report), hold::close));
        } else {
            owed.pay(Answer.of(202, "asked to stop"), hold::close);
        }
    }

    /** {@code GET /shutdown from 127.0.0.1:4711}; the path is the handler's own, without a token. */
    private static String describe(HttpExchange exchange) {
        return plainMethod(exchange) + " " + exchange.getHttpContext().getPath() + " from "
                + Addresses.plain(exchange.getRemoteAddress());
    }

    /** The method, as far as it can be printed: the JDK's server lets line ends into it. */
    private static String plainMethod(HttpExchange exchange) {
        return exchange.getRequestMethod().replaceAll("[^A-Za-z-]", "?");
    }
}
