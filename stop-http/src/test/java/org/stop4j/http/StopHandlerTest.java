package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Phase;
import org.stop4j.http.Connection.Response;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** On a server of the user's own that has no executor: one thread accepts, reads and handles. */
class StopHandlerTest {
    private static final String TOKEN = "0123456789abcdef";

    private HttpServer server;
    private int port;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hello", exchange -> {
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(200, -1);
        });
        server.start();
        port = server.getAddress().getPort();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void helloIsAnswered() {
        assertThat(Connection.ask(port, "GET /hello").status()).isEqualTo(200);
    }

    @Test
    void aWaitingCallerDoesNotBlockTheServer() throws Exception {
        StoppedApp app = new StoppedApp();
        server.createContext("/shutdown", StopHandler.of(app.stop));
        try (Connection caller = Connection.open(port, Connection.request("GET /shutdown"))) {
            app.awaitBegun();
            helloIsAnswered();
            app.quick();
            assertThat(caller.response().status()).isEqualTo(200);
        }
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void aRefusedCallerWhoseBodyNeverComesDoesNotBlockTheServer() throws Exception {
        server.createContext("/shutdown", StopHandler.of(new StoppedApp().stop).token(TOKEN));
        String half = Connection.request("POST /shutdown", "Content-Length: 9") + "x";
        try (Connection caller = Connection.open(port, half)) {
            helloIsAnswered();
            assertThat(caller.response().status()).isEqualTo(401);
        }
    }

    @Test
    void theProcessIsHeldWhileTheAnswerIsBeingSent() throws Exception {
        Logger quiet = Logger.getLogger("org.stop4j"); // a failure that long would be on the screen
        quiet.setLevel(Level.OFF);
        StoppedApp app = new StoppedApp().quick();
        app.stop.step(Phase.CLOSE, "talkative", SlowReader::failAtLength);
        server.createContext("/shutdown", StopHandler.of(app.stop));
        try (Connection caller = Connection.open(port, Connection.request("GET /shutdown"))) {
            // The beginning of the answer is there, and its end cannot be: no buffer is so big.
            assertThat(caller.socket.getInputStream().read()).isEqualTo('H');
            assertThat(app.exited()).isFalse();
            assertThat(caller.readAll()).endsWith("}\n");
        } finally {
            quiet.setLevel(null);
        }
        assertThat(app.awaitExit()).isEqualTo(1);
    }

    @Test
    void aCallerThatDoesNotReadItsAnswerDoesNotHoldTheProcessForLong() throws Exception {
        Logger quiet = Logger.getLogger("org.stop4j");
        quiet.setLevel(Level.OFF);
        StoppedApp app = new StoppedApp().quick();
        app.stop.step(Phase.CLOSE, "talkative", SlowReader::failAtLength);
        server.createContext("/shutdown", StopHandler.of(app.stop));
        try (Connection caller = Connection.open(port, Connection.request("GET /shutdown"))) {
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(caller.socket.isClosed()).isFalse();
        } finally {
            quiet.setLevel(null);
        }
    }

    @Test
    void aCallAfterTheStopGetsTheReportOfTheStop() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        server.createContext("/shutdown", StopHandler.of(app.stop));
        Response first = Connection.ask(port, "GET /shutdown");
        assertThat(app.awaitExit()).isZero();
        assertThat(Connection.ask(port, "POST /shutdown", "Content-Length: 0").body())
                .isEqualTo(first.body());
    }

    @Test
    void aCallbackIsCalledOnceAndTheApplicationLivesOn() {
        AtomicInteger calls = new AtomicInteger();
        server.createContext("/shutdown", StopHandler.calling(deadline -> calls.incrementAndGet()));
        assertThat(Connection.ask(port, "GET /shutdown").status()).isEqualTo(200);
        assertThat(Connection.ask(port, "GET /shutdown").status()).isEqualTo(200);
        assertThat(calls).hasValue(1);
        helloIsAnswered();
    }

    @Test
    void aCallbackIsCalledOnlyWithTheTokenIfThereIsOne() {
        AtomicInteger calls = new AtomicInteger();
        server.createContext(
                "/shutdown",
                StopHandler.calling(deadline -> calls.incrementAndGet()).token(TOKEN));
        assertThat(Connection.ask(port, "GET /shutdown").status()).isEqualTo(401);
        assertThat(calls).hasValue(0);
        assertThat(Connection.ask(port, "GET /shutdown/" + TOKEN).status()).isEqualTo(200);
        assertThat(calls).hasValue(1);
    }

    @Test
    void onlyTheExactPathStopsTheProcess() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        server.createContext("/shutdown", StopHandler.of(app.stop));
        for (String path : new String[] {"/shutdownfoo", "/shutdown/", "/shutdown/other"}) {
            assertThat(Connection.ask(port, "GET " + path).status()).isEqualTo(404);
        }
        assertThat(app.asked()).isFalse();
        assertThat(Connection.ask(port, "GET http://127.0.0.1/shutdown").status())
                .isEqualTo(200);
    }

    @Test
    void withATokenWhatIsBesideThePathIsStillNotFound() {
        StoppedApp app = new StoppedApp().quick();
        server.createContext("/shutdown", StopHandler.of(app.stop).token(TOKEN));
        assertThat(Connection.ask(port, "GET /shutdown" + TOKEN).status()).isEqualTo(404);
        assertThat(app.asked()).isFalse();
    }

    @Test
    void withoutATokenNobodyStopsItOverAnotherAddressThanLoopback() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        InetSocketAddress elsewhere = new InetSocketAddress("10.0.0.3", port);
        serveAsReachedOn(elsewhere, "/shutdown", StopHandler.of(app.stop));
        Response response = Connection.ask(port, "GET /shutdown");
        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).contains("loopback");
        assertThat(app.asked()).isFalse();

        serveAsReachedOn(elsewhere, "/said", StopHandler.of(app.stop).withoutToken());
        assertThat(Connection.ask(port, "GET /said").status()).isEqualTo(200);
    }

    private void serveAsReachedOn(InetSocketAddress local, String path, HttpHandler handler) {
        server.createContext(path, exchange -> handler.handle(new ReachedOn(exchange, local)));
    }

    @Test
    void aHandlerThatIsIdleHasNoThreads() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        server.createContext("/shutdown", StopHandler.of(app.stop));
        assertThat(Connection.ask(port, "GET /shutdown").status()).isEqualTo(200);
        app.awaitExit();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("stop-http-")));
    }
}
