package org.stop4j.rolling;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One HTTP/2 connection. Its state belongs to its event loop; others may only look whether it takes streams. */
final class Http2Connection {
    private final Target target;
    private final Channel channel;
    private volatile boolean goingAway;
    private int streams;

    private Http2Connection(Target target, Channel channel) {
        this.target = target;
        this.channel = channel;
    }

    static Http2Connection open(EventLoopGroup loop, Target target) throws IOException {
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        // An ending server tells the end of its streams itself.
                                        .gracefulShutdownTimeoutMillis(0)
                                        .build())
                                .addLast(new Http2MultiplexHandler(
                                        new ChannelInboundHandlerAdapter()));
                    }
                })
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            throw new IOException(connected.cause());
        }
        Http2Connection connection = new Http2Connection(target, connected.channel());
        // After the multiplexer, so in the same turn of the event loop in which streams hear of it.
        connection.channel.pipeline().addLast(connection.new GoAway());
        return connection;
    }

    private final class GoAway extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2GoAwayFrame) {
                goingAway = true;
                closeWhenUnused();
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // Told to the streams by the end of the connection.
            context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    /** Whether a stream may be begun; a GOAWAY may come between this and {@link #begin}. */
    boolean takesStreams() {
        return channel.isActive() && !goingAway;
    }

    Whereabouts whereabouts() {
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        return target.whereabouts(local.getPort());
    }

    /** Begins a stream; empty if none may be begun here any more, and then nothing was sent. */
    CompletableFuture<Optional<Outcome>> begin(Http2Request request) {
        CompletableFuture<Optional<Outcome>> outcome = new CompletableFuture<>();
        channel.eventLoop().execute(() -> {
            if (takesStreams()) {
                streams++;
                ChannelHandler listener = request.begin(whereabouts(), known -> {
                    streams--;
                    closeWhenUnused();
                    outcome.complete(Optional.of(known));
                });
                new Http2StreamChannelBootstrap(channel)
                        .handler(listener)
                        .open()
                        .addListener((Future<Http2StreamChannel> opened) -> {
                            if (opened.isSuccess()) {
                                request.send(opened.getNow());
                            } else {
                                request.notSent(opened.cause());
                            }
                        });
            } else {
                outcome.complete(Optional.empty());
            }
        });
        return outcome;
    }

    /** Begins no more streams, as after a GOAWAY. */
    void leave() {
        channel.eventLoop().execute(() -> {
            goingAway = true;
            closeWhenUnused();
        });
    }

    private void closeWhenUnused() {
        if (goingAway && streams == 0) {
            channel.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }
}
