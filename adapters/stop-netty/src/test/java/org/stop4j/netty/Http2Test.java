package org.stop4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.Stop;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class Http2Test {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int MOST = Integer.MAX_VALUE;

    private final Stop stop = Stop.builder()
            .timeout(LONG)
            .longLived(Duration.ofSeconds(5), Duration.ZERO)
            .exit(Exit.never())
            .start();
    private final NettyStop traffic = NettyStop.on(stop);
    private final Gate gate = stop.gate();
    private final CountDownLatch notified = new CountDownLatch(1);
    private final List<Http2Client> clients = new ArrayList<>();
    /** Streams whose requests are here, not answered yet. */
    private final Queue<ChannelHandlerContext> asked = new ConcurrentLinkedQueue<>();

    private final NettyServer server = new NettyServer(() -> List.of(
            Http2FrameCodecBuilder.forServer().build(),
            traffic.http2(),
            new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel stream) {
                    stream.pipeline().addLast(new Asked());
                }
            })));

    Http2Test() throws Exception {}

    private final class Asked extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2HeadersFrame) {
                asked.add(ctx);
            }
            ReferenceCountUtil.release(frame);
        }
    }

    @BeforeEach
    void keepPhaseNotifyOpen() {
        traffic.closes(server.channel, server.boss, server.workers);
        stop.step(Phase.NOTIFY, "the test goes on", deadline -> notified.await());
    }

    @AfterEach
    void closeAll() throws Exception {
        notified.countDown();
        clients.forEach(Http2Client::close);
        stop.request("the test is over");
        stop.await();
    }

    private Http2Client client() throws Exception {
        Http2Client client = new Http2Client(server.address());
        clients.add(client);
        return client;
    }

    private void awaitAsked(int count) {
        await().atMost(LONG).until(() -> asked.size() == count);
    }

    private void answer() {
        ChannelHandlerContext stream = asked.remove();
        stream.write(head("200", "text/plain", false));
        stream.writeAndFlush(new DefaultHttp2DataFrame(
                Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII), true));
    }

    private static DefaultHttp2HeadersFrame head(String status, String type, boolean last) {
        DefaultHttp2Headers headers = new DefaultHttp2Headers();
        headers.status(status).set("content-type", type);
        return new DefaultHttp2HeadersFrame(headers, last);
    }

    private static String answerTo(Http2Client.Call call) throws Exception {
        return call.answer.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private void beginStop() {
        stop.request("test");
    }

    private void closeGate() {
        notified.countDown();
        stop.request("test");
        await().atMost(LONG).until(() -> !gate.isOpen());
    }

    private void assertStoppedCleanly() throws Exception {
        notified.countDown();
        Report report = stop.await();
        assertThat(report.outcome()).as(report::toString).isEqualTo(Outcome.CLEAN);
        assertThat(server.workers.isTerminated()).isTrue();
    }

    // ---- counting

    @Test
    void aStreamIsInFlightByItsNameUntilItsAnswerIsWritten() throws Exception {
        Http2Client.Call call = client().get("/orders?token=secret");
        awaitAsked(1);
        assertThat(gate.named())
                .singleElement()
                .satisfies(work -> assertThat(work.name()).isEqualTo("GET /orders"));
        answer();
        assertThat(answerTo(call)).isEqualTo("200 ok");
        await().atMost(LONG).until(() -> gate.inFlight() == 0);
    }

    @Test
    void aStreamThatTheClientResetsIsNotWaitedFor() throws Exception {
        Http2Client client = client();
        Http2Client.Call call = client.get("/");
        awaitAsked(1);
        client.reset(call);
        await().atMost(LONG).until(() -> gate.inFlight() == 0);
    }

    @Test
    void theStreamsOfAClientThatHangsUpAreNotWaitedFor() throws Exception {
        Http2Client client = client();
        client.get("/1");
        client.send("POST", "/2", false);
        awaitAsked(2);
        assertThat(gate.inFlight()).isEqualTo(2);
        client.close();
        await().atMost(LONG).until(() -> gate.inFlight() == 0);
    }

    @Test
    void aStreamOnWhichTheClientIsStillSendingIsDoneWhenItHasItsAnswer() throws Exception {
        Http2Client client = client();
        Http2Client.Call call = client.send("POST", "/", false);
        awaitAsked(1);
        answer();
        assertThat(answerTo(call)).isEqualTo("200 ok");
        await().atMost(LONG).until(() -> gate.inFlight() == 0);
        closeGate();
        assertStoppedCleanly();
    }

    // ---- the stop

    @Test
    void aHundredStreamsInFlightAreAllAnswered() throws Exception {
        Http2Client client = client();
        List<Http2Client.Call> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(client.get("/" + i));
        }
        awaitAsked(100);
        closeGate();
        assertThat(gate.inFlight()).isEqualTo(100);
        while (!asked.isEmpty()) {
            answer();
        }
        for (Http2Client.Call call : calls) {
            assertThat(answerTo(call)).isEqualTo("200 ok");
        }
        assertStoppedCleanly();
        await().atMost(LONG).until(() -> !client.channel.isOpen());
        assertThat(client.goAways).containsExactly(MOST, 201);
    }

    @Test
    void inPhaseNotifyAConnectionServesUntilItsNextAnswerAndWhatWasUnderWayThen() throws Exception {
        Http2Client client = client();
        Http2Client.Call first = client.get("/1");
        Http2Client.Call second = client.get("/2");
        awaitAsked(2);
        beginStop();
        Http2Client.Call third = client.get("/3");
        awaitAsked(3);
        assertThat(client.goAways).isEmpty();
        answer();
        assertThat(answerTo(first)).isEqualTo("200 ok");
        await().atMost(LONG).until(() -> client.goAways.size() == 2);
        assertThat(client.goAways).startsWith(MOST);
        assertThat(client.channel.isOpen()).isTrue();
        answer();
        answer();
        assertThat(answerTo(second)).isEqualTo("200 ok");
        assertThat(answerTo(third)).isEqualTo("200 ok");
        await().atMost(LONG).until(() -> !client.channel.isOpen());
        assertThat(gate.refused()).isZero();
        assertStoppedCleanly();
    }

    @Test
    void inPhaseNotifyANewConnectionIsServed() throws Exception {
        beginStop();
        Http2Client client = client();
        Http2Client.Call call = client.get("/");
        awaitAsked(1);
        assertThat(client.goAways).isEmpty();
        answer();
        assertThat(answerTo(call)).isEqualTo("200 ok");
        await().atMost(LONG).until(() -> !client.channel.isOpen());
        assertStoppedCleanly();
    }

    @Test
    void aConnectionThatIsIdleGetsItsGoAwayWhenTheGateIsClosedAndIsClosed() throws Exception {
        Http2Client client = client();
        beginStop();
        assertStoppedCleanly();
        await().atMost(LONG).until(() -> !client.channel.isOpen());
        assertThat(client.goAways).containsExactly(MOST, 0);
    }

    @Test
    void aStreamThatWasUnderWayWhenTheGateWasClosedIsRefusedInAWayThatMayBeTriedAgain()
            throws Exception {
        Http2Client busy = client();
        busy.get("/admitted");
        awaitAsked(1);
        // It knows of the GOAWAY, but does not say so: as if it were far away.
        Http2Client far = new Http2Client(server.address(), false);
        clients.add(far);
        closeGate();
        Http2Client.Call late = far.get("/late");
        assertThat(answerTo(late)).isEqualTo("reset REFUSED_STREAM");
        assertThat(gate.refused()).isEqualTo(1);
        assertThat(far.goAways).containsExactly(MOST);
        answer();
        assertStoppedCleanly();
        await().atMost(LONG).until(() -> !far.channel.isOpen());
        assertThat(far.goAways).startsWith(MOST).endsWith(3);
    }

    @Test
    void aNewConnectionWhenTheGateIsClosedIsToldToGoAway() throws Exception {
        Http2Client busy = client();
        busy.get("/admitted");
        awaitAsked(1);
        closeGate();
        Http2Client client = client();
        await().atMost(LONG).until(() -> !client.channel.isOpen());
        assertThat(client.goAways).hasSize(2).startsWith(MOST);
        answer();
        assertStoppedCleanly();
    }

    // ---- what does not end by itself

    @Test
    void aStreamOfEventsIsEndedWhenTheStopBegins() throws Exception {
        Http2Client.Call call = client().get("/events");
        awaitAsked(1);
        asked.remove().writeAndFlush(head("200", "text/event-stream", false));
        assertThat(call.status.get(20, TimeUnit.SECONDS)).isEqualTo("200");
        assertThat(gate.named()).singleElement().matches(work -> work.longLived());
        beginStop();
        assertThat(answerTo(call)).isEqualTo("200 ");
        await().atMost(LONG).until(() -> gate.inFlight() == 0);
        assertStoppedCleanly();
    }

    @Test
    void aTunnelIsEndedWhenTheStopBegins() throws Exception {
        Http2Client client = client();
        Http2Client.Call call = client.send("CONNECT", "/chat", false);
        awaitAsked(1);
        asked.remove().writeAndFlush(head("200", "text/plain", false));
        assertThat(call.status.get(20, TimeUnit.SECONDS)).isEqualTo("200");
        beginStop();
        assertThat(answerTo(call)).isEqualTo("200 ");
        client.endBody(call);
        assertStoppedCleanly();
    }
}
