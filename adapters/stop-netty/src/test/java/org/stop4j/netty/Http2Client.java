package org.stop4j.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of HTTP/2 without TLS, by frames, with one connection, which it never closes by itself. */
final class Http2Client implements AutoCloseable {
    /** The last stream that each GOAWAY named. */
    final List<Integer> goAways = new CopyOnWriteArrayList<>();

    final Channel channel;
    private final EventLoopGroup loop = Loops.make(1);
    private final Http2FrameCodec codec;
    private final CompletableFuture<Void> settings = new CompletableFuture<>();
    private final Reader reader = new Reader();
    private final Map<Http2FrameStream, Call> calls = new ConcurrentHashMap<>();

    /** One request. */
    static final class Call {
        /** The status and the body; or {@code reset} and the error. */
        final CompletableFuture<String> answer = new CompletableFuture<>();

        final CompletableFuture<String> status = new CompletableFuture<>();
        final CompletableFuture<Http2FrameStream> sent = new CompletableFuture<>();
        /** Of the event loop, until the answer is complete. */
        private final StringBuilder body = new StringBuilder();
    }

    Http2Client(InetSocketAddress address, boolean acknowledgesPings) throws Exception {
        codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings())
                .autoAckPingFrame(acknowledgesPings)
                .build();
        channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline().addLast(codec, reader);
                    }
                })
                .connect(address)
                .sync()
                .channel();
        settings.get();
    }

    Http2Client(InetSocketAddress address) throws Exception {
        this(address, true);
    }

    private final class Reader extends Http2ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            read(frame);
            ReferenceCountUtil.release(frame);
        }

        private void read(Object frame) {
            if (frame instanceof Http2SettingsFrame) {
                settings.complete(null);
            } else if (frame instanceof Http2GoAwayFrame goAway) {
                goAways.add(goAway.lastStreamId());
            } else if (frame instanceof Http2HeadersFrame head) {
                Call call = call(head.stream());
                call.status.complete(String.valueOf(head.headers().status()));
                end(call, head.isEndStream());
            } else if (frame instanceof Http2DataFrame data) {
                Call call = call(data.stream());
                call.body.append(data.content().toString(StandardCharsets.US_ASCII));
                end(call, data.isEndStream());
            } else if (frame instanceof Http2ResetFrame reset) {
                call(reset.stream())
                        .answer
                        .complete("reset " + Http2Error.valueOf(reset.errorCode()));
            }
        }

        private void end(Call call, boolean last) {
            if (last) {
                call.answer.complete(call.status.join() + ' ' + call.body);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            calls.values().forEach(call -> call.answer.complete("closed"));
        }
    }

    private Call call(Http2FrameStream stream) {
        Call call = calls.get(stream);
        if (call == null) {
            throw new AssertionError("a frame of a stream that nobody has opened");
        }
        return call;
    }

    Call get(String path) {
        return send("GET", path, true);
    }

    /** Sends the head of a request; how it comes out when it cannot be sent, its answer tells. */
    Call send(String method, String path, boolean whole) {
        Call call = new Call();
        DefaultHttp2Headers headers = new DefaultHttp2Headers();
        headers.method(method).path(path).scheme("http").authority("localhost");
        channel.eventLoop().execute(() -> {
            Http2FrameStream stream = reader.newStream();
            calls.put(stream, call);
            channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, whole).stream(stream))
                    .addListener(written -> {
                        if (written.isSuccess()) {
                            call.sent.complete(stream);
                        } else {
                            call.answer.complete("not sent: " + written.cause());
                        }
                    });
        });
        return call;
    }

    void endBody(Call call) {
        channel.writeAndFlush(new DefaultHttp2DataFrame(true).stream(call.sent.join()));
    }

    void reset(Call call) {
        channel.writeAndFlush(
                new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(call.sent.join()));
    }

    @Override
    public void close() {
        ChannelHandlerContext its = channel.pipeline().context(codec);
        if (its != null) { // else it is closed already
            its.close();
        }
        loop.shutdownGracefully();
    }
}
