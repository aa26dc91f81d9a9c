package org.stop4j.spring;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Ends one connection of HTTP/2 without losing a stream (RFC 9113, 6.8). The first GOAWAY names the highest number there
 * is, and with it goes a PING: when its answer is back, the client has read the first, and all that it had sent before
 * is here. Now the connection is closed, by which Netty says which stream was the last, and waits for those that are open.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what cannot be written or closed is closed
final class GoAway extends ChannelInboundHandlerAdapter {
    /** Tells our PING from others: "stop4j", and two zeros. */
    private static final long PING = 0x73746F70346A0000L;

    private GoAway() {}

    /** Begins it, unless it has been; from any thread. Does nothing to what is not a stream of HTTP/2. */
    static void say(Channel stream) {
        Channel connection = stream.parent();
        if (connection != null) {
            connection.eventLoop().execute(() -> begin(connection.pipeline()));
        }
    }

    private static void begin(ChannelPipeline pipeline) {
        if (pipeline.get(Http2FrameCodec.class) != null && pipeline.get(GoAway.class) == null) {
            pipeline.addLast(new GoAway());
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)
                .setExtraStreamIds(Integer.MAX_VALUE));
        context.writeAndFlush(new DefaultHttp2PingFrame(PING));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2PingFrame ping && ping.ack() && ping.content() == PING) {
            ReferenceCountUtil.release(message);
            // For as long as the stop waits for them: that is bounded.
            context.pipeline().get(Http2FrameCodec.class).gracefulShutdownTimeoutMillis(-1);
            context.close();
        } else {
            context.fireChannelRead(message);
        }
    }
}
