package org.stop4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What every adapter for a server of HTTP/1.1 promises, beside what {@link ServerContract} says. The client is
 * here: it speaks over plain sockets to the loopback address, and notices whatever is cut off.
 *
 * <p>The author of an adapter extends this class in the tests of the adapter, starts the server as a user of the
 * adapter would, with one handler for every path, and bridges the server's request to {@link Exchange}:
 *
 * <pre>{@code
 * class OrdersServerTest extends HttpServerContract {
 *     @Override
 *     protected Listening serve(Stop stop, Handler handler) throws IOException {
 *         InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
 *         HttpServer server = HttpGate.around(stop, HttpServer.create(anyPort, 256));
 *         ExecutorService threads = Executors.newCachedThreadPool();
 *         server.setExecutor(threads);
 *         server.createContext("/", exchange -> {
 *             try (exchange) {
 *                 handler.handle(new Bridge(exchange));
 *             }
 *         });
 *         server.start();
 *         return new Listening(server.getAddress().getPort(), () -> {
 *             server.stop(0);
 *             threads.shutdownNow();
 *         });
 *     }
 *
 *     private record Bridge(HttpExchange exchange) implements Exchange {
 *         @Override
 *         public String path() {
 *             return exchange.getRequestURI().getPath();
 *         }
 *
 *         @Override
 *         public InputStream body() {
 *             return exchange.getRequestBody();
 *         }
 *
 *         @Override
 *         public OutputStream answer(int status, long length) throws IOException {
 *             // To this server, -1 means no body, and 0 a body whose length is not known.
 *             exchange.sendResponseHeaders(status, length == 0 ? -1 : Math.max(0, length));
 *             return exchange.getResponseBody();
 *         }
 *     }
 * }
 * }</pre>
 *
 * @since 0.1
 */
public abstract class HttpServerContract extends ServerContract {
    /** Below it are the calls of the general contract. */
    static final String CALL = "/call/";

    private static final byte[] PIECE = new byte[1 << 16];

    /** For subclasses. */
    protected HttpServerContract() {}

    // ---- what the adapter's author gives

    /**
     * Starts a server on a free port of the loopback address, and registers it with the stop as a user of the
     * adapter would. Every request, whatever its method and path, is given to the handler, on a thread on which it
     * may block. The server must be able to run 250 at the same time.
     *
     * @param stop the stop, started, not asked for anything
     * @param handler what every request is given to
     * @return where it listens
     * @throws Exception if it cannot be started; the test fails
     */
    protected abstract Listening serve(Stop stop, Handler handler) throws Exception;

    /**
     * Tells whether {@link Exchange#detach} can be used.
     *
     * @return false, if not overridden: the tests for that are skipped
     */
    protected boolean canDetach() {
        return false;
    }

