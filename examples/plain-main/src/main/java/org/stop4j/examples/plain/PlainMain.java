package org.stop4j.examples.plain;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.stop4j.ControlDirectoryException;
import org.stop4j.Stop;
import org.stop4j.http.HttpGate;
import org.stop4j.http.StopServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/**
 * An HTTP service that loses no request when it is stopped by a signal, the {@code stop} command
 * or, if it has a port for that, HTTP.
 */
public final class PlainMain {
    private PlainMain() {}

    public static void main(String[] arguments) {
        try {
            Arguments given = Arguments.of(arguments);
            HttpServer server = listen(given.host(), given.port());
            Stop.Builder described = Stop.builder().onSignals().onCommand();
            onHttp(described, given);
            serve(server, given.quietWait(described).start());
        } catch (IOException | IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("plain-main: " + e.getMessage());
            System.exit(2);
        }
    }

    private static HttpServer listen(String host, int port) throws IOException {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 512);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + host + ", port " + port + ": " + e.getMessage(), e);
        }
    }

    private static void onHttp(Stop.Builder described, Arguments given) {
        if (given.stopPort() == Arguments.NONE) {
            return;
        }
        String token = System.getenv("STOP_TOKEN");
        if (token == null) {
            throw new IllegalArgumentException("--stop-port needs the variable STOP_TOKEN");
        }
        described.trigger(StopServer.on(given.stopPort()).host(given.host()).token(token));
    }

    private static void serve(HttpServer server, Stop stop) {
        server.setExecutor(Executors.newCachedThreadPool());
        // On the server itself: to ask whether the process is ready is no work that it waits for.
        server.createContext("/ready", exchange -> ready(exchange, stop));
        server.createContext("/live", PlainMain::live);
        HttpGate.around(stop, server).createContext("/job", PlainMain::job);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    /**
     * {@code ANY /job?id=X&ms=N&bytes=B}: works N ms, answers B bytes that begin with X and a line
     * end.
     */
    private static void job(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                Query query = Query.of(exchange.getRequestURI());
                exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
                Thread.sleep(query.millis());
                answer(exchange, 200, query.body());
            } catch (IllegalArgumentException e) {
                answer(exchange, 400, Query.text(e.getMessage() + "\n"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void ready(HttpExchange exchange, Stop stop) throws IOException {
        try (exchange) {
            String why = stop.readiness().why();
            boolean ready = why.isEmpty();
            answer(exchange, ready ? 200 : 503, Query.text(ready ? "ready\n" : why + "\n"));
        }
    }

    private static void live(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange, 200, Query.text("live\n"));
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }
}
