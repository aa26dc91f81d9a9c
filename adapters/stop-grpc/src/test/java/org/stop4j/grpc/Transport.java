package org.stop4j.grpc;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

import org.stop4j.Stop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** How client and server are connected. */
enum Transport {
    IN_PROCESS {
        @Override
        ServerBuilder<?> server(Stop stop, int port) {
            return InProcessServerBuilder.forName("stop-grpc-" + port);
        }

        @Override
        int free() {
            return NAMES.incrementAndGet();
        }

        @Override
        int port(Server server, int asked) {
            return asked;
        }

        @Override
        ManagedChannelBuilder<?> channel(int port) {
            return InProcessChannelBuilder.forName("stop-grpc-" + port);
        }
    },
    NETTY,
    NETTY_LOOPS {
        @Override
        ServerBuilder<?> server(Stop stop, int port) {
            return NettyLoops.of(stop, "grpc loops").applyTo(netty(port));
        }
    };

    private static final AtomicInteger NAMES = new AtomicInteger();

    ServerBuilder<?> server(Stop stop, int port) {
        return netty(port);
    }

    private static NettyServerBuilder netty(int port) {
        return NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** What to ask for to get one that nobody has. */
    int free() {
        return 0;
    }

    int port(Server server, int asked) {
        return server.getPort();
    }

    /** One that retries nothing, not even what no server has seen. */
    final ManagedChannel connect(int port) {
        return channel(port).disableRetry().build();
    }

    /**
     * One as they are by default: what it knows that no server has begun, it sends again. That is so for a call
     * which is still in the client when the {@code GOAWAY} arrives; no server could keep it from failing.
     */
    final ManagedChannel connectAsUsual(int port) {
        return channel(port).build();
    }

    ManagedChannelBuilder<?> channel(int port) {
        return NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .usePlaintext();
    }
}