    /**
     * What a server's handler calls, in place of what an application does.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Handler {

        /**
         * Handles one request. When it returns, the answer is complete, unless the exchange was {@linkplain
         * Exchange#detach detached}. May block, throw, or not return before the end of the test.
         *
         * @param exchange the request, and its answer
         * @throws IOException if the client is gone, or the thread was interrupted; as every exception, to be thrown on
         *     to the server
         */
        void handle(Exchange exchange) throws IOException;
    }

    /**
     * A request and its answer, bridged to those of the server.
     *
     * @since 0.1
     */
    public interface Exchange {

        /**
         * Tells what is asked for.
         *
         * @return the path, without the query, as it was sent
         */
        String path();

        /**
         * Returns the body of the request.
         *
         * @return what is read of it blocks until it has come
         * @throws IOException if it cannot be read
         */
        InputStream body() throws IOException;

        /**
         * Begins the answer, with no headers but those that the server adds. Called once.
         *
         * @param status the status
         * @param length how many bytes the body has; 0 for none, -1 if that is not known
         * @return for the body; what is written to it blocks while the client does not read, and its {@code flush}
         *     sends what was written, the head included
         * @throws IOException if the client is gone
         */
        OutputStream answer(int status, long length) throws IOException;

        /**
         * Lets the exchange go on when the handler has returned, until {@link #complete}. Called on the handler's
         * thread, if {@link HttpServerContract#canDetach} says so.
         */
        default void detach() {
            throw new UnsupportedOperationException("this bridge cannot detach");
        }

        /**
         * Completes an exchange that was detached. Called once, on any thread; perhaps when the server has been
         * closed.
         *
         * @throws IOException if the client is gone, or the server
         */
        default void complete() throws IOException {
            throw new UnsupportedOperationException("this bridge cannot detach");
        }
    }

    /**
     * A server that runs.
     *
     * @param port where it listens, on the loopback address
     * @param closing closes the server, and what was started beside it; see {@link Server#close}
     * @since 0.1
     */
    public record Listening(int port, AutoCloseable closing) {}

    @Override
    protected final Server start(Stop stop, Service service) throws Exception {
        return new Endpoint(serve(stop, handler(exchange -> serveCall(service, exchange))));
    }

    private static void serveCall(Service service, Exchange exchange) throws Exception {
        String path = exchange.path();
        if (!path.startsWith(CALL)) {
            throw new IllegalStateException("the path is " + path);
        }
        answer(exchange, service.serve(path.substring(CALL.length())));
    }

    private static void answer(Exchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.answer(200, body.length)) {
            out.write(body);
        }
    }

    /**
     * Tells how the adapter calls the work of a request: by its method and path, without the query, which may hold
     * secrets.
     *
     * @param request a request; letters, digits and hyphens
     * @return {@code GET /call/REQUEST}, if not overridden
     */
    @Override
    protected String workName(String request) {
        return "GET " + CALL + request;
    }

    private static final class Endpoint implements Server {
        private final Listening listening;

        private Endpoint(Listening listening) {
            this.listening = listening;
        }

        @Override
        public Client client() {
            return new HttpCalls(listening.port);
        }

        @Override
        public void close() throws Exception {
            listening.closing.close();
        }
    }

    // ---- Connection: close

    /**
     * While the process runs, connections are kept.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void beforeTheStopNoAnswerClosesItsConnection() throws Exception {
        try (Life life = begin()) {
            HttpConnection connection = open(life);
            for (int i = 0; i < 3; i++) {
                assertKept("kept-" + i, connection.get(CALL + "kept-" + i));
            }
            life.stop.drain(BY_THE_CONTRACT);
            assertClosing("draining", connection.get(CALL + "draining"));
            life.stop.resume(BY_THE_CONTRACT);
            connection = open(life);
            for (int i = 0; i < 3; i++) {
                assertKept("kept-again-" + i, connection.get(CALL + "kept-again-" + i));
            }
            life.endCleanly();
        }
    }

    /**
     * From the beginning of the stop, while everything is still served, each answer asks the client to make a new
     * connection, and the server closes this one.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void fromNotifyOnEveryAnswerClosesItsConnection() throws Exception {
        try (Life life = begin().holdNotify()) {
            HttpConnection open = open(life);
            assertKept("before", open.get(CALL + "before"));
            HttpConnection busy = open(life).send(HttpConnection.head("GET " + CALL + "held"));
            life.service.awaitWaiting(1);
            life.stopUntil(State.DRAINING);
            assertClosing("on-an-open-one", open.get(CALL + "on-an-open-one"));
            open.awaitClosed();
            HttpConnection fresh = open(life);
            assertClosing("on-a-new-one", fresh.get(CALL + "on-a-new-one"));
            fresh.awaitClosed();
            life.service.release();
            assertClosing("held", busy.answer());
            busy.awaitClosed();
            life.letNotifyEnd();
            life.endCleanly();
        }
    }

    /**
     * The same of answers of any kind, begun before and answered after: without a body, with one whose length is not
     * known, to HEAD; and of those that the handler flushes or closes long before it returns.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void fromNotifyOnAnswersOfEveryKindCloseTheirConnection() throws Exception {
        Held held = new Held();
        try (Life life = begin(exchange -> {
                    held.hold();
                    switch (exchange.path()) {
                        case "/chunked" -> write(exchange.answer(200, -1), "chunked");
                        case "/flushed" -> {
                            OutputStream out = exchange.answer(200, 2);
                            out.write('o');
                            out.flush();
                            out.write('k');
                            out.close();
                        }
                        case "/closed" -> exchange.answer(200, 0).close();
                        default -> exchange.answer(200, 0);
                    }
                })
                .holdNotify()) {
            HttpConnection chunked = open(life).send(HttpConnection.head("GET /chunked"));
            HttpConnection empty = open(life).send(HttpConnection.head("GET /empty"));
            HttpConnection closed = open(life).send(HttpConnection.head("GET /closed"));
            HttpConnection head = open(life).send(HttpConnection.head("HEAD /head"));
            HttpConnection post =
                    open(life).send(HttpConnection.head("POST /post", "Content-Length: 3") + "abc");
            HttpConnection flushed = open(life).send(HttpConnection.head("GET /flushed"));
            held.await(6);
            life.stopUntil(State.DRAINING);
            held.release();
            assertEquals("chunked", assertClosing(chunked.answer()).body());
            assertEquals("", assertClosing(empty.answer()).body());
            assertEquals("", assertClosing(closed.answer()).body());
            assertEquals("ok", assertClosing(flushed.answer()).body());
            assertClosing(head.answerToHead());
            assertClosing(post.answer());
            for (HttpConnection one :
                    new HttpConnection[] {chunked, empty, closed, flushed, head, post}) {
                one.awaitClosed();
            }
            life.letNotifyEnd();
            life.endCleanly();
        }
    }

    // ---- after closing

    /**
     * A request that comes when the gate is closed gets the whole refusal: 503, Retry-After and Connection: close, on
     * a connection that was open; also if it has a body that nobody reads.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void afterClosingARequestGets503RetryAfterAndConnectionClose() throws Exception {
        try (Life life = begin()) {
            HttpConnection get = open(life);
            assertKept("before", get.get(CALL + "before"));
            HttpConnection post = open(life);
            assertKept("before-the-post", post.get(CALL + "before-the-post"));
            Future<Call> held = life.call("held");
            life.service.awaitWaiting(1);
            life.stopUntil(State.STOPPING);
            assertRefusal(get.get(CALL + "late"));
            get.awaitClosed();
            String body = "x".repeat(30_000);
            post.send(HttpConnection.head(
                            "POST " + CALL + "late-post", "Content-Length: " + body.length())
                    + body);
            assertRefusal(post.answer());
            post.awaitClosed();
            HttpConnection head = open(life).send(HttpConnection.head("HEAD " + CALL + "head"));
            assertRefusal(head.answerToHead());
            head.awaitClosed();
            life.service.release();
            Life.assertAnswered("held", Life.get(held));
            life.endCleanly();
            assertEquals(3, life.service.begun());
        }
    }

    /**
     * Connections on which nothing happens stay open until what is in flight is answered: whoever uses one gets an
     * answer or a refusal; and at the end of the stop they are closed.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void idleConnectionsStayOpenUntilTheGateIsEmptyAndAreClosedByTheEnd() throws Exception {
        try (Life life = begin().holdNotify()) {
            HttpConnection usedInNotify = open(life);
            HttpConnection usedLater = open(life);
            HttpConnection neverUsed = open(life);
            HttpConnection fresh = open(life);
            assertKept("a", usedInNotify.get(CALL + "a"));
            assertKept("b", usedLater.get(CALL + "b"));
            assertKept("c", neverUsed.get(CALL + "c"));
            Future<Call> held = life.call("held");
            life.service.awaitWaiting(1);
            life.stopUntil(State.DRAINING);
            assertClosing("in-notify", usedInNotify.get(CALL + "in-notify"));
            life.letNotifyEnd();
            life.stopUntil(State.STOPPING);
            assertRefusal(usedLater.get(CALL + "later"));
            assertRefusal(fresh.get(CALL + "never-used-before"));
            life.service.release();
            Life.assertAnswered("held", Life.get(held));
            life.endCleanly();
            neverUsed.awaitClosed();
        }
    }

    // ---- pipelining and old clients

    /**
     * Two requests in one packet, while the process runs: both are answered, in their order.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
        try (Life life = begin()) {
            HttpConnection connection = open(life)
                    .send(HttpConnection.head("GET " + CALL + "first")
                            + HttpConnection.head("GET " + CALL + "second"));
            assertKept("first", connection.answer());
            assertKept("second", connection.answer());
            life.endCleanly();
        }
    }

    /**
     * Two requests in one packet, and the stop begins while the first is in flight: that is answered, and says
     * that its connection is closed; so the second is not begun, and the client knows it. Nothing is begun and then
     * lost.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void ofPipelinedRequestsNoneIsBegunAfterTheLastAnswer() throws Exception {
        try (Life life = begin().holdNotify()) {
            HttpConnection connection = open(life)
                    .send(HttpConnection.head("GET " + CALL + "held")
                            + HttpConnection.head("GET " + CALL + "second"));
            life.service.awaitWaiting(1);
            life.stopUntil(State.DRAINING);
            life.service.release();
            assertClosing("held", connection.answer());
            assertThrows(EOFException.class, connection::answer);
            assertFalse(life.service.hasBegun("second"));
            life.letNotifyEnd();
            life.endCleanly();
        }
    }

    /**
     * A client of HTTP/1.0 is served before and during the stop.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aClientOfHttp10IsServed() throws Exception {
        try (Life life = begin().holdNotify()) {
            HttpConnection before = open(life).send("GET " + CALL + "before HTTP/1.0\r\n\r\n");
            assertEquals("answer to before", before.answer().body());
            before.awaitClosed();
            life.stopUntil(State.DRAINING);
            HttpConnection after = open(life).send("GET " + CALL + "after HTTP/1.0\r\n\r\n");
            assertEquals("answer to after", after.answer().body());
            after.awaitClosed();
            life.letNotifyEnd();
            life.endCleanly();
        }
    }

    // ---- slow and half

    /**
     * A client has sent half of a request's head: the stop does not wait for the rest longer than its deadline,
     * and the connection is closed by its end.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aHalfSentHeadIsBoundedByTheDeadline() throws Exception {
        try (Life life = begin(soon()).stopMayWarn().serverMayWarn()) {
            HttpConnection connection = open(life).send("GET " + CALL + "half HTTP/1.1\r\nHos");
            Life.assertAnswered("other", Life.get(life.call("other")));
            life.end();
            connection.drainUntilClosed();
            assertFalse(life.service.hasBegun("half"));
        }
    }

    /**
     * A client has sent the beginning of a body in chunks: the stop waits for the rest until its deadline, names the
     * request, and closes the connection.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aHalfSentUploadIsBoundedByTheDeadlineAndNamed() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        Scene upload = exchange -> {
            assertEquals('a', exchange.body().read());
            reading.countDown();
            answer(exchange, "read " + exchange.body().readAllBytes().length);
        };
        try (Life life = begin(soon(), upload).serverMayWarn()) {
            HttpConnection connection = open(life)
                    .send(HttpConnection.head("POST /upload", "Transfer-Encoding: chunked")
                            + "3\r\nabc\r\n");
            await(reading);
            life.endInVain("POST /upload");
            connection.drainUntilClosed();
        }
    }

    /**
     * A client sends the rest of its body while the stop waits: the request is answered.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void anUploadThatGoesOnWhileTheStopWaitsIsAnswered() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        Scene upload = exchange -> {
            assertEquals('a', exchange.body().read());
            reading.countDown();
            answer(exchange, "read " + (1 + exchange.body().readAllBytes().length));
        };
        try (Life life = begin(upload)) {
            HttpConnection connection = open(life)
                    .send(HttpConnection.head("POST /upload", "Transfer-Encoding: chunked")
                            + "3\r\nabc\r\n");
            await(reading);
            life.stopUntil(State.STOPPING);
            connection.send("2\r\nde\r\n0\r\n\r\n");
            assertEquals("read 5", assertClosing(connection.answer()).body());
            life.endCleanly();
        }
    }

    /**
     * A client does not read a large answer: the stop waits until its deadline, names the request, and closes the
     * connection.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aClientThatDoesNotReadIsBoundedByTheDeadlineAndNamed() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        Scene large = exchange -> {
            int pieces = 1024; // 64 MiB: more than any buffers between here and there
            try (OutputStream out = exchange.answer(200, (long) pieces * PIECE.length)) {
                for (int i = 0; i < pieces; i++) {
                    out.write(PIECE);
                    writing.countDown();
                }
            }
        };
        try (Life life = begin(soon(), large).serverMayWarn()) {
            HttpConnection connection =
                    life.closedAtTheEnd(HttpConnection.withSmallBuffer(port(life)));
            connection.send(HttpConnection.head("GET /large"));
            await(writing);
            life.endInVain("GET /large");
            connection.drainUntilClosed();
        }
    }

    /**
     * Half of an answer is written at the deadline: the stop ends all the same, names the request, without its
     * query, and closes the connection.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void anAnswerHalfWrittenAtTheDeadlineIsNamedWithoutItsQuery() throws Exception {
        Held held = new Held();
        Scene half = exchange -> {
            OutputStream out = exchange.answer(200, 100);
            out.write(new byte[50]);
            out.flush();
            held.hold();
        };
        try (Life life = begin(soon(), half).serverMayWarn()) {
            HttpConnection connection =
                    open(life).send(HttpConnection.head("GET /half?password=secret"));
            held.await(1);
            assertEquals("HTTP/1.1 200", connection.readHead().get(0).substring(0, 12));
            life.endInVain("GET /half");
            connection.drainUntilClosed();
            held.release();
        }
    }

    /**
     * An endless stream of events, which the application has entered at the gate as long-lived work, is told and
     * ends: nothing of it is lost.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void anEndlessStreamThatIsToldEndsCompletely() throws Exception {
        CompletableFuture<Stop> gives = new CompletableFuture<>();
        CountDownLatch told = new CountDownLatch(1);
        Scene stream = exchange -> {
            Stop stop = gives.get();
            try (Work work = stop.gate().enterLongLived("events", deadline -> told.countDown());
                    OutputStream out = exchange.answer(200, -1)) {
                out.write("data: first\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                await(told);
                out.write("data: last\n\n".getBytes(StandardCharsets.UTF_8));
            }
        };
        try (Life life = begin(stream)) {
            gives.complete(life.stop);
            HttpConnection connection = open(life).send(HttpConnection.head("GET /events"));
            Life.await(
                    "the stream is open",
                    () -> !life.stop.gate().named().isEmpty()
                            && life.stop.gate().named().stream()
                                    .anyMatch(work -> work.longLived()));
            Future<HttpConnection.Answer> answer = life.beside(connection::answer);
            life.endCleanly();
            assertEquals("data: first\n\ndata: last\n\n", Life.get(answer).body());
            connection.awaitClosed();
        }
    }

    // ---- asynchronous

    /**
     * The handler has returned, and its request is completed on another thread later, while the stop waits: it is
     * answered.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aDetachedRequestIsWaitedForUntilItIsComplete() throws Exception {
        assumeDetaching();
        CompletableFuture<Exchange> detached = new CompletableFuture<>();
        try (Life life = begin(exchange -> {
            exchange.detach();
            detached.complete(exchange);
        })) {
            HttpConnection connection = open(life).send(HttpConnection.head("GET /detached"));
            Exchange exchange = Life.get(detached);
            life.stopUntil(State.STOPPING);
            assertEquals(1, life.stop.gate().inFlight());
            answer(exchange, "from another thread");
            exchange.complete();
            assertEquals(
                    "from another thread", assertClosing(connection.answer()).body());
            life.endCleanly();
        }
    }

    /**
     * The handler has returned, and its request is completed when the deadline is over and the server closed: the
     * request was named, and what completes it is told or not, but the gate is left once.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aDetachedRequestThatIsCompleteAfterTheDeadlineWasNamedAndLeavesOnce()
            throws Exception {
        assumeDetaching();
        CompletableFuture<Exchange> detached = new CompletableFuture<>();
        Scene handler = exchange -> {
            exchange.detach();
            detached.complete(exchange);
        };
        try (Life life = begin(soon(), handler).serverMayWarn()) {
            HttpConnection connection = open(life).send(HttpConnection.head("GET /detached"));
            Exchange exchange = Life.get(detached);
            life.endInVain("GET /detached");
            connection.drainUntilClosed();
            // Whether the server says that it is too late is its matter.
            ignoreFailure(() -> answer(exchange, "too late"));
            ignoreFailure(exchange::complete);
        }
    }

    /** What may throw. */
    @FunctionalInterface
    private interface Try {
        void run() throws IOException;
    }

    private static void ignoreFailure(Try what) {
        try {
            what.run();
        } catch (IOException | RuntimeException tooLate) {
            // as expected
        }
    }

    private void assumeDetaching() {
        Assumptions.assumeTrue(
                canDetach(), "this server, or its bridge, completes a request in its handler");
    }

    // ---- how they begin

    private Life begin() throws Exception {
        return begin(Stop.builder());
    }

    private Life begin(Stop.Builder described) throws Exception {
        return new Life(described, this::start, this::isHarmless);
    }

    private Life begin(Scene scene) throws Exception {
        return begin(Stop.builder(), scene);
    }

    private Life begin(Stop.Builder described, Scene scene) throws Exception {
        return new Life(
                described,
                (stop, service) -> new Endpoint(serve(stop, handler(scene))),
                this::isHarmless);
    }

    /** What a handler does in one test. */
    @FunctionalInterface
    private interface Scene {
        void play(Exchange exchange) throws Exception;
    }

    private static Handler handler(Scene scene) {
        return exchange -> {
            try {
                scene.play(exchange);
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } catch (Exception e) {
                throw new IOException(e);
            }
        };
    }

    private static int port(Life life) {
        return ((Endpoint) life.server).listening.port;
    }

    private static HttpConnection open(Life life) throws IOException {
        return life.closedAtTheEnd(HttpConnection.to(port(life)));
    }

    private static void write(OutputStream out, String text) throws IOException {
        try (out) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(Life.PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "not in time");
    }

    private static void assertKept(String request, HttpConnection.Answer answer) {
        assertEquals(ContractService.answerTo(request), answer.body());
        assertEquals(200, answer.status(), answer::toString);
        assertFalse(answer.saysClose(), answer::toString);
    }

    private static void assertClosing(String request, HttpConnection.Answer answer) {
        assertEquals(ContractService.answerTo(request), assertClosing(answer).body());
    }

    private static HttpConnection.Answer assertClosing(HttpConnection.Answer answer) {
        assertEquals(200, answer.status(), answer::toString);
        assertTrue(answer.saysClose(), answer::toString);
        return answer;
    }

    private static void assertRefusal(HttpConnection.Answer answer) {
        assertEquals(503, answer.status(), answer::toString);
        assertEquals("1", answer.header("Retry-After"), answer::toString);
        assertTrue(answer.saysClose(), answer::toString);
    }

    /** Where handlers wait until the test lets them go on. */
    private static final class Held {
        private final Semaphore waiting = new Semaphore(0);
        private final CountDownLatch released = new CountDownLatch(1);

        private void hold() throws InterruptedException {
            waiting.release();
            HttpServerContract.await(released);
        }

        private void await(int count) throws InterruptedException {
            assertTrue(
                    waiting.tryAcquire(count, Life.PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                    "not in time");
        }

        private void release() {
            released.countDown();
        }
    }
}
