package org.stop4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;

import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.Stop;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stops a Netty server without losing a request: a handler for the pipeline that counts requests at the
 * {@linkplain Stop#gate gate}, and the steps that close channels and event loops.
 *
 * <pre>{@code
 * NettyStop traffic = NettyStop.on(stop).uncounted("/ready");
 * server.childHandler(new ChannelInitializer<>() {
 *     @Override
 *     protected void initChannel(Channel connection) {
 *         connection.pipeline().addLast(new HttpServerCodec(), traffic.http1(), new Orders());
 *     }
 * });
 * traffic.closes(server.bind(8080).sync().channel(), boss, workers);
 * }</pre>
 *
 * <p>For HTTP/2, {@link #http2} stands between {@code Http2FrameCodec} and {@code Http2MultiplexHandler}. What
 * then happens in a stop:
 *
 * <ul>
 *   <li>In phase {@link Phase#NOTIFY} everything is served. An answer of HTTP/1.1 says {@code Connection: close},
 *       and its connection is closed after it (of several requests that were pipelined, the last answer says it);
 *       a connection of HTTP/2 gets a GOAWAY with its next answer, and serves on what the client has sent until it
 *       knew. What does not end by itself (a WebSocket, another upgraded connection, a {@code
 *       text/event-stream}) is told.
 *   <li>When the gate is closed, a request of HTTP/1.1 is answered 503 with {@code Retry-After: 1} and {@code
 *       Connection: close}; every connection of HTTP/2 has its GOAWAY, and a stream that was under way is reset
 *       with {@code REFUSED_STREAM}, by which the client knows that nothing was done.
 *   <li>When nothing is in flight any more, or its time in {@link Phase#DRAIN} is over, the step {@code netty} closes
 *       the listening channels, then the connections. Only now are those closed that are idle.
 *   <li>In {@link Phase#CLOSE}, the step {@code netty event loops} shuts the event loops down: in {@link Phase#FINISH}
 *       the threads that answer may still need them.
 * </ul>
 *
 * <p>A request is in flight from when its head was read until its whole answer was written to the socket, or could not
 * be, or the connection was closed. Nothing here blocks an event loop.
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
public final class NettyStop {
    private final Stop stop;
    private final String name;
    private final Connections connections;
    private final EventLoops eventLoops = new EventLoops();
    private final Set<String> uncounted = ConcurrentHashMap.newKeySet();

    private NettyStop(Stop stop, String name) {
        this.stop = stop;
        this.name = name;
        connections = new Connections(stop.gate(), eventLoops);
    }

    /**
     * Makes one for a stop, and registers its step {@code netty} in phase {@link Phase#DRAIN}, after {@link
     * Gate#STEP}.
     *
     * @param stop the stop
     * @return it, without anything to close yet
     * @throws IllegalArgumentException if there is a step {@code netty}: a second one needs another {@linkplain
     *     #on(Stop, String) name}
     * @throws org.stop4j.StoppingException if phase {@link Phase#DRAIN} has begun
     */
    public static NettyStop on(Stop stop) {
        return on(stop, "netty");
    }

    /**
     * Makes one for a stop, as {@link #on(Stop)} does, whose steps are named otherwise.
     *
     * @param stop the stop
     * @param name the name of the step that closes channels; the other is {@code NAME event loops}
     * @return it, without anything to close yet
     * @throws IllegalArgumentException if there is a step of this name, or the name is blank or too long for one
     * @throws org.stop4j.StoppingException if phase {@link Phase#DRAIN} has begun
     */
    public static NettyStop on(Stop stop, String name) {
        NettyStop traffic = new NettyStop(stop, name);
        stop.step(Phase.DRAIN, name, traffic.connections::close).after(Gate.STEP);
        stop.listen(change -> {
            if (change.to() == State.STOPPING) {
                traffic.connections.leave();
            }
        });
        return traffic;
    }

    /**
     * Makes a handler for one connection of HTTP/1.1. Its place is behind the {@code HttpServerCodec}, and before
     * whatever answers; with {@code CleartextHttp2ServerUpgradeHandler} it comes behind that. Requests are counted by
     * the name {@code METHOD /path}.
     *
     * <p>An upgraded connection is told that the process stops by a WebSocket close frame with status 1001, and
     * another one than a WebSocket, or a tunnel by CONNECT, by being closed; a {@code text/event-stream} ends with a
     * last chunk, after which what is still written to it fails.
     *
     * <p>If it is added with an executor of its own, or without a codec before it, the connection is closed, and an
     * {@link IllegalStateException} goes down the pipeline.
     *
     * @return a new handler, not sharable
     */
    public ChannelHandler http1() {
        return new Http1Handler(stop, connections, admission("HTTP/1.1"), null);
    }

    /**
     * Makes a handler for one connection of HTTP/1.1, as {@link #http1()} does, which tells what does not end by itself
     * in another way.
     *
     * @param told how an upgraded connection, or one with a {@code text/event-stream}, is told
     * @return a new handler, not sharable
     */
    public ChannelHandler http1(LongLivedChannel told) {
        return new Http1Handler(
                stop, connections, admission("HTTP/1.1"), Objects.requireNonNull(told, "told"));
    }

    /**
     * Makes a handler for one connection of HTTP/2. Its place is between the {@code Http2FrameCodec} and the {@code
     * Http2MultiplexHandler} (or whatever reads frames). Each stream that the client opens is counted by the name
     * {@code METHOD /path}.
     *
     * <p>A stream by CONNECT that was accepted, or whose answer is a {@code text/event-stream}, is told that the process
     * stops by the end of its answer; what is still written to it fails.
     *
     * <p>If it is added with an executor of its own, or without a {@code Http2FrameCodec} before it, the connection is
     * closed, and an {@link IllegalStateException} goes down the pipeline.
     *
     * @return a new handler, not sharable
     */
    public ChannelHandler http2() {
        return new Http2Handler(stop, connections, admission("HTTP/2"));
    }

    private Admission admission(String protocol) {
        return new Admission(stop.gate(), uncounted, "by the Netty handler for " + protocol);
    }

    /**
     * Has requests for some paths served without being counted: probes, say. They are not waited for, do not prolong
     * the quiet wait, and are served also when the gate is closed, until their connection is. Applies to requests
     * that come after this call; may be called several times.
     *
     * @param paths the whole paths, without a query: {@code /ready}
     * @return this
     * @throws IllegalArgumentException if a path does not begin with a slash, or has a query
     */
    public NettyStop uncounted(String... paths) {
        for (String path : paths) {
            if (!path.startsWith("/") || path.contains("?")) {
                throw new IllegalArgumentException(
                        "path is \"" + path + "\"; allowed: a slash and more, without a query");
            }
        }
        uncounted.addAll(List.of(paths));
        return this;
    }

    /**
     * Has the stop close a channel, and shut down event loops. May be called several times; a channel that is closed
     * before, or an event loop that is shut down before, does no harm.
     *
     * <p>The channel is closed when nothing is in flight any more. The event loops are shut down in phase {@link
     * Phase#CLOSE}, without the quiet period of two seconds that Netty has by default; who needs them for longer, or
     * not for so long, passes none here, and registers {@link #shutDown} elsewhere.
     *
     * @param channel the channel that listens; or any other that is not a connection with a handler from here
     * @param groups the event loops to be shut down
     * @return this
     * @throws org.stop4j.StoppingException if phase {@link Phase#CLOSE} has begun, and event loops were given
     *     here for the first time
     * @throws IllegalStateException if the step that closes channels has begun; the channel is closed then
     */
    public NettyStop closes(Channel channel, EventLoopGroup... groups) {
        connections.add(channel);
        if (groups.length > 0 && eventLoops.add(List.of(groups))) {
            stop.step(Phase.CLOSE, name + " event loops", eventLoops);
        }
        return this;
    }

    /**
     * Shuts event loops down, without a quiet period, and waits until their threads have ended. Done at once where they
     * have. When nine tenths of the step's time are over, it fails, naming those that have not, and where they
     * stand.
     *
     * @param groups the event loops
     * @return the step
     */
    public static Step shutDown(EventLoopGroup... groups) {
        EventLoops loops = new EventLoops();
        loops.add(Arrays.asList(groups));
        return loops;
    }
}
