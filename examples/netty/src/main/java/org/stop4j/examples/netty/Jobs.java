package org.stop4j.examples.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

import org.stop4j.Stop;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * {@code ANY /job?id=X&ms=N&bytes=B}: works N ms, answers B bytes that begin with X and a line end; and {@code /ready}.
 * The work is done elsewhere, never on the event loop. Requests that were pipelined are answered in their order, one
 * after the other. What counts them stands before this in the pipeline.
 */
final class Jobs extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Stop stop;
    private final ScheduledExecutorService scheduler;
    // Of the event loop alone:
    private final Queue<Job> waiting = new ArrayDeque<>();
    private boolean busy;

    /** What is answered, when, and whether the connection is closed then. */
    private record Job(long millis, FullHttpResponse response, boolean last) {}

    Jobs(Stop stop, ScheduledExecutorService scheduler) {
        this.stop = stop;
        this.scheduler = scheduler;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        waiting.add(job(request));
        next(ctx);
    }

    private Job job(FullHttpRequest request) {
        try {
            URI uri = URI.create(request.uri());
            switch (String.valueOf(uri.getPath())) {
                case "/job" -> {
                    Query query = Query.of(uri);
                    return job(query.millis(), request, HttpResponseStatus.OK, query.body());
                }
                case "/ready" -> {
                    return stop.readiness().isReady()
                            ? job(request, HttpResponseStatus.OK, "ready\n")
                            : job(request, HttpResponseStatus.SERVICE_UNAVAILABLE, "stopping\n");
                }
                default -> {
                    return job(request, HttpResponseStatus.NOT_FOUND, "nothing here\n");
                }
            }
        } catch (IllegalArgumentException e) {
            return job(request, HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n");
        }
    }

    private static Job job(FullHttpRequest request, HttpResponseStatus status, String text) {
        return job(0, request, status, Query.text(text));
    }

    private static Job job(
            long millis, FullHttpRequest request, HttpResponseStatus status, byte[] body) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                request.method().equals(HttpMethod.HEAD)
                        ? Unpooled.EMPTY_BUFFER
                        : Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        boolean last = !HttpUtil.isKeepAlive(request);
        if (last) {
            HttpUtil.setKeepAlive(response, false);
        }
        return new Job(millis, response, last);
    }

    private void next(ChannelHandlerContext ctx) {
        Job job = busy ? null : waiting.poll();
        if (job != null) {
            busy = true;
            scheduler.schedule(
                    () -> ctx.executor().execute(() -> answer(ctx, job)),
                    job.millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void answer(ChannelHandlerContext ctx, Job job) {
        ChannelPromise written = ctx.newPromise();
        if (job.last) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
        ctx.writeAndFlush(job.response, written);
        busy = false;
        next(ctx);
    }

    @Override
    @SuppressWarnings("deprecation") // of the same method in ChannelHandler, not of this one
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            ctx.close(); // the client is gone
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
