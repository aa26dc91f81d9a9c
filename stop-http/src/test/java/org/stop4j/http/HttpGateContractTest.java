package org.stop4j.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.stop4j.Stop;
import org.stop4j.testing.HttpServerContract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The contract of adapters, kept by the gate before the JDK's server. */
class HttpGateContractTest extends HttpServerContract {
    @Override
    protected Listening serve(Stop stop, Handler handler) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server = HttpGate.around(stop, HttpServer.create(anyPort, 256));
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(handler, new Bridge(exchange)));
        server.start();
        return new Listening(server.getAddress().getPort(), () -> {
            server.stop(0);
            threads.shutdownNow();
        });
    }

    private static void handle(Handler handler, Bridge bridge) throws IOException {
        handler.handle(bridge);
        if (!bridge.detached) {
            bridge.complete();
        }
    }

    @Override
    protected boolean canDetach() {
        return true;
    }

    private static final class Bridge implements Exchange {
        private final HttpExchange exchange;
        private boolean detached;

        private Bridge(HttpExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public String path() {
            return exchange.getRequestURI().getPath();
        }

        @Override
        public InputStream body() {
            return exchange.getRequestBody();
        }

        @Override
        public OutputStream answer(int status, long length) throws IOException {
            long asTheServerSaysIt = length == 0 ? -1 : Math.max(0, length);
            exchange.sendResponseHeaders(status, asTheServerSaysIt);
            return exchange.getResponseBody();
        }

        @Override
        public void detach() {
            detached = true;
        }

        @Override
        public void complete() {
            exchange.close();
        }
    }
}
