package org.stop4j.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection of HTTP/1.1 without a socket, on which everything happens when a test says so. */
final class Line implements AutoCloseable {
    final EmbeddedChannel channel;

    Line(ChannelHandler handler) {
        channel = new EmbeddedChannel(new HttpServerCodec(), handler);
    }

    /** The client sends this. */
    void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    /** The client sends the head of a request without a body. */
    void get(String path) {
        send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    /** The requests that reached whoever answers, since this was last asked. */
    List<String> requests() {
        List<String> paths = new ArrayList<>();
        for (Object msg = channel.readInbound(); msg != null; msg = channel.readInbound()) {
            if (msg instanceof HttpRequest request) {
                paths.add(request.uri());
            }
            ReferenceCountUtil.release(msg);
        }
        return paths;
    }

    /** The server answers, and the answer goes out. */
    void answer(String body) {
        channel.writeOutbound(response(200, body));
    }

    void write(HttpObject part) {
        channel.writeOutbound(part);
    }

    static FullHttpResponse response(int status, String body) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
        if (status >= 200) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length());
        }
        return response;
    }

    /** What the client has received, since this was last asked. */
    String received() {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        for (@Nullable ByteBuf bytes = channel.readOutbound();
                bytes != null;
                bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }
        return text.toString();
    }

    boolean isOpen() {
        channel.runPendingTasks();
        return channel.isOpen();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
