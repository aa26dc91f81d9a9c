package org.stop4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Stop;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class Http1HandlerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Stop stop = Stop.builder()
            .timeout(LONG)
            .longLived(Duration.ofSeconds(5), Duration.ZERO)
            .exit(Exit.never())
            .start();
    private final NettyStop traffic = NettyStop.on(stop);
    private final Gate gate = stop.gate();
    private final List<Line> lines = new ArrayList<>();
    private final CountDownLatch notified = new CountDownLatch(1);
    private final Line line = line();

    private Line line() {
        Line made = new Line(traffic.http1());
        lines.add(made);
        return made;
    }

    @BeforeEach
    void keepPhaseNotifyOpen() {
        stop.step(Phase.NOTIFY, "the test goes on", deadline -> notified.await());
    }

    @AfterEach
    void closeAll() throws Exception {
        lines.forEach(Line::close);
        notified.countDown();
        stop.request("the test is over");
        stop.await();
    }

    /** The stop begins, and is in phase NOTIFY. */
    private void notifying() {
        stop.drain(Reason.of(Reason.Kind.CODE, "test"));
    }

    /** The gate is closed. */
    private void closing() {
        notified.countDown();
        stop.request("test");
        await().atMost(LONG).until(() -> !gate.isOpen());
    }

    // ---- counting

    @Test
    void aRequestIsInFlightByItsNameFromItsHeadUntilItsAnswerIsWritten() {
        line.send("POST /orders?token=secret HTTP/1.1\r\nContent-Length: 3\r\n\r\na");
        assertThat(gate.named()).singleElement().satisfies(work -> {
            assertThat(work.name()).isEqualTo("POST /orders");
            assertThat(work.thread()).isEmpty();
        });
        line.send("bc");
        ChannelFuture written = line.channel.write(Line.response(200, "ok"));
        assertThat(gate.inFlight()).isEqualTo(1);
        line.channel.flush();
        assertThat(written.isSuccess()).isTrue();
        assertThat(gate.inFlight()).isZero();
        assertThat(line.received()).endsWith("ok").doesNotContainIgnoringCase("connection:");
        assertThat(line.isOpen()).isTrue();
    }

    @Test
    void anAnswerInPartsIsWrittenWhenItsLastPartIs() {
        line.get("/");
        line.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        line.write(new DefaultHttpContent(Line.response(200, "body").content()));
        assertThat(gate.inFlight()).isEqualTo(1);
        line.write(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void informationIsNoAnswer() {
        line.channel.pipeline().addLast(new HttpServerExpectContinueHandler());
        line.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assertThat(line.received()).startsWith("HTTP/1.1 100 Continue");
        assertThat(gate.inFlight()).isEqualTo(1);
        line.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.PROCESSING));
        line.write(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(gate.inFlight()).isEqualTo(1);
        line.send("ok");
        line.answer("ok");
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void anAnswerToHeadIsOneWithoutABody() {
        notifying();
        line.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
        line.answer("body");
        assertThat(line.received()).contains("connection: close").endsWith("\r\n\r\n");
        assertThat(gate.inFlight()).isZero();
        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void whoHangsUpIsNotWaitedFor() {
        line.get("/1");
        line.get("/2");
        assertThat(gate.inFlight()).isEqualTo(2);
        line.channel.close();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void anAnswerThatCannotBeWrittenIsNotWaitedFor() {
        line.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                ReferenceCountUtil.release(msg);
                promise.setFailure(new ClosedChannelException());
            }
        });
        line.get("/");
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThatThrownBy(() -> line.answer("ok")).isInstanceOf(ClosedChannelException.class);
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void anAnswerWithoutAPromiseIsCountedAsWell() {
        line.get("/");
        line.channel.writeAndFlush(Line.response(200, "ok"), line.channel.voidPromise());
        assertThat(gate.inFlight()).isZero();
        assertThat(line.received()).endsWith("ok");
    }

    @Test
    void whatIsNoRequestIsNotWaitedFor() {
        line.send("\u0001\u0002 nonsense\r\n\r\n");
        assertThat(gate.inFlight()).isZero();
        assertThat(line.requests()).hasSize(1);
        line.write(Line.response(400, "what?"));
        assertThat(line.received()).startsWith("HTTP/1.1 400");
    }

    @Test
    void whenTheHandlerIsTakenOutTheRequestIsInFlightUntilTheConnectionIsClosed() {
        line.get("/");
        line.channel.pipeline().remove(Http1Handler.class);
        assertThat(gate.inFlight()).isEqualTo(1);
        line.channel.close();
        assertThat(gate.inFlight()).isZero();
    }

    // ---- from NOTIFY on

    @Test
    void inPhaseNotifyEveryAnswerSaysCloseAndTheConnectionIsClosedAfterIt() {
        line.get("/1");
        line.answer("one");
        notifying();
        assertThat(line.isOpen()).isTrue();
        line.get("/2");
        line.answer("two");
        assertThat(line.received()).containsOnlyOnce("connection: close").endsWith("two");
        assertThat(line.isOpen()).isFalse();
        assertThat(gate.refused()).isZero();
    }

    @Test
    void ofPipelinedRequestsAllAreAnsweredAndTheLastAnswerSaysClose() {
        line.get("/1");
        line.get("/2");
        line.get("/3");
        notifying();
        line.answer("one");
        line.answer("two");
        assertThat(line.received()).endsWith("two").doesNotContain("connection: close");
        assertThat(gate.inFlight()).isEqualTo(1);
        line.answer("three");
        assertThat(line.received()).contains("connection: close").endsWith("three");
        assertThat(gate.inFlight()).isZero();
        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void whatIsSentBehindARequestWhoseAnswerSaysCloseIsNotAdmittedAndTheAnswerIsNotCutOff() {
        notifying();
        line.get("/1");
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("transfer-encoding", "chunked");
        line.write(head);
        line.get("/2");
        assertThat(line.requests()).containsExactly("/1");
        assertThat(gate.inFlight()).isEqualTo(1);
        line.write(LastHttpContent.EMPTY_LAST_CONTENT);
        // A close would reset the socket, and the reset would overtake the answer.
        assertThat(line.isOpen()).isTrue();
        assertThat(line.received()).contains("connection: close").endsWith("0\r\n\r\n");
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void aConnectionOnWhichTheClientIsStillSendingIsClosedWhenItHasSentAll() {
        notifying();
        line.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        line.answer("enough");
        assertThat(gate.inFlight()).isZero();
        assertThat(line.isOpen()).isTrue();
        line.send("1\r\nb\r\n0\r\n\r\n");
        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void aDrainThatIsUndoneLeavesConnectionsAlone() {
        notifying();
        stop.resume(Reason.of(Reason.Kind.CODE, "test"));
        line.get("/");
        line.answer("ok");
        assertThat(line.received()).doesNotContain("connection: close");
        assertThat(line.isOpen()).isTrue();
    }

    // ---- when the gate is closed

    @Test
    void whatComesAfterClosingIsRefusedInWords() {
        line.get("/admitted"); // keeps the stop from closing idle connections
        Line other = line();
        closing();
        other.get("/late");
        assertThat(other.requests()).isEmpty();
        assertThat(other.received())
                .startsWith("HTTP/1.1 503 ")
                .contains("retry-after: 1\r\n")
                .contains("connection: close\r\n")
                .contains("content-length: 0\r\n");
        assertThat(other.isOpen()).isFalse();
        assertThat(gate.refused()).isEqualTo(1);
        line.answer("in time");
        assertThat(line.received()).endsWith("in time");
    }

    @Test
    void aRefusalWaitsForTheAnswersThatWereAskedForBefore() {
        line.get("/1");
        line.get("/2");
        closing();
        line.get("/3");
        line.get("/4");
        assertThat(line.received()).isEmpty();
        line.answer("one");
        line.answer("two");
        assertThat(line.received())
                .matches("(?s)HTTP/1.1 200.*one"
                        + "HTTP/1.1 200.*two"
                        + "HTTP/1.1 503.*connection: close.*")
                .containsOnlyOnce("503")
                .containsOnlyOnce("connection: close");
        assertThat(line.requests()).containsExactly("/1", "/2");
        assertThat(gate.refused()).isEqualTo(1);
    }

    @Test
    void theBodyOfARefusedRequestIsReadAndDropped() {
        line.get("/admitted");
        Line other = line();
        closing();
        other.send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab");
        assertThat(other.received()).startsWith("HTTP/1.1 503 ");
        assertThat(other.isOpen()).isTrue();
        other.send("cd");
        assertThat(other.channel.inboundMessages()).isEmpty();
        assertThat(other.isOpen()).isFalse();
    }

    @Test
    void theBodyOfARefusedRequestIsReadAlsoWhereNobodyAsksForIt() {
        line.get("/admitted");
        Line other = line();
        other.channel.config().setAutoRead(false);
        List<String> reads = new ArrayList<>();
        other.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                reads.add("read");
                ctx.read();
            }
        });
        closing();
        other.send("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab");
        assertThat(reads).isNotEmpty();
    }

    @Test
    void aRefusedRequestIsNotToldToContinue() {
        line.get("/admitted");
        Line other = line();
        other.channel.pipeline().addLast(new HttpObjectAggregator(100));
        closing();
        other.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assertThat(other.received()).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void aRequestThatIsAsGoodAsThereWhenIdleConnectionsAreClosedIsRefusedInWords() {
        line.get("/admitted"); // keeps the step from coming before the test
        Line quiet = line();
        Line late = line();
        closing();
        for (Line one : List.of(quiet, late)) {
            one.channel.freezeTime();
            one.channel.pipeline().get(Http1Handler.class).end();
            assertThat(one.isOpen()).isTrue();
        }
        late.get("/late");
        assertThat(late.received()).startsWith("HTTP/1.1 503 ");
        assertThat(late.isOpen()).isFalse();
        quiet.channel.advanceTimeBy(20, TimeUnit.MILLISECONDS);
        assertThat(quiet.isOpen()).isFalse();
        assertThat(quiet.received()).isEmpty();
    }

    @Test
    void aPathThatIsNotCountedIsServedAlsoWhenTheGateIsClosed() {
        traffic.uncounted("/ready");
        line.get("/admitted");
        Line probe = line();
        probe.get("/ready?now");
        assertThat(gate.inFlight()).isEqualTo(1);
        closing();
        probe.answer("yes");
        assertThat(probe.received()).contains("connection: close").endsWith("yes");
        Line late = line();
        late.get("/ready");
        late.answer("no");
        assertThat(late.received()).startsWith("HTTP/1.1 200").endsWith("no");
        assertThat(gate.refused()).isZero();
        assertThatThrownBy(() -> traffic.uncounted("ready"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("path is \"ready\"; allowed:");
    }

    // ---- what does not end by itself

    private static HttpResponse eventStream() {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("content-type", "text/event-stream;charset=utf-8");
        head.headers().set("transfer-encoding", "chunked");
        return head;
    }

    @Test
    void aStreamOfEventsIsEndedWhenTheStopBegins() throws Exception {
        line.get("/events");
        line.write(eventStream());
        assertThat(gate.named()).singleElement().matches(work -> work.longLived());
        stop.request("test");
        await().atMost(LONG).untilAsserted(() -> assertThat(line.received()).endsWith("0\r\n\r\n"));
        assertThat(gate.inFlight()).isZero();
        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void whatIsWrittenToAStreamOfEventsAfterItsEndFails() {
        line.get("/events");
        line.get("/next");
        line.write(eventStream());
        stop.request("test");
        await().atMost(LONG).untilAsserted(() -> assertThat(line.received()).endsWith("0\r\n\r\n"));
        ChannelFuture late = line.channel.writeAndFlush(
                new DefaultHttpContent(Line.response(200, "x").content()));
        assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
        line.answer("next");
        assertThat(line.received()).startsWith("HTTP/1.1 200").endsWith("next");
        assertThat(line.isOpen()).isFalse();
    }

    @Test
    void aStreamOfEventsThatBeginsWhenTheGateIsClosedIsEndedAtOnce() {
        line.get("/events");
        closing();
        line.write(eventStream());
        assertThat(line.received()).endsWith("0\r\n\r\n");
        assertThat(gate.inFlight()).isZero();
    }

    static final String WEB_SOCKET = String.join(
            "\r\n",
            "GET /chat HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "",
            "");

    private static void takesWebSockets(Line line) {
        line.channel
                .pipeline()
                .addLast(
                        new HttpObjectAggregator(1000),
                        new WebSocketServerProtocolHandler("/chat"));
    }

    @Test
    void aWebSocketIsToldByACloseFrameAndWaitedForUntilItIsClosed() {
        takesWebSockets(line);
        line.send(WEB_SOCKET);
        assertThat(line.received()).startsWith("HTTP/1.1 101");
        assertThat(gate.named()).singleElement().satisfies(work -> {
            assertThat(work.name()).isEqualTo("GET /chat");
            assertThat(work.longLived()).isTrue();
        });
        stop.request("test");
        // FIN and opcode 8, then the length, then 1001.
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(line.received()).contains("the server stops"));
        assertThat(gate.inFlight()).isEqualTo(1);
        line.channel.close();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void howItIsToldCanBeChosen() {
        Line other = new Line(traffic.http1((channel, deadline) -> {
            assertThat(deadline.remaining()).isPositive();
            channel.writeAndFlush(new CloseWebSocketFrame(4000, "come again"));
        }));
        lines.add(other);
        takesWebSockets(other);
        other.send(WEB_SOCKET);
        stop.request("test");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(other.received()).contains("come again"));
    }

    @Test
    void aWebSocketThatIsOpenedWhenTheGateIsClosedIsToldAtOnce() {
        takesWebSockets(line);
        String half = WEB_SOCKET.substring(0, WEB_SOCKET.length() - 2);
        line.send(half + "Content-Length: 1\r\n\r\n");
        closing();
        line.send("x");
        assertThat(line.received()).contains("101").contains("the server stops");
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void aTunnelIsClosedWhenTheStopBegins() {
        line.send("CONNECT db.example:5432 HTTP/1.1\r\n\r\n");
        line.write(Line.response(200, ""));
        assertThat(gate.named()).singleElement().matches(work -> work.longLived());
        stop.request("test");
        await().atMost(LONG).until(() -> !line.isOpen());
        assertThat(gate.inFlight()).isZero();
    }

    // ---- the place

    @Test
    void withoutACodecBeforeItTheConnectionIsClosed() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast(traffic.http1(), new HttpServerCodec());
        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(channel::checkException)
                .hasRootCauseMessage("http1() was added without a codec before it; allowed: behind"
                        + " HttpServerCodec");
    }

    @Test
    void withAnExecutorOfItsOwnTheConnectionIsClosed() {
        DefaultEventLoopGroup own = new DefaultEventLoopGroup(1);
        try {
            EmbeddedChannel channel = new EmbeddedChannel(new HttpServerCodec());
            channel.pipeline().addLast(own, traffic.http1());
            await().atMost(LONG).until(() -> {
                channel.runPendingTasks();
                return !channel.isOpen();
            });
            assertThatThrownBy(channel::checkException)
                    .hasRootCauseMessage("http1() was added with an executor of its own; allowed:"
                            + " the event loop of its channel");
        } finally {
            own.shutdownGracefully();
        }
    }
}
