package org.stop4j.examples.readme;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.stop4j.Stop;
import org.stop4j.http.HttpGate;
import org.stop4j.testing.HttpServerContract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** How an adapter is held to the contract, as the Javadoc shows it. */
class OrdersServerTest extends HttpServerContract {
    @Override
    protected Listening serve(Stop stop, Handler handler) throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server = HttpGate.around(stop, HttpServer.create(anyPort, 256));
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                handler.handle(new Bridge(exchange));
            }
        });
        server.start();
        return new Listening(server.getAddress().getPort(), () -> {
            server.stop(0);
            threads.shutdownNow();
        });
    }

    private record Bridge(HttpExchange exchange) implements Exchange {
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
            // To this server, -1 means no body, and 0 a body whose length is not known.
            exchange.sendResponseHeaders(status, length == 0 ? -1 : Math.max(0, length));
            return exchange.getResponseBody();
        }
    }
}
