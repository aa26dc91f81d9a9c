package org.stop4j.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.stop4j.Gate;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/*
 * Requests come and are answered in the same order, so a queue tells which request an answer belongs to, even when
 * several were pipelined. After a `Connection: close` the client may not expect another answer (RFC 9112, 9.6), so
 * only the last of those that were admitted says it; what comes later is dropped, and the client knows that nothing
 * was done.
 *
 * A socket that is closed while something unread is in it is reset, and the reset may overtake the last answer. So a
 * connection on which the client is still sending is closed only when it has sent all, or has closed its side, or by
 * the step.
 */
/** Counts the requests of one connection of HTTP/1.1. All fields belong to the event loop. */
final class Http1Handler extends ChannelDuplexHandler implements Connection {
    /**
     * How long is looked, before an idle connection is closed, for a request that is there already, or as good as. It is
     * refused in words, while a close would be a reset.
     */
    private static final int LAST_LOOK_MILLIS = 20;

    private final Stop stop;
    private final Gate gate;
    private final Connections connections;
    private final Admission admission;
    private final LongLivedChannels longLived;
    private final Queue<Exchange> unanswered = new ArrayDeque<>();

    @SuppressWarnings("NullAway.Init") // set when it is added, before anything else
    private ChannelHandlerContext ctx;

    // What comes in:

    /** The body of the newest request is coming in. */
    private boolean receiving;
    /** And it is dropped. */
    private boolean dropping;
    /** Nothing more is admitted: a request was refused, or the last answer says so. */
    private boolean ends;
    /** The client has sent another request after that. */
    private boolean sentMore;

    // What goes out:

    /** The refused request, at the end of the queue. */
    private @Nullable Exchange refused;
    /** Of the answer that is being written, the head was. */
    private boolean begun;
    /** An informational answer, which is none, is being written. */
    private boolean informing;
    /** A stream of events was ended; what is still written to it fails. */
    private boolean cutShort;
    /** The last answer was written. */
    private boolean done;
    /** It speaks something else by now. */
    private boolean upgraded;

    Http1Handler(
            Stop stop,
            Connections connections,
            Admission admission,
            @Nullable LongLivedChannel told) {
        this.stop = stop;
        this.connections = connections;
        this.admission = admission;
        gate = stop.gate();
        longLived = new LongLivedChannels(told);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        Placement.check(ctx, "http1()", List.of(HttpServerCodec.class, HttpRequestDecoder.class));
        connections.add(this);
    }

