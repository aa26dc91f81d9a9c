package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stop4j.Exit;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.StoppingException;
import org.stop4j.http.Connection.Response;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** What the gate promises of the JDK's server in particular; the rest is in HttpGateContractTest. */
@Timeout(60)
class HttpGateTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final Stop stop =
            Stop.builder().exit(Exit.never()).timeout(Duration.ofSeconds(10)).start();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        released.countDown();
        for (AutoCloseable one : closing) {
            one.close();
        }
        stop.close();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private HttpServer original() throws IOException {
        return prepared(HttpServer.create(anyPort(), 64));
    }

    private <T extends HttpServer> T prepared(T server) {
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        closing.push(threads::shutdownNow);
        closing.push(() -> server.stop(0));
        return server;
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Response ask(HttpServer server, String target, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Connection: close";
        return Connection.ask(server.getAddress().getPort(), target, all);
    }

    /** A request that is in flight until it is released. */
    private Connection held(HttpServer gated) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        gated.createContext("/held", exchange -> {
            begun.countDown();
            await(released);
            answer(exchange, "held");
        });
        Connection connection = Connection.open(
                gated.getAddress().getPort(), Connection.request("GET /held", "Connection: close"));
        closing.push(connection);
        await(begun);
        return connection;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private void stopping() throws InterruptedException {
        stop.request("test");
        assertThat(stop.await(State.STOPPING, LONG)).isTrue();
    }

    private Report end() throws InterruptedException {
        stop.request("test");
        return stop.await(LONG).orElseThrow();
    }

    private void assertClean(Report report) {
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        assertThat(stop.gate().inFlight()).isZero();
    }

    // ---- contexts

    @Test
    void aContextThatIsMadeOrGivenItsHandlerLaterIsBehindTheGate() throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        server.start();
        Connection held = held(server);
        HttpContext later = server.createContext("/later");
        assertThat(ask(server, "GET /later").status()).isEqualTo(500); // no handler yet
        later.setHandler(exchange -> {
            assertThat(exchange.getHttpContext()).isSameAs(later);
            answer(
                    exchange,
                    exchange.getHttpContext().getPath() + " " + stop.gate().inFlight());
        });
        assertThat(ask(server, "GET /later").body()).isEqualTo("/later 2");
        assertThatThrownBy(() -> later.setHandler(exchange -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        stopping();
        assertThat(ask(server, "GET /later").status()).isEqualTo(503);
        released.countDown();
        assertThat(held.response().body()).isEqualTo("held");
        assertClean(end());
    }

    @Test
    void aContextThatIsRemovedIsGone() throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        HttpContext one = server.createContext("/one", exchange -> answer(exchange, "one"));
        server.createContext("/two", exchange -> answer(exchange, "two"));
        server.start();
        assertThat(one.getServer()).isSameAs(server);
        assertThat(ask(server, "GET /one").body()).isEqualTo("one");
        server.removeContext(one);
        server.removeContext("/two");
        assertThat(ask(server, "GET /one").status()).isEqualTo(404);
        assertThat(ask(server, "GET /two").status()).isEqualTo(404);
        assertClean(end());
    }

    @Test
    void whatIsMadeOnTheOriginalServerIsNeitherCountedNorRefused() throws Exception {
        HttpServer original = original();
        original.createContext(
                "/ready",
                exchange -> answer(exchange, "in flight: " + stop.gate().inFlight()));
        HttpServer server = HttpGate.around(stop, original);
        server.start();
        assertThat(ask(server, "GET /ready").body()).isEqualTo("in flight: 0");
        Connection held = held(server);
        stopping();
        assertThat(ask(server, "GET /ready").body()).isEqualTo("in flight: 1");
        released.countDown();
        assertThat(held.response().body()).isEqualTo("held");
        assertClean(end());
    }

    // ---- filters and authenticators

    @Test
    void anAuthenticatorDecidesBehindTheGateAndTheHandlerKnowsWhoItIs() throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        HttpContext context = server.createContext(
                "/", exchange -> answer(exchange, exchange.getPrincipal().getUsername()));
        BasicAuthenticator realm = new BasicAuthenticator("orders") {
            @Override
            public boolean checkCredentials(String user, String password) {
                return user.equals("ann") && password.equals("secret");
            }
        };
        assertThat(context.setAuthenticator(realm)).isNull();
        assertThat(context.getAuthenticator()).isSameAs(realm);
        server.start();
        Response unknown = ask(server, "GET /");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.header("WWW-Authenticate")).contains("orders");
        String ann = "Authorization: Basic "
                + Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.UTF_8));
        assertThat(ask(server, "GET /", ann).body()).isEqualTo("ann");
        Connection held = held(server);
        stopping();
        assertThat(ask(server, "GET /").status()).isEqualTo(503);
        released.countDown();
        assertThat(held.response().body()).isEqualTo("held");
        assertClean(end());
    }

    @Test
    void whatAFilterAnswersForAHandlerThatThrowsIsCountedUntilItIsSent() throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        CountDownLatch thrown = new CountDownLatch(1);
        HttpContext context = server.createContext("/", exchange -> {
            throw new IllegalStateException("on purpose");
        });
        context.getFilters().add(new Filter() {
            @Override
            public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                try {
                    chain.doFilter(exchange);
                } catch (IllegalStateException e) {
                    thrown.countDown();
                    await(released);
                    answer(exchange, "sorry");
                }
            }

            @Override
            public String description() {
                return "says sorry";
            }
        });
        server.start();
        try (Connection connection = Connection.open(
                server.getAddress().getPort(), Connection.request("GET /", "Connection: close"))) {
            await(thrown);
            stopping();
            assertThat(stop.gate().inFlight()).isEqualTo(1);
            released.countDown();
            Response response = connection.response();
            assertThat(response.body()).isEqualTo("sorry");
            assertThat(response.header("Connection")).isEqualTo("close");
        }
        assertClean(end());
    }

    @Test
    void aFilterMayWrapTheBodyOfTheAnswer() throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        HttpContext context = server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write("copied".getBytes(StandardCharsets.UTF_8));
            }
        });
        context.getFilters().add(Copying.to(copy));
        server.start();
        assertThat(ask(server, "GET /").body()).contains("copied");
        assertThat(copy.toString(StandardCharsets.UTF_8)).isEqualTo("copied");
        assertClean(end());
    }

    /** Copies the body of each answer. */
    private static final class Copying extends Filter {
        private final OutputStream copy;

        private Copying(OutputStream copy) {
            this.copy = copy;
        }

        static Copying to(OutputStream copy) {
            return new Copying(copy);
        }

        @Override
        public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
            OutputStream out = exchange.getResponseBody();
            exchange.setStreams(null, new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    copy.write(one);
                    out.write(one);
                }

                @Override
                public void close() throws IOException {
                    out.close();
                }
            });
            chain.doFilter(exchange);
        }

        @Override
        public String description() {
            return "copies";
        }
    }

    // ---- the end

    @Test
    void aStopHandlerOnTheSameServerAnswersWhenTheStopIsDoneAndThenTheServerIsClosed()
            throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        server.createContext("/shutdown", StopHandler.of(stop));
        server.start();
        int port = server.getAddress().getPort();
        Connection held = held(server);
        try (Connection caller = Connection.open(port, Connection.request("GET /shutdown"))) {
            assertThat(stop.await(State.STOPPING, LONG)).isTrue();
            released.countDown();
            assertThat(held.response().body()).isEqualTo("held");
            Response report = caller.response();
            assertThat(report.status()).isEqualTo(200);
            assertThat(report.body()).contains("\"outcome\":\"CLEAN\"");
        }
        assertClean(end());
        // Closed by a thread of its own, after the answer.
        Awaitility.await().until(() -> isClosed(port));
    }

    private static boolean isClosed(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    @Test
    void anExchangeThatIsNeverClosedIsWaitedForAndNamed() throws Exception {
        Stop shorter =
                Stop.builder().exit(Exit.never()).timeout(Duration.ofSeconds(1)).start();
        HttpServer server = HttpGate.around(shorter, original());
        CountDownLatch returned = new CountDownLatch(1);
        server.createContext("/forgotten", exchange -> {
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write("abc".getBytes(StandardCharsets.UTF_8));
            returned.countDown();
        });
        server.start();
        try (Connection connection = Connection.open(
                server.getAddress().getPort(), Connection.request("GET /forgotten"))) {
            await(returned);
            shorter.request("test");
            Report report = shorter.await(LONG).orElseThrow();
            assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
            assertThat(report.toText()).contains("\"GET /forgotten\"");
            assertThat(connection.socket.isConnected()).isTrue();
        }
    }

    @Test
    void aLargeUploadThatIsRefusedGetsItsRefusal() throws Exception {
        HttpServer server = HttpGate.around(stop, original());
        server.createContext("/", exchange -> answer(exchange, "not refused"));
        server.start();
        Connection held = held(server);
        stopping();
        String body = "x".repeat(3 << 20); // far more than the server itself reads
        try (Connection upload = Connection.open(
                server.getAddress().getPort(),
                Connection.request("POST /", "Content-Length: " + body.length()) + body)) {
            Response response = upload.response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.header("Retry-After")).isEqualTo("1");
            assertThat(response.header("Connection")).isEqualTo("close");
        }
        released.countDown();
        assertThat(held.response().body()).isEqualTo("held");
        assertClean(end());
    }

    @Test
    void aServerThatWasNeverStartedDoesNotFailTheStop() throws Exception {
        HttpGate.around(stop, HttpServer.create(anyPort(), 0));
        assertClean(end());
    }

    @Test
    void aServerIsGatedOnceByEachStopAndTwoServersMayBeByOne() throws Exception {
        HttpServer one = original();
        HttpGate.around(stop, one);
        HttpGate.around(stop, original());
        assertThatThrownBy(() -> HttpGate.around(stop, one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http server on port " + one.getAddress().getPort());
        assertClean(end());
    }

    @Test
    void whenTheStopIsPastItsTimeTheGateCannotBePutUp() throws Exception {
        stop.gate();
        stop.step(Phase.FINISH, "held", deadline -> released.await());
        stopping();
        Awaitility.await().until(() -> !stop.gate().isOpen());
        released.countDown();
        end();
        HttpServer late = original();
        assertThatThrownBy(() -> HttpGate.around(stop, late)).isInstanceOf(StoppingException.class);
    }

    // ---- TLS

    @Test
    void overTlsAHandlerCanAskForTheSession(@TempDir Path directory) throws Exception {
        SSLContext tls = tls(directory.resolve("keys.p12"));
        HttpsServer original = prepared(HttpsServer.create(anyPort(), 64));
        original.setHttpsConfigurator(new HttpsConfigurator(tls));
        HttpServer server = HttpGate.around(stop, original);
        server.createContext("/", exchange -> {
            String protocol = ((HttpsExchange) exchange).getSSLSession().getProtocol();
            answer(exchange, protocol + " " + exchange.getPrincipal());
        });
        server.start();
        try (SSLSocket socket = (SSLSocket) tls.getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(Connection.request("GET /", "Connection: close")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("TLSv1.3 null");
        }
        assertClean(end());
    }

    private static SSLContext tls(Path keys) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        keys.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, "changeit".toCharArray());
        TrustManagerFactory trusted =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
