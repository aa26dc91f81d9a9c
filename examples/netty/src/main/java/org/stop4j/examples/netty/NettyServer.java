package org.stop4j.examples.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.AsciiString;

import org.stop4j.ControlDirectoryException;
import org.stop4j.Phase;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.netty.NettyStop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A service on Netty that loses no request when it is stopped by a signal or the {@code stop} command. HTTP/1.1 and
 * HTTP/2 (by prior knowledge, or by an upgrade) come in at one port.
 */
public final class NettyServer {
    private static final int LARGEST_REQUEST = 64 << 20;

    private final Stop stop;
    private final NettyStop traffic;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    private NettyServer(Stop stop) {
        this.stop = stop;
        // To ask whether the process is ready is no work that it waits for.
        traffic = NettyStop.on(stop).uncounted("/ready");
    }

    public static void main(String[] arguments) throws InterruptedException {
        try {
            Arguments given = Arguments.of(arguments);
            Stop.Builder described = Stop.builder().onSignals().onCommand();
            new NettyServer(given.quietWait(described).start()).serve(given.port());
        } catch (IOException | IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("netty: " + e.getMessage());
            System.exit(2);
        }
    }

    private void serve(int port) throws IOException, InterruptedException {
        EventLoopGroup boss = new NioEventLoopGroup(1);
        EventLoopGroup workers = new NioEventLoopGroup();
        Channel server = listen(new ServerBootstrap().group(boss, workers), port);
        traffic.closes(server, boss, workers);
        stop.step(Phase.FINISH, "jobs", Step.shutDown(scheduler));
        System.out.println("listening on " + ((InetSocketAddress) server.localAddress()).getPort());
    }

    private Channel listen(ServerBootstrap bootstrap, int port)
            throws IOException, InterruptedException {
        var bound = bootstrap
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 512)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection.pipeline().addLast(cleartext(), traffic.http1());
                        connection.pipeline().addLast(aggregator(), new Jobs(stop, scheduler));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .await();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on port " + port + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    /** Finds out which protocol it is; if it is HTTP/1.1, what comes behind it serves. */
    private ChannelHandler cleartext() {
        HttpServerCodec http1 = new HttpServerCodec();
        HttpServerUpgradeHandler upgrade = new HttpServerUpgradeHandler(
                http1,
                protocol -> AsciiString.contentEquals(
                                Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
                        ? new Http2ServerUpgradeCodec(http2(), traffic.http2(), streams())
                        : null,
                LARGEST_REQUEST);
        return new CleartextHttp2ServerUpgradeHandler(http1, upgrade, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(http2(), traffic.http2(), streams());
            }
        });
    }

    private static Http2FrameCodec http2() {
        return Http2FrameCodecBuilder.forServer().build();
    }

    private ChannelHandler streams() {
        return new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                stream.pipeline().addLast(aggregator(), new Jobs(stop, scheduler));
            }
        });
    }

    private static ChannelHandler aggregator() {
        return new HttpObjectAggregator(LARGEST_REQUEST);
    }
}
