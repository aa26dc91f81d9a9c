package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.Exit;
import org.stop4j.Outcome;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;
import org.stop4j.WorkInFlight;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the filter promises beside the contract, in one container. */
@Timeout(60)
abstract class FilterPromises {
    private static final int PATIENCE_SECONDS = 20;

    private final Container container;
    private Stop stop = start(Stop.builder());
    private final CountDownLatch released = new CountDownLatch(1);
    private final LinkedBlockingQueue<AsyncContext> contexts = new LinkedBlockingQueue<>();
    private final AtomicInteger served = new AtomicInteger();

    FilterPromises(Container container) {
        this.container = container;
    }

    private static Stop start(Stop.Builder described) {
        return described.exit(Exit.never()).start();
    }

    /** What a test does with a request. */
    private interface Handling {
        void handle(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private Container.Running serve(Handling handling) throws Exception {
        return serve(new StopFilter(stop), handling);
    }

    private Container.Running serve(StopFilter filter, Handling handling) throws Exception {
        return container.start(stop, filter, new Handled(handling));
    }

    @SuppressWarnings("serial") // nobody writes it
    private static final class Handled extends HttpServlet {
        private final Handling handling;

        private Handled(Handling handling) {
            this.handling = handling;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            try {
                handling.handle(request, response);
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new ServletException(e);
            }
        }
    }

    @AfterEach
    void release() {
        released.countDown();
        stop.close();
    }

    private void hold() throws InterruptedException {
        assertThat(released.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitInFlight(int count) {
        await().until(() -> stop.gate().inFlight() == count);
    }

    private void stopUntil(State state) throws InterruptedException {
        stop.request("test");
        assertThat(stop.await(state, Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
    }

    private Report end() throws InterruptedException {
        stop.request("test");
        return stop.await(Duration.ofSeconds(PATIENCE_SECONDS)).orElseThrow();
    }

    private void endCleanly() throws InterruptedException {
        Report report = end();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
    }

    private AsyncContext context() throws InterruptedException {
        AsyncContext context = contexts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(context).isNotNull();
        return context;
    }

    // ---- the head of an answer, however it is sent

    /** Ways in which a servlet sends its answer, or has it sent. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without a state
    enum Way implements Handling {
        NOTHING_AT_ALL((request, response) -> {}),
        A_FLUSH((request, response) -> response.flushBuffer()),
        A_FLUSH_OF_THE_STREAM((request, response) -> response.getOutputStream().flush()),
        A_FLUSH_OF_THE_WRITER((request, response) -> response.getWriter().flush()),
        A_CHECK_OF_THE_WRITER((request, response) -> response.getWriter().checkError()),
        A_CLOSED_STREAM((request, response) -> response.getOutputStream().close()),
        A_CLOSED_WRITER((request, response) -> response.getWriter().close()),
        A_SINGLE_BYTE((request, response) -> response.getOutputStream().write('x')),
        A_PRINTED_LINE((request, response) -> response.getWriter().println("line")),
        SOMETHING_FORMATTED((request, response) -> response.getWriter().printf("%d", 5)),
        A_FULL_BUFFER((request, response) -> {
            ServletOutputStream out = response.getOutputStream();
            for (int i = 0; i < 20; i++) {
                out.write(new byte[10_000]);
            }
        }),
        A_FULL_BUFFER_OF_LINES((request, response) -> {
            PrintWriter out = response.getWriter();
            for (int i = 0; i < 20_000; i++) {
                out.println("line");
            }
        }),
        A_LENGTH_THAT_IS_REACHED((request, response) -> {
            response.getOutputStream().write(new byte[10]);
            response.setContentLength(10);
        }),
        AN_ERROR((request, response) -> response.sendError(404)),
        AN_ERROR_WITH_A_TEXT((request, response) -> response.sendError(409, "text")),
        A_REDIRECT((request, response) -> response.sendRedirect("/elsewhere")),
        A_REDIRECT_OF_API_6_1((request, response) -> {
            Method method;
            try {
                method = HttpServletResponse.class.getMethod(
                        "sendRedirect", String.class, int.class, boolean.class);
            } catch (NoSuchMethodException api60) {
                response.sendRedirect("/elsewhere");
                return;
            }
            method.invoke(response, "/elsewhere", 301, true);
        }),
        A_STATUS_ALONE((request, response) -> response.setStatus(404)),
        A_STATUS_WITH_A_TEXT((request, response) -> {
            response.setStatus(422);
            response.getWriter().print("text");
        }),
        A_RESET((request, response) -> {
            response.getWriter().print("not this");
            response.setHeader("Connection", "close");
            response.reset();
            response.getOutputStream().print("that");
        }),
        AN_EXCEPTION((request, response) -> {
            throw new ServletException("planned by the test");
        }),
        A_FORWARD((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/forwarded").forward(request, response);
            } else {
                response.getWriter().print("forwarded");
            }
        }),
        AN_INCLUDE((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/included").include(request, response);
            } else {
                response.getWriter().print("included");
            }
        }),
        AN_ASYNC_CONTEXT((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> finish(context));
        }),
        ITS_OWN_ASYNC_CONTEXT((request, response) -> {
            AsyncContext context = request.startAsync(request, response);
            context.start(() -> finish(context));
        }),
        AN_ASYNC_DISPATCH((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch();
            } else {
                response.getWriter().print("dispatched");
            }
        }),
        AN_ASYNC_CONTEXT_FOUND_LATER((request, response) -> {
            request.startAsync();
            AsyncContext context = request.getAsyncContext();
            context.start(() -> finish(context));
        });

        private final Handling handling;

        Way(Handling handling) {
            this.handling = handling;
        }

        @Override
        public void handle(HttpServletRequest request, HttpServletResponse response)
                throws Exception {
            handling.handle(request, response);
        }

        private static void finish(AsyncContext context) {
            try {
                context.getResponse().getWriter().print("async");
                context.getResponse().flushBuffer();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } finally {
                context.complete();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverSendsItsHeadAnAnswerThatBeginsInTheStopIsTheLastOfItsConnection(Way way)
            throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.REQUEST) {
                        hold();
                    }
                    way.handle(request, response);
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/way");
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            released.countDown();
            String head = wire.head();
            if (container != Container.UNDERTOW || way != Way.AN_EXCEPTION) {
                // There, the page of an exception has none of the headers that were set.
                assertThat(head).contains("connection: close\n");
                wire.rest();
            }
            endCleanly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverSendsItsHeadAnAnswerBeforeTheStopKeepsItsConnection(Way way) throws Exception {
        try (Container.Running running = serve(way);
                Wire wire = new Wire(running.port())) {
            boolean keeps = way != Way.A_RESET && way != Way.AN_EXCEPTION;
            String head = wire.get("/way").head();
            if (keeps) {
                assertThat(head).doesNotContain("connection: close\n");
            }
            awaitInFlight(0);
            endCleanly();
        }
    }

    // ---- asynchronous

    @Test
    void aRequestThatIsDispatchedTwiceIsLetInOnceAndOutWhenItIsComplete() throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    if (served.incrementAndGet() < 3) {
                        contexts.add(request.startAsync());
                    } else {
                        hold();
                        response.getWriter().print("dispatched twice");
                    }
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/dispatched");
            context().dispatch();
            AsyncContext second = context();
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            second.dispatch();
            await().until(() -> served.get() == 3);
            assertThat(stop.gate().inFlight()).isEqualTo(1);
            released.countDown();
            assertThat(wire.head()).startsWith("http/1.1 200").contains("connection: close\n");
            assertThat(wire.rest()).contains("dispatched twice");
            awaitInFlight(0);
            endCleanly();
            assertThat(stop.gate().refused()).isZero();
        }
    }

    @Test
    void anAsyncRequestThatNobodyCompletesIsOutWhenItHasTimedOut() throws Exception {
        try (Container.Running running =
                        serve((request, response) -> request.startAsync().setTimeout(100));
                Wire wire = new Wire(running.port())) {
            wire.get("/never");
            assertThat(wire.head()).startsWith("http/1.1 5");
            awaitInFlight(0);
            endCleanly();
        }
    }

    @Test
    void anAsyncRequestThatNobodyCompletesIsWaitedForAndNamed() throws Exception {
        stop.close();
        stop = start(Stop.builder().timeout(Duration.ofSeconds(1)));
        try (Container.Running running =
                        serve((request, response) -> request.startAsync().setTimeout(0));
                Wire wire = new Wire(running.port())) {
            wire.get("/never");
            awaitInFlight(1);
            Report report = end();
            assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
            assertThat(report.toText())
                    .contains("\"GET /never\"")
                    .contains("by the servlet filter");
        }
    }

    @Test
    void anAsyncRequestThatIsCompletedTwiceIsOutOnce() throws Exception {
        try (Container.Running running =
                        serve((request, response) -> contexts.add(request.startAsync()));
                Wire wire = new Wire(running.port())) {
            wire.get("/twice");
            AsyncContext context = context();
            awaitInFlight(1);
            context.complete();
            assertThat(wire.head()).startsWith("http/1.1 200");
            awaitInFlight(0);
            try {
                context.complete();
            } catch (RuntimeException asTheContainerLikes) {
                // It may say so, or not.
            }
            assertThat(stop.gate().inFlight()).isZero();
            endCleanly();
        }
    }

    @Test
    void anAsyncRequestThatIsCompletedByAnotherThreadBeforeItsServletReturnsIsOut()
            throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    AsyncContext context = request.startAsync();
                    Thread other = new Thread(context::complete);
                    other.start();
                    other.join();
                });
                Wire wire = new Wire(running.port())) {
            assertThat(wire.get("/early").head()).startsWith("http/1.1 200");
            awaitInFlight(0);
            endCleanly();
        }
    }

    @Test
    void aServerThatIsClosedUnderAnAsyncRequestLeavesNothingToWaitFor() throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(0);
                    contexts.add(context);
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/closed");
            context();
            awaitInFlight(1);
            running.close();
            awaitInFlight(0);
            endCleanly();
        }
    }

    // ---- what goes wrong

    @ParameterizedTest
    @ValueSource(strings = {"IOException", "RuntimeException", "Error", "ServletException"})
    void aServletThatThrowsIsOutAndItsClientHearsOfIt(String what) throws Exception {
        try (Container.Running running = serve((request, response) -> throwA(what));
                Wire wire = new Wire(running.port())) {
            assertThat(wire.get("/throws").head()).startsWith("http/1.1 500");
            awaitInFlight(0);
            endCleanly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IOException", "RuntimeException", "Error", "ServletException"})
    void aServletThatThrowsAfterItHasBecomeAsyncIsOutAndItsClientHearsOfIt(String what)
            throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    request.startAsync().setTimeout(0);
                    throwA(what);
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/throws", "Connection: close");
            awaitInFlight(0);
            String answer = wire.rest();
            // Tomcat 10.1, with or without us, finds an IllegalStateException of its own, and only
            // hangs up.
            if (container != Container.TOMCAT || !answer.isEmpty()) {
                assertThat(answer).startsWith("HTTP/1.1 500");
            }
            endCleanly();
        }
    }

    private static void throwA(String what) throws Exception {
        switch (what) {
            case "IOException" -> throw new IOException("planned by the test");
            case "RuntimeException" -> throw new IllegalArgumentException("planned by the test");
            case "Error" -> throw new AssertionError("planned by the test");
            default -> throw new ServletException("planned by the test");
        }
    }

    @Test
    void aServletThatIsRefusedWorkOfItsOwnHasItsClientToldPolitely() throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    response.getWriter().print("not sent");
                    hold();
                    try (Work work = stop.gate().enter("more work")) {
                        response.getWriter().print("not reached");
                    }
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/more");
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            released.countDown();
            assertRefusal(wire);
            endCleanly();
        }
    }

    private static void assertRefusal(Wire wire) throws IOException {
        assertThat(wire.head())
                .startsWith("http/1.1 503")
                .contains("retry-after: 1\n")
                .contains("connection: close\n");
        assertThat(wire.rest()).isEqualTo("stopping\n");
    }

    @Test
    void aRefusalReachesAClientThatSendsAMegabyteBeforeItReads() throws Exception {
        try (Container.Running running = serve((request, response) -> hold());
                Wire held = new Wire(running.port());
                Wire wire = new Wire(running.port())) {
            held.get("/held");
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            wire.post("/upload", "Content-Length: 1000000");
            for (int i = 0; i < 100; i++) {
                wire.send("x".repeat(10_000));
            }
            assertRefusal(wire);
            released.countDown();
            endCleanly();
        }
    }

    @Test
    void aRefusedClientThatAsksBeforeItSendsIsNotWaitedFor() throws Exception {
        try (Container.Running running = serve((request, response) -> hold());
                Wire held = new Wire(running.port());
                Wire wire = new Wire(running.port())) {
            held.get("/held");
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            wire.post("/upload", "Content-Length: 1000000", "Expect: 100-continue");
            String head = wire.head();
            assertThat(head.startsWith("http/1.1 100") ? wire.head() : head)
                    .startsWith("http/1.1 503");
            released.countDown();
            endCleanly();
        }
    }

    // ---- what is excepted, and names

    @Test
    void exceptedPathsAreServedButNotCountedUntilTheListenerIsClosed() throws Exception {
        StopFilter filter = new StopFilter(stop).except("/live", "/probes/*");
        try (Container.Running running = serve(filter, (request, response) -> {
                    if (request.getRequestURI().equals("/held")) {
                        hold();
                    }
                    response.getWriter().print(stop.gate().inFlight());
                });
                Wire held = new Wire(running.port())) {
            held.get("/held");
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            for (String path : List.of("/live", "/probes", "/probes/any", "/live?query")) {
                try (Wire wire = new Wire(running.port())) {
                    String head = wire.get(path).head();
                    assertThat(head).startsWith("http/1.1 200").contains("connection: close\n");
                    assertThat(wire.rest()).contains("1");
                }
            }
            for (String path : List.of("/lively", "/live/below", "/probesque", "/")) {
                try (Wire wire = new Wire(running.port())) {
                    assertThat(wire.get(path).head()).startsWith("http/1.1 503");
                }
            }
            released.countDown();
            endCleanly();
        }
    }

    @Test
    void aRequestIsNamedWithoutWhatMayBeSecret() throws Exception {
        try (Container.Running running = serve((request, response) -> hold());
                Wire wire = new Wire(running.port())) {
            wire.get("/orders;jsessionid=secret/42;a=secret?password=secret");
            awaitInFlight(1);
            assertThat(stop.gate().named())
                    .extracting(WorkInFlight::name)
                    .containsExactly("GET /orders/42");
            released.countDown();
            assertThat(wire.head()).startsWith("http/1.1 200");
            endCleanly();
        }
    }

    // ---- long-lived

    private void stream(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        response.setContentType("text/event-stream");
        StopFilter.longLived(request, deadline -> {
            response.getWriter().print("data: last\n\n");
            context.complete();
        });
        response.getWriter().print("data: first\n\n");
        response.flushBuffer();
    }

    @Test
    void aStreamOfEventsIsToldWhenTheStopBeginsAndEndsCompletely() throws Exception {
        try (Container.Running running = serve(this::stream);
                Wire wire = new Wire(running.port())) {
            assertThat(wire.get("/events").head()).startsWith("http/1.1 200");
            await().until(() -> stop.gate().named().stream().anyMatch(WorkInFlight::longLived));
            assertThat(stop.gate().inFlight()).isEqualTo(1);
            endCleanly();
            // With its last chunk.
            assertThat(wire.rest())
                    .contains("data: first")
                    .contains("data: last")
                    .endsWith("0\r\n\r\n");
        }
    }

    @Test
    void aStreamThatDoesNotEndWhenItIsToldHasItsOwnLimit() throws Exception {
        stop.close();
        stop = start(Stop.builder().longLived(Duration.ofMillis(200), Duration.ZERO));
        CountDownLatch told = new CountDownLatch(1);
        try (Container.Running running = serve((request, response) -> {
                    request.startAsync().setTimeout(0);
                    StopFilter.longLived(request, deadline -> told.countDown());
                    response.flushBuffer();
                });
                Wire wire = new Wire(running.port())) {
            assertThat(wire.get("/events").head()).startsWith("http/1.1 200");
            Report report = end();
            assertThat(told.getCount()).isZero();
            assertThat(report.toText()).contains("\"GET /events\"");
            assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void aStreamThatBeginsWhenTheGateIsClosedIsRefused() throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    hold();
                    stream(request, response);
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/events");
            awaitInFlight(1);
            stopUntil(State.STOPPING);
            released.countDown();
            assertRefusal(wire);
            endCleanly();
        }
    }

    @Test
    void whatWasNotLetInIsNotLongLived() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        StopFilter filter = new StopFilter(stop).except("/live");
        try (Container.Running running = serve(filter, (request, response) -> {
                    thrown.complete(assertThrows(
                            IllegalStateException.class,
                            () -> StopFilter.longLived(request, deadline -> {})));
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/live").head();
            assertThat(thrown.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("not let in by a StopFilter");
            endCleanly();
        }
    }

    @Test
    void whatIsSaidToBeLongLivedAgainIsTold() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (Container.Running running = serve((request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(0);
                    StopFilter.longLived(request, deadline -> {});
                    StopFilter.longLived(request, deadline -> {
                        told.countDown();
                        context.complete();
                    });
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/again");
            await().until(() -> stop.gate().named().stream().anyMatch(WorkInFlight::longLived));
            endCleanly();
            assertThat(told.getCount()).isZero();
            assertThat(wire.head()).startsWith("http/1.1 200");
        }
    }

    // ---- upgraded

    /** Says hello, and echoes. */
    public static final class Echo implements HttpUpgradeHandler {
        @Override
        public void init(WebConnection connection) {
            Thread thread = new Thread(() -> echo(connection), "test-echo");
            thread.setDaemon(true);
            thread.start();
        }

        private static void echo(WebConnection connection) {
            try {
                InputStream in = connection.getInputStream();
                ServletOutputStream out = connection.getOutputStream();
                out.write("hello\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                for (int one = in.read(); one >= 0; one = in.read()) {
                    out.write(one);
                    out.flush();
                }
            } catch (IOException closed) {
                // as the test wants it
            }
        }

        @Override
        public void destroy() {}
    }

    private static void upgrade(HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        response.setStatus(101);
        response.setHeader("Connection", "upgrade");
        response.setHeader("Upgrade", "echo");
        request.upgrade(Echo.class);
    }

    @Test
    void anUpgradedConnectionNeitherHoldsUpTheStopNorOutlivesIt() throws Exception {
        try (Container.Running running = serve(FilterPromises::upgrade);
                Wire before = new Wire(running.port());
                Wire held = new Wire(running.port())) {
            assertUpgraded(before);
            awaitInFlight(0);
            Report report = end();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(report.took()).isLessThan(Duration.ofSeconds(5));
            assertClosed(before);
        }
    }

    @Test
    void aConnectionThatIsUpgradedWhileTheStopBeginsStaysUpgraded() throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    if (request.getRequestURI().equals("/held")) {
                        hold();
                    } else {
                        upgrade(request, response);
                    }
                });
                Wire held = new Wire(running.port());
                Wire wire = new Wire(running.port())) {
            held.get("/held");
            awaitInFlight(1);
            stop.drain(Reason.of(Reason.Kind.CODE, "test"));
            assertUpgraded(wire);
            released.countDown();
            endCleanly();
            assertClosed(wire);
        }
    }

    private static void assertUpgraded(Wire wire) throws IOException {
        wire.get("/echo", "Connection: upgrade", "Upgrade: echo");
        assertThat(wire.head()).startsWith("http/1.1 101").contains("connection: upgrade\n");
        assertThat(wire.line()).isEqualTo("hello");
        assertThat(wire.send("a line\n").line()).isEqualTo("a line");
    }

    private static void assertClosed(Wire wire) {
        try {
            assertThat(wire.rest()).isEmpty();
        } catch (IOException reset) {
            // closed as well
        }
    }

    // ---- HTTP/2

    @Test
    void aHundredStreamsInFlightAreAnsweredAndThenTheirConnectionIsClosed() throws Exception {
        try (Container.Running running = serve((request, response) -> {
                    hold();
                    response.getWriter().print("answer to " + request.getRequestURI());
                });
                Http2Wire other = new Http2Wire(running.port());
                Http2Wire wire = new Http2Wire(running.port())) {
            List<CompletableFuture<Http2Wire.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(wire.get("/" + i));
            }
            awaitInFlight(100);
            stopUntil(State.STOPPING);
            Http2Wire.Answer refusal = other.get("/late").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.headers().get("Retry-After")).isEqualTo("1");
            assertThat(refusal.headers().contains("Connection")).isFalse();
            if (container != Container.UNDERTOW) {
                other.goAway.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            assertThat(wire.closed).isNotDone();
            released.countDown();
            for (int i = 0; i < 100; i++) {
                Http2Wire.Answer answer = answers.get(i).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("answer to /" + i);
                assertThat(answer.headers().contains("Connection")).isFalse();
            }
            endCleanly();
            if (container != Container.UNDERTOW) { // which closes it without a word
                wire.goAway.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            wire.closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Goes on for as long as somebody comes. */
    private void serveOnInTheStop() {
        stop.close();
        stop = start(Stop.builder()
                .quietWait(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(20)));
    }

    private Container.Running serveWhatMayBeHeld() throws Exception {
        assumeTrue(container != Container.UNDERTOW, "it has no means to say GOAWAY");
        return serve((request, response) -> {
            if (request.getRequestURI().equals("/held")) {
                hold();
            }
            response.getWriter().print("answer to " + request.getRequestURI());
        });
    }

    private static void assertServes(FrameWire wire) throws IOException {
        assertThat(wire.ok(wire.get("/now"))).isEqualTo("answer to /now");
    }

    /** By an answer, or by one soon after that. */
    private static void awaitGoAway(FrameWire wire) {
        await().until(() -> {
            assertServes(wire);
            return wire.isToldToGo();
        });
        // Whatever may have been sent before this is heard is let through.
        assertThat(wire.lastStream()).isGreaterThanOrEqualTo(Integer.MAX_VALUE - 2);
    }

    private static void assertServesAndIsNotToldToGo(FrameWire wire) throws IOException {
        assertServes(wire);
        assertServes(wire);
        wire.ping();
        assertThat(wire.isToldToGo()).isFalse();
    }

    @Test
    void aConnectionIsToldToGoWithItsAnswersInTheQuietWaitAndServedUntilItIsClosed()
            throws Exception {
        serveOnInTheStop();
        try (Container.Running running = serveWhatMayBeHeld();
                FrameWire wire = new FrameWire(running.port())) {
            assertServesAndIsNotToldToGo(wire);
            int held = wire.get("/held");
            awaitInFlight(1);
            stop.request("test");
            awaitGoAway(wire);
            for (int i = 0; i < 20; i++) {
                assertServes(wire); // to a client that has not heard of it
            }
            released.countDown();
            assertThat(wire.ok(held)).isEqualTo("answer to /held");
            endCleanly();
            assertThat(stop.gate().refused()).isZero();
            wire.awaitClose();
            if (container == Container.JETTY) { // Tomcat says no more
                assertThat(wire.lastStream()).isEqualTo(wire.latest());
            }
        }
    }

    @Test
    void aConnectionThatIsMadeInTheQuietWaitIsServedAndToldToGo() throws Exception {
        serveOnInTheStop();
        try (Container.Running running = serveWhatMayBeHeld();
                Wire holding = new Wire(running.port())) {
            holding.get("/held");
            awaitInFlight(1);
            stop.request("test");
            await().until(() -> stop.state() != State.RUNNING);
            try (FrameWire wire = new FrameWire(running.port())) {
                awaitGoAway(wire);
                assertServes(wire);
            }
            released.countDown();
            endCleanly();
            assertThat(stop.gate().refused()).isZero();
        }
    }

    @Test
    void whenADrainIsUndoneNewConnectionsAreNotToldToGo() throws Exception {
        Reason reason = Reason.of(Reason.Kind.CODE, "test");
        try (Container.Running running = serveWhatMayBeHeld();
                FrameWire told = new FrameWire(running.port())) {
            stop.drain(reason);
            awaitGoAway(told);
            stop.resume(reason);
            try (FrameWire wire = new FrameWire(running.port())) {
                assertServesAndIsNotToldToGo(wire);
                assertServes(told);
                endCleanly();
                wire.awaitClose();
            }
        }
    }

    // ---- registered twice

    @Test
    void aSecondFilterOfThatNameIsRefused() throws Exception {
        StopFilter filter = new StopFilter(stop);
        CompletableFuture<IllegalStateException> refused = new CompletableFuture<>();
        try (Container.Running running = serve(filter, (request, response) -> {
                    refused.complete(assertThrows(
                            IllegalStateException.class,
                            () -> filter.addTo(request.getServletContext())));
                });
                Wire wire = new Wire(running.port())) {
            wire.get("/late").head();
            assertThat(refused.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
            endCleanly();
        }
    }
}
