package org.stop4j.rolling;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One request on one stream: what is sent, what has come, and what became of it. */
final class Http2Request {
    private final String path;
    private final Predicate<byte[]> right;
    private Consumer<Outcome> whenOver = outcome -> {};
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Http2Headers headers;
    private Whereabouts on = Whereabouts.NOWHERE;
    // Written in the event loop, and read by the thread that has lost its patience.
    private volatile boolean sent;
    private volatile long sentNanos;

    Http2Request(String path, Predicate<byte[]> right) {
        this.path = path;
        this.right = right;
    }

    /** Returns what listens to its stream; the outcome is told once, in the event loop. */
    ChannelHandler begin(Whereabouts where, Consumer<Outcome> told) {
        on = where;
        whenOver = told;
        return new Listener();
    }

    void send(Http2StreamChannel stream) {
        Http2Headers request = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .authority("localhost")
                .path(path);
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(request, true))
                .addListener((ChannelFuture written) -> {
                    if (written.isSuccess()) {
                        sentNanos = System.nanoTime();
                        sent = true;
                    } else {
                        notSent(written.cause());
                    }
                });
    }

    void notSent(Throwable cause) {
        end(Outcome.notSent(Result.RESET, "while sending: " + cause, on));
    }

    /** The outcome if nothing comes. */
    Outcome silent(Whereabouts where) {
        return new Outcome(Result.SILENT, "nothing more came", where, sent, sentNanos);
    }

    private void end(Result result, String detail) {
        end(new Outcome(result, detail, on, sent, sentNanos));
    }

    private void end(Outcome outcome) {
        Consumer<Outcome> told = whenOver;
        whenOver = known -> {}; // what comes later, the end of the stream at least, changes nothing
        told.accept(outcome);
    }

    private void judge(Http2Headers answer) {
        String status = String.valueOf(answer.status());
        boolean polite = status.equals("503") && answer.contains("retry-after");
        if (status.equals("200") && right.test(body.toByteArray())) {
            end(Result.ANSWERED, status);
        } else {
            end(polite ? Result.REFUSED : Result.WRONG, status + ", " + body.size() + " bytes");
        }
    }

    private final class Listener extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                boolean last = false;
                if (message instanceof Http2HeadersFrame frame) {
                    headers = headers == null ? frame.headers() : headers;
                    last = frame.isEndStream();
                } else if (message instanceof Http2DataFrame frame) {
                    frame.content().readBytes(body, frame.content().readableBytes());
                    last = frame.isEndStream();
                }
                if (last && headers != null) {
                    judge(headers);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            try {
                if (event instanceof Http2ResetFrame reset) {
                    boolean refused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
                    end(
                            refused ? Result.UNPROCESSED : brokenOff(Result.RESET),
                            "stream reset, error " + reset.errorCode());
                } else if (event instanceof Http2GoAwayFrame goAway) {
                    // Only streams above the last that it lets through hear of it.
                    end(
                            Result.UNPROCESSED,
                            "above the last stream of a GOAWAY, " + goAway.lastStreamId());
                }
            } finally {
                ReferenceCountUtil.release(event);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(brokenOff(Result.HUNG_UP), "the stream's end");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end(brokenOff(Result.RESET), cause.toString());
            context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }

        private Result brokenOff(Result beforeTheAnswer) {
            boolean begun = headers != null && !"503".contentEquals(headers.status());
            return begun ? Result.CUT_OFF : beforeTheAnswer;
        }
    }
}
