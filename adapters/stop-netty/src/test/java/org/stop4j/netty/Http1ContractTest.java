package org.stop4j.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.stop4j.Stop;
import org.stop4j.testing.HttpServerContract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The contract of adapters, kept by Netty with the handler for HTTP/1.1. */
class Http1ContractTest extends HttpServerContract {
    @Override
    protected Listening serve(Stop stop, Handler handler) throws Exception {
        NettyStop traffic = NettyStop.on(stop);
        ExecutorService threads = Executors.newCachedThreadPool();
        NettyServer server = new NettyServer(() ->
                List.of(new HttpServerCodec(), traffic.http1(), new Bridge(handler, threads)));
        traffic.closes(server.channel, server.boss, server.workers);
        return new Listening(server.address().getPort(), () -> {
            if (server.channel.isOpen()) {
                server.channel.close().await();
            }
            server.boss.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            server.workers.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            threads.shutdownNow();
        });
    }

    @Override
    protected boolean canDetach() {
        return true;
    }

    @Override
    protected boolean knowsThreads() {
        return false; // requests are asynchronous here
    }

    /** Netty 4.2 says so of an event loop that got a task from us in the instant in which somebody else ended it. */
    @Override
    protected boolean isHarmless(String logger, String message) {
        return message.contains("terminated with non-empty task queue");
    }

    @Override
    @Test
    public void ofPipelinedRequestsNoneIsBegunAfterTheLastAnswer() {
        Assumptions.abort("Netty reads pipelined requests at once, so both are admitted, and both"
                + " answered: see"
                + " Http1HandlerTest.ofPipelinedRequestsAllAreAnsweredAndTheLastAnswerSaysClose");
    }

    /** Runs the requests of a connection one after the other, on threads that may block. */
    private static final class Bridge extends SimpleChannelInboundHandler<HttpObject> {
        private final Handler handler;
        private final ExecutorService threads;
        private CompletableFuture<?> before = CompletableFuture.completedFuture(null);
        private BlockingQueue<byte[]> body = new LinkedBlockingQueue<>();

        private Bridge(Handler handler, ExecutorService threads) {
            this.handler = handler;
            this.threads = threads;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject msg) {
            if (msg instanceof HttpRequest request) {
                body = new LinkedBlockingQueue<>();
                NettyExchange exchange = new NettyExchange(ctx.channel(), request, body);
                before = before.thenCompose(ended -> exchange.run(handler, threads));
            }
            if (msg instanceof HttpContent content) {
                byte[] bytes = new byte[content.content().readableBytes()];
                content.content().readBytes(bytes);
                if (bytes.length > 0) {
                    body.add(bytes);
                }
                if (msg instanceof LastHttpContent) {
                    body.add(new byte[0]);
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            body.add(new byte[0]);
        }

        @Override
        @SuppressWarnings("deprecation") // of the same method in ChannelHandler, not of this one
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // the client is gone
        }
    }

    private static final class NettyExchange implements Exchange {
        private final Channel channel;
        private final String path;
        private final boolean keepAlive;
        private final InputStream body;
        private final CompletableFuture<Void> complete = new CompletableFuture<>();
        private volatile boolean detached;
        private volatile boolean begun;
        private final AtomicBoolean ended = new AtomicBoolean();

        private NettyExchange(Channel channel, HttpRequest request, BlockingQueue<byte[]> body) {
            this.channel = channel;
            path = request.uri().replaceFirst("\\?.*", "");
            keepAlive = HttpUtil.isKeepAlive(request);
            this.body = new Body(body);
        }

        private CompletableFuture<Void> run(Handler handler, ExecutorService threads) {
            threads.execute(() -> handle(handler));
            return complete;
        }

        private void handle(Handler handler) {
            try {
                handler.handle(this);
                if (!detached) {
                    complete();
                }
            } catch (Exception e) {
                fail();
            }
        }

        private void fail() {
            if (begun) {
                channel.close();
            } else {
                channel.writeAndFlush(Line.response(500, ""));
            }
            complete.complete(null);
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public InputStream body() {
            return body;
        }

        @Override
        public OutputStream answer(int status, long length) {
            HttpResponse head = new DefaultHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            if (length >= 0) {
                head.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
            } else {
                head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            begun = true;
            channel.write(head);
            return new Out();
        }

        @Override
        public void detach() {
            detached = true;
        }

        @Override
        public void complete() {
            end();
            complete.complete(null);
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                // Not added to the future that writing returns: by then the event loop may have
                // ended.
                ChannelPromise written = channel.newPromise();
                if (!keepAlive) {
                    written.addListener(ChannelFutureListener.CLOSE);
                }
                channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, written);
            }
        }

        private final class Out extends OutputStream {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                byte[] copy = Arrays.copyOfRange(bytes, from, from + length);
                try {
                    channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(copy)))
                            .sync();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public void close() {
                end();
            }
        }
    }

    /** Blocks until it comes; an empty piece is the end. */
    private static final class Body extends InputStream {
        private final BlockingQueue<byte[]> pieces;
        private byte[] piece = new byte[0];
        private int next;
        private boolean over;

        private Body(BlockingQueue<byte[]> pieces) {
            this.pieces = pieces;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            while (!over && next == piece.length) {
                try {
                    piece = pieces.take();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                next = 0;
                over = piece.length == 0;
            }
            int count = Math.min(length, piece.length - next);
            System.arraycopy(piece, next, to, from, count);
            next += count;
            return over ? -1 : count;
        }
    }
}
