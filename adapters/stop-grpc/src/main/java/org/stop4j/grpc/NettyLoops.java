package org.stop4j.grpc;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;

import org.stop4j.Deadline;
import org.stop4j.Phase;
import org.stop4j.State;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a gRPC server over Netty ({@code grpc-netty-shaded}), for its own use, which know its
 * connections.
 *
 * <pre>{@code
 * NettyServerBuilder builder = NettyServerBuilder.forPort(8080);
 * Server server = NettyLoops.of(stop, "grpc loops")
 *         .applyTo(builder)
 *         .addService(orders)
 *         .intercept(grpc)
 *         .build()
 *         .start();
 * }</pre>
 *
 * <p>A server does without, but stops faster with it:
 *
 * <ul>
 *   <li>A client sends its calls on one connection for as long as that lives, however late or early the load
 *       balancer learns that this process stops. While the process is {@link State#DRAINING}, each connection is
 *       told to go away ({@code GOAWAY}, graceful) when it is a second old, also those that come then; older ones
 *       within a second. What is in flight on it ends, and its client connects again, by and by to another
 *       server. So the {@linkplain Stop.Builder#quietWait quiet wait} becomes quiet; without this, it lasts to its
 *       ceiling.
 *   <li>gRPC lets go of the threads that it shares a second after the last server has ended, and a JVM whose
 *       threads wait in the operating system takes 300 ms more to exit. These end at once, in phase {@link
 *       Phase#FINISH}.
 * </ul>
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
// What these futures would tell, a connection tells by its end, and the loops by theirs.
@SuppressWarnings("FutureReturnValueIgnored")
public final class NettyLoops {
    /** Old enough for its client to have sent what it connected for. */
    private static final Duration OLD_ENOUGH = Duration.ofSeconds(1);

    private final IoHandlerFactory handlers =
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    private final EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("stop-grpc-accept", true), handlers);
    private final Workers workers = new Workers(handlers);

    /** Each with the time until which it is young. */
    private final Map<Channel, Deadline> connections = new ConcurrentHashMap<>();

    private volatile boolean leaving;

    private NettyLoops() {}

    /**
     * Makes the threads of one server, which end with the stop.
     *
     * @param stop the stop
     * @param name the name of the step that ends them, in phase {@link Phase#FINISH}; unique in the stop
     * @return what is to be applied to the builder of the server
     * @throws IllegalArgumentException if there is a step of this name, or it cannot be the name of a step
     * @throws org.stop4j.StoppingException if that phase has begun; there are no threads then
     */
    public static NettyLoops of(Stop stop, String name) {
        NettyLoops loops = new NettyLoops();
        try {
            stop.step(Phase.FINISH, name, loops::end);
        } catch (RuntimeException e) {
            loops.shutDown(Duration.ZERO);
            throw e;
        }
        stop.listen(change -> loops.leave(change.to() != State.RUNNING));
        loops.leave(stop.state() != State.RUNNING);
        return loops;
    }

    /**
     * Has a server run on these threads, with epoll where there is epoll.
     *
     * @param builder its builder
     * @return the same
     */
    public NettyServerBuilder applyTo(NettyServerBuilder builder) {
        return builder.channelType(
                        Epoll.isAvailable()
                                ? EpollServerSocketChannel.class
                                : NioServerSocketChannel.class)
                .bossEventLoopGroup(acceptor)
                .workerEventLoopGroup(workers);
    }

    private void leave(boolean begins) {
        leaving = begins;
        if (begins) {
            connections.forEach(this::leaveWhenOld);
        }
    }

    private void leaveWhenOld(Channel connection, Deadline young) {
        // Not all at once: they come again, somewhere.
        long nanos = young.expired()
                ? ThreadLocalRandom.current().nextLong(OLD_ENOUGH.toNanos())
                : young.remainingNanos();
        connection.eventLoop().schedule(() -> leave(connection), nanos, TimeUnit.NANOSECONDS);
    }

    private void leave(Channel connection) {
        if (leaving) {
            // What gRPC itself does when it shuts a server down: its handler makes this a graceful
            // end.
            connection.close();
        }
    }

    private void end(Deadline deadline) throws InterruptedException {
        shutDown(deadline.remaining());
        boolean ended = acceptor.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                && workers.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        if (!ended) {
            throw new IllegalStateException("the event loops have not ended");
        }
    }

    private void shutDown(Duration limit) {
        acceptor.shutdownGracefully(0, limit.toNanos(), TimeUnit.NANOSECONDS);
        workers.shutdownGracefully(0, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Netty gives each accepted connection to this. */
    private final class Workers extends MultiThreadIoEventLoopGroup {
        private Workers(IoHandlerFactory handlers) {
            // 0: as many as gRPC makes.
            super(0, new DefaultThreadFactory("stop-grpc-loop", true), handlers);
        }

        @Override
        public ChannelFuture register(Channel connection) {
            ChannelFuture registered = super.register(connection);
            if (registered.cause() != null) { // closed already: these threads are ending
                return registered;
            }
            Deadline young = Deadline.after(OLD_ENOUGH);
            connections.put(connection, young);
            connection.closeFuture().addListener(closed -> connections.remove(connection));
            if (leaving) { // looked at after it was put in, as leave() does the other way round
                leaveWhenOld(connection, young);
            }
            return registered;
        }
    }
}
