package org.stop4j.examples.plain;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.stop4j.ControlDirectoryException;
import org.stop4j.Phase;
import org.stop4j.State;
import org.stop4j.Stop;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** An HTTP service that loses no request when it is stopped by a signal or the {@code stop} command. */
public final class PlainMain {
    private final Stop stop;
    private final Traffic traffic = new Traffic();

    private PlainMain(Stop stop) {
        this.stop = stop;
    }

    public static void main(String[] arguments) {
        try {
            HttpServer server = listen(Query.port(arguments));
            new PlainMain(Stop.builder().onSignals().onCommand().start()).serve(server);
        } catch (IOException | IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("plain-main: " + e.getMessage());
            System.exit(2);
        }
    }

    private static HttpServer listen(int port) throws IOException {
        try {
            return HttpServer.create(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new IOException("cannot listen on port " + port + ": " + e.getMessage(), e);
        }
    }

    private void serve(HttpServer server) {
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/job", this::job);
        server.createContext("/ready", this::ready);
        stop.step(Phase.DRAIN, "http", deadline -> {
            traffic.drain(deadline);
            server.stop(0);
        });
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    /** {@code ANY /job?id=X&ms=N&bytes=B}: works N ms, answers B bytes that begin with X and a line end. */
    private void job(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!traffic.enter()) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                answer(exchange, 503, Query.text("stopping\n"));
                return;
            }
            try {
                Query query = Query.of(exchange.getRequestURI());
                exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
                Thread.sleep(query.millis());
                answer(exchange, 200, query.body());
            } catch (IllegalArgumentException e) {
                answer(exchange, 400, Query.text(e.getMessage() + "\n"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                traffic.exit();
            }
        }
    }

    private void ready(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean ready = stop.state() == State.RUNNING;
            answer(exchange, ready ? 200 : 503, Query.text(ready ? "ready\n" : "stopping\n"));
        }
    }

    private void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (stop.state() != State.RUNNING) {
            // A client that keeps its connection would send the next request into the closing of
            // it.
            exchange.getResponseHeaders().set("Connection", "close");
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }
}
