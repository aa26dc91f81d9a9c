package org.stop4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;

import org.stop4j.Gate;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/*
 * A GOAWAY takes time to arrive, and until then the client opens streams. One that names the last stream would have
 * them dropped. So there are two (RFC 9113, 6.8): the first names the highest number there is, and with it goes a PING.
 * When its answer is back, the client has read the first, and everything that it had sent before is here: served
 * if the gate is open, else refused. Now the second tells which was the last, and the connection is closed when
 * its streams are.
 *
 * The first goes out with the first answer in phase NOTIFY. Later would be too late: a client that has a connection
 * keeps it, whatever the balancer does, and would still be sending when the gate is closed. Earlier would be too early:
 * a connection that is made while the balancer has not noticed must serve at least one answer, or the client would
 * only ever connect again.
 */
/** Counts the streams of one connection of HTTP/2. All fields belong to the event loop. */
final class Http2Handler extends ChannelDuplexHandler implements Connection {
    /** Tells our PING from others: "stop4j", and two zeros. */
    private static final long PING = 0x73746F70346A0000L;

    private enum Stage {
        SERVING,
        /** The first GOAWAY is on its way. */
        LEAVING,
        /** The client has it, and knows which stream was the last. */
        LEFT
    }

    private final Stop stop;
    private final Gate gate;
    private final Connections connections;
    private final Admission admission;
    /** From the head of the request until both sides have ended it. */
    private final Map<Http2FrameStream, Exchange> streams = new HashMap<>();

    private Stage stage = Stage.SERVING;

    @SuppressWarnings("NullAway.Init") // set when it is added, before anything else
    private ChannelHandlerContext ctx;

    Http2Handler(Stop stop, Connections connections, Admission admission) {
        this.stop = stop;
        this.connections = connections;
        this.admission = admission;
        gate = stop.gate();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        Placement.check(ctx, "http2()", List.of(Http2FrameCodec.class));
        connections.add(this);
        leaveIfClosed();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ctx.fireChannelActive();
        leaveIfClosed();
    }

    private void leaveIfClosed() {
        if (ctx.channel().isActive() && !gate.isOpen()) {
            sayLeaving();
        }
    }

    // ---- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        if (msg instanceof Http2PingFrame ping && ping.ack() && ping.content() == PING) {
            sayLeft();
        } else if (msg instanceof Http2HeadersFrame head && !streams.containsKey(head.stream())) {
            admit(head);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    private void admit(Http2HeadersFrame head) {
        Http2Headers headers = head.headers();
        String method = Objects.toString(headers.method(), "?");
        String path = Objects.toString(headers.path(), Objects.toString(headers.authority(), ""));
        Exchange admitted = admission.admit(method, path);
        if (admitted == null) {
            ReferenceCountUtil.release(head);
            ctx.writeAndFlush(
                    new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(head.stream()));
            sayLeaving();
        } else {
            streams.put(head.stream(), admitted);
            ctx.fireChannelRead(head);
        }
    }

    // ---- answers

    @Override
    public void write(ChannelHandlerContext context, Object msg, ChannelPromise promise) {
        Exchange exchange =
                msg instanceof Http2StreamFrame frame ? streams.get(frame.stream()) : null;
        if (exchange == null) {
            ctx.write(msg, promise);
        } else if (endsStream(msg)) {
            writeLast(exchange, msg, promise.unvoid());
        } else {
            if (msg instanceof Http2HeadersFrame head && livesLong(exchange, head.headers())) {
                becomesLongLived(exchange, head.stream());
            }
            ctx.write(msg, promise);
        }
    }

    private static boolean endsStream(Object msg) {
        return (msg instanceof Http2DataFrame data && data.isEndStream())
                || (msg instanceof Http2HeadersFrame head && head.isEndStream());
    }

    private void writeLast(Exchange exchange, Object msg, ChannelPromise promise) {
        promise.addListener(written -> exchange.leave());
        ctx.write(msg, promise);
        if (stop.state() != State.RUNNING) {
            sayLeaving();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        ctx.fireUserEventTriggered(event);
        if (event instanceof Http2FrameStreamEvent change
                && change.stream().state() == Http2Stream.State.CLOSED) {
            Exchange exchange = streams.remove(change.stream());
            if (exchange != null) {
                exchange.leave();
                closeIfLeft();
            }
        }
    }

    // ---- what does not end by itself

    private static boolean livesLong(Exchange exchange, Http2Headers answer) {
        return exchange.becomesTunnel(HttpStatusClass.valueOf(answer.status()))
                || LongLivedChannels.isEventStream(answer.get(HttpHeaderNames.CONTENT_TYPE));
    }

    private void becomesLongLived(Exchange exchange, Http2FrameStream stream) {
        Runnable end = () -> Placement.onLoop(ctx.executor(), () -> endStream(stream));
        Work life =
                gate.tryEnterLongLived(exchange.name(), deadline -> end.run()).orElse(null);
        if (life != null) {
            exchange.becomes(life);
        } else { // the gate was closed since the request has come
            end.run();
        }
    }

    private void endStream(Http2FrameStream stream) {
        Exchange exchange = streams.get(stream);
        if (exchange != null) {
            writeLast(exchange, new DefaultHttp2DataFrame(true).stream(stream), ctx.newPromise());
            ctx.flush();
        }
    }

    // ---- the end of the connection

    private void sayLeaving() {
        if (stage == Stage.SERVING) {
            stage = Stage.LEAVING;
            ctx.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)
                    .setExtraStreamIds(Integer.MAX_VALUE));
            ctx.writeAndFlush(new DefaultHttp2PingFrame(PING));
        }
    }

    private void sayLeft() {
        if (stage == Stage.LEAVING) {
            stage = Stage.LEFT;
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            closeIfLeft();
        }
    }

    private void closeIfLeft() {
        if (stage == Stage.LEFT && streams.isEmpty()) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        streams.values().forEach(Exchange::leave);
        streams.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        // Whoever takes it out has something else in mind with the connection.
        List<Exchange> open = List.copyOf(streams.values());
        streams.clear();
        ctx.channel().closeFuture().addListener(closed -> open.forEach(Exchange::leave));
    }

    @Override
    public Channel channel() {
        return ctx.channel();
    }

    @Override
    public void leave() {
        Placement.onLoop(ctx.executor(), this::sayLeaving);
    }

    @Override
    public void end() {
        leave();
    }

    @Override
    public void cut() {
        Placement.onLoop(ctx.executor(), () -> {
            if (ctx.channel().isActive() && stage != Stage.LEFT) {
                // A client that did not answer the PING must know all the same what was not even
                // begun.
                stage = Stage.LEFT;
                ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            }
            // Behind the codec, which would wait for streams, for 30 s.
            ChannelHandlerContext codec = ctx.pipeline().context(Http2FrameCodec.class);
            (codec == null ? ctx : codec).close();
        });
    }
}
