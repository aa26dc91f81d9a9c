package org.stop4j.examples.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;

import org.stop4j.Stop;
import org.stop4j.netty.NettyStop;

/** What the Javadoc of {@link NettyStop} shows. */
final class InShort {
    private InShort() {}

    static void serve(
            Stop stop, ServerBootstrap server, EventLoopGroup boss, EventLoopGroup workers)
            throws InterruptedException {
        NettyStop traffic = NettyStop.on(stop).uncounted("/ready");
        server.childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(new HttpServerCodec(), traffic.http1(), new Orders());
            }
        });
        traffic.closes(server.bind(8080).sync().channel(), boss, workers);
    }

    private static final class Orders extends SimpleChannelInboundHandler<HttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) {
            ctx.close();
        }
    }
}
