package org.stop4j.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;
import org.stop4j.Exit;
import org.stop4j.Hold;
import org.stop4j.Phase;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * A small HTTP server, on a port of its own, by which the process can be asked to stop and be probed.
 *
 * <pre>{@code
 * Stop stop = Stop.builder()
 *         .onSignals()
 *         .trigger(StopServer.on(8081).host("0.0.0.0").token(System.getenv("STOP_TOKEN")))
 *         .start();
 * }</pre>
 *
 * <table>
 * <caption>What it answers</caption>
 * <tr><th>path</th><th>answer</th></tr>
 * <tr><td>{@code /shutdown}</td><td>stops the process, as {@link StopHandler} describes</td></tr>
 * <tr><td>{@code /ready}</td><td>200 while the process {@linkplain Stop#readiness is ready}, else 503 with
 *     what keeps it from that</td></tr>
 * <tr><td>{@code /live}</td><td>200, as long as there is a server; the state is the body</td></tr>
 * </table>
 *
 * <p>The probes answer GET and HEAD, need no token, and go on answering while the process stops; the server
 * is closed last, when those who waited have the report. Every answer closes its connection.
 *
 * <p>What a client can cost is bounded: a request must have come within 5 s, at most 32 are read at a time,
 * and while more are waiting, those that have not come within 50 ms are disconnected, so that slow clients
 * cannot starve a probe. How large a head may be is the JDK's matter: 200 headers, and 380 KiB in 17.0.15
 * and 25; old updates of 17 do not bound the size. A connection on which nothing comes takes no thread, and
 * is closed by the JDK after 30 to 40 s.
 *
 * <p>All threads are daemons, so the server does not keep alive a process that has nothing else to do. An
 * idle one has two, both the JDK's own: {@code HTTP-Dispatcher} and {@code idle-timeout-task}.
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
public final class StopServer implements Trigger.Installed {
    private static final Duration HEAD_LIMIT = Duration.ofSeconds(5);
    private static final Duration HEAD_LIMIT_WHEN_FULL = Duration.ofMillis(50);
    private static final int MAX_HEADS = 32;
    /** The default of 50 overflows in a burst, and a client then tries again after a second. */
    private static final int BACKLOG = 512;
    /** How long {@link #close} waits for answers that are just being sent. */
    static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final Stop stop;
    private final String path;
    private final Answers answers = new Answers();
    private final LimitedThreads heads =
            new LimitedThreads("stop-http-request", MAX_HEADS, HEAD_LIMIT, HEAD_LIMIT_WHEN_FULL);
    private final HttpServer server;
    private final InetSocketAddress address;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Taken if the server closes itself. */
    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();

    private StopServer(Stop stop, Builder builder) throws IOException {
        this.stop = stop;
        path = builder.path;
        server = listen(new InetSocketAddress(builder.host, builder.port));
        address = server.getAddress();
        server.setExecutor(heads);
        handle("/", exchange -> answers.owe(exchange).pay(Answer.nothingHere()));
        handle(path, new StopHandler(stop, builder.access(), answers));
        handle("/ready", exchange -> probe(exchange, readiness()));
        handle("/live", exchange -> probe(exchange, Answer.of(200, stop.state().name())));
        startAsDaemon();
    }

    /**
     * Begins to describe a server.
     *
     * @param port where to listen; 0 for any that is free
     * @return a builder for a server on the loopback address, without a token, with the path {@code
     *     /shutdown}
     * @throws IllegalArgumentException if the port is not one
     */
    public static Builder on(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + "; allowed: 0 to 65535");
        }
        return new Builder(port);
    }

    // ---- listening

    private static HttpServer listen(InetSocketAddress address) throws IOException {
        // HttpServer.create leaves a socket open when it fails (17 and 25), for each try.
        try (ServerSocket free = new ServerSocket()) {
            free.bind(address);
        } catch (IOException e) {
            throw cannotListen(address, e);
        }
        try {
            return HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw cannotListen(address, e);
        }
    }

    private static IOException cannotListen(InetSocketAddress address, IOException why) {
        return new IOException(
                "cannot listen on " + Addresses.plain(address) + ": " + why.getMessage(), why);
    }

    private void handle(String ownPath, HttpHandler handler) {
        server.createContext(ownPath, exchange -> {
            // The head has been read, and what follows blocks on no client.
            if (heads.exempt()) {
                throw new IOException("the request came too slowly");
            }
            handler.handle(exchange);
        });
    }

    private Answer readiness() {
        String why = stop.readiness().why(); // once: it may change
        return why.isEmpty() ? Answer.of(200, "ready") : Answer.of(503, why);
    }

    private void probe(HttpExchange exchange, Answer right) {
        String method = exchange.getRequestMethod();
        String asked = exchange.getRequestURI().getPath();
        Answer answer;
        if (!asked.equals(exchange.getHttpContext().getPath())) {
            answer = Answer.nothingHere(); // the server matches by prefix
        } else if (!Set.of("GET", "HEAD").contains(method)) {
            answer = Answer.methodNotAllowed("GET, HEAD");
        } else {
            answer = right;
        }
        answers.owe(exchange).pay(answer);
    }

    /** The server's thread is a daemon if the one that starts it is. */
    private void startAsDaemon() throws IOException {
        FutureTask<@Nullable Void> start = new FutureTask<>(server::start, null);
        Thread starter = new Thread(start, "stop-http-start");
        starter.setDaemon(true);
        boolean started = false;
        try {
            starter.start();
            start.get();
            started = true;
        } catch (ExecutionException e) {
            throw new IOException("cannot start the server: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server was started", e);
        } finally {
            if (!started) {
                server.stop(0);
            }
        }
    }

    // ---- what it is

    /**
     * Tells where it listens; the same after it was closed.
     *
     * @return the address, with the real port
     */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Tells the port; the same after it was closed.
     *
     * @return the real port, also if 0 was asked for
     */
    public int port() {
        return address.getPort();
    }

    /** Says where it can be asked to stop: {@code HTTP at 127.0.0.1:8081/shutdown}. */
    @Override
    public String toString() {
        return "HTTP at " + Addresses.plain(address) + path;
    }

    /** How many wait for an answer. */
    int answersOwed() {
        return answers.owed();
    }

    // ---- closing

    /** Closes the server when the stop is done and its callers have their answers. */
    private void closeWhenStopped() {
        hold.set(stop.hold());
        stop.stopped().thenRun(() -> {
            // Not here: this thread is to give the report to everybody who waits.
            Thread closer = new Thread(this::close, "stop-http-close");
            closer.setDaemon(true);
            closer.start();
        });
    }

    /**
     * Stops listening; when this returns, the port is free. Answers that are just being given when the stop
     * is done are waited for, for 1 s at most; whoever waits for a stop that is not done is disconnected.
     * Closing again does nothing, and returns at once. An interrupt only shortens the waiting.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (stop.state() == State.STOPPED) {
            answers.awaitNoneOwed(Deadline.after(CLOSE_LIMIT));
        }
        // Not stop(n): on 17 that takes n seconds even if nobody is connected.
        server.stop(0);
        Hold held = hold.getAndSet(null);
        if (held != null) {
            held.close();
        }
    }

    /**
     * Describes a server. Not thread-safe; touches nothing before it is started.
     *
     * <p>As a {@link Trigger} it is given to {@link Stop.Builder#trigger}, and closed by the stop as the last
     * thing before the process ends. It may be started more than once, for a server each.
     *
     * @since 0.1
     */
    public static final class Builder implements Trigger {
        private static final Pattern PATH =
                Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");

        private final int port;
        private InetAddress host = InetAddress.getLoopbackAddress();
        private String path = "/shutdown";
        private @Nullable Access token;
        private boolean withoutToken;

        private Builder(int port) {
            this.port = port;
        }

        /**
         * Chooses the address. One that is not a loopback address needs a {@link #token}, or {@link
         * #withoutToken}.
         *
         * @param name an address or a name, which is looked up now; {@code 0.0.0.0} for all addresses
         * @return this builder
         * @throws IllegalArgumentException if there is no such host
         */
        public Builder host(String name) {
            if (name.isBlank()) { // which the JDK would take for loopback
                throw new IllegalArgumentException("host is empty; allowed: an address or a name");
            }
            try {
                host = InetAddress.getByName(name);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(
                        "host is \"" + name
                                + "\", which is not known; allowed: an address or a name",
                        e);
            }
            return this;
        }

        /**
         * Chooses the path that stops the process.
         *
         * @param newPath begins with a slash; letters, digits and {@code . _ ~ -} between slashes; neither
         *     {@code /ready} nor {@code /live}
         * @return this builder
         * @throws IllegalArgumentException if the path is not allowed
         */
        public Builder path(String newPath) {
            if (!PATH.matcher(newPath).matches()
                    || newPath.equals("/ready")
                    || newPath.equals("/live")) {
                throw new IllegalArgumentException("path is \"" + newPath
                        + "\"; allowed: /NAME or /NAME/NAME..., of A-Z a-z 0-9 . _ ~ -, neither /ready"
                        + " nor /live");
            }
            path = newPath;
            return this;
        }

        /**
         * Obeys only whoever knows the token.
         *
         * @param newToken 16 to 256 letters, digits and {@code . _ ~ -}
         * @return this builder
         * @throws IllegalArgumentException if the token is shorter, longer, or has other characters
         * @throws IllegalStateException after {@link #withoutToken}
         */
        public Builder token(String newToken) {
            if (withoutToken) {
                throw new IllegalStateException(
                        "both withoutToken() and token(); allowed: one of them");
            }
            token = Access.token(newToken);
            return this;
        }

        /**
         * Obeys whoever reaches the port, also on another address than loopback; still no browser.
         *
         * @return this builder
         * @throws IllegalStateException after {@link #token}
         */
        public Builder withoutToken() {
            if (token != null) {
                throw new IllegalStateException(
                        "both token() and withoutToken(); allowed: one of them");
            }
            withoutToken = true;
            return this;
        }

        private Access access() {
            if (token != null) {
                return token;
            }
            return withoutToken ? Access.anywhere() : Access.loopback();
        }

        /**
         * Starts a server that is closed by whoever installed it: the stop. Called by {@link
         * Stop.Builder#start}; to start one oneself, use {@link #start}.
         *
         * @param stop what to ask
         * @return the server, listening
         * @throws IOException if it cannot listen, naming address and port
         * @throws IllegalStateException if the address is not a loopback address, and there is neither a
         *     token nor was {@link #withoutToken} said
         */
        @Override
        public StopServer install(Stop stop) throws IOException {
            if (!host.isLoopbackAddress() && token == null && !withoutToken) {
                throw new IllegalStateException("HTTP at "
                        + Addresses.plain(new InetSocketAddress(host, port))
                        + " could be reached from other machines, and has no token; allowed: a"
                        + " token(...), a loopback host(...), or withoutToken()");
            }
            return new StopServer(stop, this);
        }

        /**
         * Starts a server for a stop that was started before. It closes itself when the stop is done and
         * its callers have their answers, for which the process is held.
         *
         * @param stop what to ask
         * @return the server, listening; it may be closed before
         * @throws UncheckedIOException if it cannot listen, naming address and port
         * @throws IllegalStateException if the address is not a loopback address, and there is neither a
         *     token nor was {@link #withoutToken} said
         */
        public StopServer start(Stop stop) {
            try {
                StopServer server = install(stop);
                server.closeWhenStopped();
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }

        /**
         * Starts a server that calls back, without a {@link Stop} of one's own; the process lives on. The
         * callback is called once, by the first caller; it may take 25 s, and is then interrupted and
         * left. When its callers have their answers, the server closes itself.
         *
         * @param callback what to do
         * @return the server, listening; it may be closed before
         * @throws UncheckedIOException if it cannot listen, naming address and port
         * @throws IllegalStateException if the address is not a loopback address, and there is neither a
         *     token nor was {@link #withoutToken} said
         */
        public StopServer calling(Step callback) {
            Stop stop = Stop.builder().exit(Exit.never()).start();
            stop.step(Phase.FINISH, "callback", callback);
            return start(stop);
        }
    }
}