    // ---- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        if (upgraded || !(msg instanceof HttpObject)) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (msg instanceof HttpRequest request) {
            receiving = true;
            dropping = !admit(request);
        }
        if (msg instanceof LastHttpContent) {
            receiving = false;
        }
        if (dropping) {
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
        if (done) {
            closeUnlessReceiving();
        }
    }

    private boolean admit(HttpRequest request) {
        if (ends) {
            sentMore = true;
            return false;
        }
        String method = request.method().name();
        if (request.decoderResult().isFailure()) {
            return admitMalformed(method);
        }
        Exchange admitted = admission.admit(method, request.uri());
        if (admitted == null) {
            ends = true;
            refused = new Exchange(method, "refused", null);
        }
        unanswered.add(admitted == null ? refused : admitted);
        refuseIfNext();
        return admitted != null;
    }

    /** Whoever is behind may answer, but need not, so that is not waited for. */
    private boolean admitMalformed(String method) {
        if (gate.isOpen()) {
            unanswered.add(new Exchange(method, "malformed", null));
            return true;
        }
        // Half a head comes as a request when the connection is closed, by us too; not all look
        // whether it is whole.
        ctx.close();
        return false;
    }

    private void refuseIfNext() {
        if (refused == null || unanswered.peek() != refused) {
            return;
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.RETRY_AFTER, 1)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        unanswered.remove();
        ctx.writeAndFlush(response).addListener(this::lastAnswerIsWritten);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readOn();
        ctx.fireChannelReadComplete();
    }

    /** Nobody behind asks for more of what is dropped. */
    private void readOn() {
        if ((dropping || done) && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    // ---- answers

    @Override
    public void write(ChannelHandlerContext context, Object msg, ChannelPromise promise) {
        if (upgraded || !(msg instanceof HttpObject)) {
            ctx.write(msg, promise);
        } else if (cutShort && !(msg instanceof HttpResponse)) {
            cutShort = !(msg instanceof LastHttpContent);
            ReferenceCountUtil.release(msg);
            promise.tryFailure(new ClosedChannelException());
        } else {
            cutShort = false;
            Exchange current = unanswered.peek();
            if (current == null || current == refused || isInformational(msg)) {
                ctx.write(msg, promise);
            } else {
                writeAnswer(current, msg, promise);
            }
        }
    }

    /** Whether it is part of an answer 1xx, after which the real one comes. */
    private boolean isInformational(Object msg) {
        if (msg instanceof HttpResponse response) {
            informing = response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                    && response.status().code() != 101;
        }
        boolean answer = informing;
        if (msg instanceof LastHttpContent) {
            informing = false;
        }
        return answer;
    }

    private void writeAnswer(Exchange current, Object msg, ChannelPromise promise) {
        boolean upgrades = false;
        if (msg instanceof HttpResponse response) {
            begun = true;
            upgrades = response.status().code() == 101
                    || current.becomesTunnel(response.status().codeClass());
            if (!upgrades) {
                sayClose(response);
            }
        }
        if (upgrades) {
            upgrade(current, promise.unvoid(), msg);
        } else if (msg instanceof LastHttpContent) {
            writeLast(current, msg, promise.unvoid());
        } else {
            if (msg instanceof HttpResponse response
                    && LongLivedChannels.isEventStream(
                            response.headers().get(HttpHeaderNames.CONTENT_TYPE))) {
                livesLong(current);
            }
            ctx.write(msg, promise);
        }
    }

    private void sayClose(HttpResponse response) {
        boolean last = unanswered.size() == 1;
        if (last && stop.state() != State.RUNNING) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ends = true;
        }
    }

    private void writeLast(Exchange current, Object msg, ChannelPromise promise) {
        unanswered.remove();
        begun = false;
        boolean last = ends && unanswered.isEmpty();
        promise.addListener(written -> {
            current.leave();
            if (last) {
                lastAnswerIsWritten(written);
            }
        });
        ctx.write(msg, promise);
        refuseIfNext();
    }

    private void lastAnswerIsWritten(Future<? super Void> written) {
        // The promise is of whoever made it, and so is the thread.
        if (!ctx.executor().inEventLoop()) {
            Placement.onLoop(ctx.executor(), () -> lastAnswerIsWritten(written));
        } else if (written.isSuccess()) {
            done = true;
            closeUnlessReceiving();
            readOn();
        } else {
            ctx.close();
        }
    }

    private void closeUnlessReceiving() {
        if (!receiving && !sentMore) {
            ctx.close();
        }
    }

    // ---- what does not end by itself

    /** From here on nothing is known about what comes and goes. */
    private void upgrade(Exchange current, ChannelPromise promise, Object msg) {
        unanswered.remove();
        upgraded = true;
        Channel channel = ctx.channel();
        Work life = gate.tryEnterLongLived(
                        current.name(), deadline -> longLived.tell(channel, deadline))
                .orElse(null);
        if (life != null) {
            channel.closeFuture().addListener(closed -> life.close());
        }
        promise.addListener(written -> {
            current.leave();
            if (life == null) { // the gate was closed since the request has come
                longLived.tellLate(channel);
            }
        });
        ctx.write(msg, promise);
    }

    private void livesLong(Exchange current) {
        Work life = gate.tryEnterLongLived(current.name(), deadline -> {
                    if (!longLived.tellAsChosen(ctx.channel(), deadline)) {
                        Placement.onLoop(ctx.executor(), () -> endStream(current));
                    }
                })
                .orElse(null);
        if (life != null) {
            current.becomes(life);
        } else { // the gate was closed since the request has come
            Placement.onLoop(ctx.executor(), () -> endStream(current));
        }
    }

    private void endStream(Exchange current) {
        if (unanswered.peek() == current && begun) {
            ends = true;
            writeLast(current, LastHttpContent.EMPTY_LAST_CONTENT, ctx.newPromise());
            ctx.flush();
            cutShort = true;
        }
    }

    // ---- the end of the connection

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        unanswered.forEach(Exchange::leave);
        unanswered.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        // Whoever takes it out has something else in mind with the connection.
        List<Exchange> open = List.copyOf(unanswered);
        unanswered.clear();
        ctx.channel().closeFuture().addListener(closed -> open.forEach(Exchange::leave));
    }

    @Override
    public Channel channel() {
        return ctx.channel();
    }

    @Override
    public void leave() {
        // There is no word for it but in an answer.
    }

    @Override
    public void end() {
        Placement.onLoop(ctx.executor(), () -> {
            // Behind an upgrade to HTTP/2 this one has nothing to do, and the other knows better
            // when.
            boolean other = ctx.pipeline().get(Http2Handler.class) != null;
            if (isIdle() && !other) {
                ctx.executor().schedule(this::closeIfIdle, LAST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private boolean isIdle() {
        return !ends && !upgraded;
    }

    private void closeIfIdle() {
        if (isIdle()) {
            ctx.close();
        }
    }

    @Override
    public void cut() {
        Placement.onLoop(ctx.executor(), ctx::close);
    }
}
