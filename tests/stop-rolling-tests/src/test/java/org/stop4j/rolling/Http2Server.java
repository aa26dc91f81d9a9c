package org.stop4j.rolling;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/2 server in this process that does to each stream what a test says. */
final class Http2Server implements Target, AutoCloseable {
    /** What is done with a request; in the event loop. */
    interface Script {
        void serve(String path, Http2StreamChannel stream);
    }

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicInteger connections = new AtomicInteger();
    private final Channel door;

    Http2Server(Script script) {
        door = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.incrementAndGet();
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer().build())
                                .addLast(new Http2MultiplexHandler(new Streams(script)));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static final class Streams extends ChannelInitializer<Channel> {
        private final Script script;

        Streams(Script script) {
            this.script = script;
        }

        @Override
        protected void initChannel(Channel stream) {
            stream.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    if (message instanceof Http2HeadersFrame frame) {
                        script.serve(String.valueOf(frame.headers().path()), (Http2StreamChannel)
                                context.channel());
                    }
                    ReferenceCountUtil.release(message);
                }
            });
        }
    }

    static void answer(Http2StreamChannel stream, String status, boolean retryAfter, String body) {
        DefaultHttp2Headers headers = new DefaultHttp2Headers();
        headers.status(status);
        if (retryAfter) {
            headers.set("retry-after", "1");
        }
        stream.write(new DefaultHttp2HeadersFrame(headers))
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        stream.writeAndFlush(new DefaultHttp2DataFrame(
                        Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII), true))
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    /** Half of an answer. */
    static void begin(Http2StreamChannel stream) {
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")))
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    static void reset(Http2StreamChannel stream, Http2Error error) {
        stream.writeAndFlush(new DefaultHttp2ResetFrame(error))
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    static void goAway(Http2StreamChannel stream, int lastStream) {
        Http2FrameCodec codec = stream.parent().pipeline().get(Http2FrameCodec.class);
        ChannelHandlerContext context = stream.parent().pipeline().context(Http2FrameCodec.class);
        codec.goAway(
                        context,
                        lastStream,
                        Http2Error.NO_ERROR.code(),
                        Unpooled.EMPTY_BUFFER,
                        context.newPromise())
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        context.flush();
    }

    static void hangUp(Http2StreamChannel stream) {
        stream.parent().close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    int connections() {
        return connections.get();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) door.localAddress()).getPort();
    }

    @Override
    public Whereabouts whereabouts(int localPort) {
        return new Whereabouts("scripted", true);
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
