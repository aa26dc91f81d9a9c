package org.stop4j.netty;

import io.netty.channel.Channel;

import org.stop4j.Deadline;
import org.stop4j.Gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The channels of a server: those that listen, and the connections. Thread-safe. */
final class Connections {
    /**
     * How long a client is given to take what it was last told: the GOAWAY, or the refusal of a request that it is still
     * sending.
     */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Gate gate;
    private final EventLoops eventLoops;
    private final Set<Channel> listening = ConcurrentHashMap.newKeySet();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    /** Written before the sets are read by the step, and read after they are written to: neither misses the other. */
    private volatile boolean ended;

    Connections(Gate gate, EventLoops eventLoops) {
        this.gate = gate;
        this.eventLoops = eventLoops;
    }

    /** Also closes this one. */
    void add(Channel channel) {
        listening.add(channel);
        channel.closeFuture().addListener(closed -> listening.remove(channel));
        if (ended) {
            channel.close();
            throw new IllegalStateException(
                    channel + " is closed: the process is stopping, and has closed the others");
        }
    }

    /** Knows this one until it is closed. */
    void add(Connection connection) {
        connections.add(connection);
        connection.channel().closeFuture().addListener(closed -> connections.remove(connection));
        if (ended) {
            connection.end();
        }
    }

    void leave() {
        connections.forEach(Connection::leave);
    }

    /** The step. Comes when nothing is in flight, or its time is over. */
    void close(Deadline deadline) throws InterruptedException {
        Deadline most = deadline.within(deadline.remaining().multipliedBy(9).dividedBy(10));
        ended = true;
        listening.forEach(Channel::close);
        awaitClosed(List.copyOf(listening).stream(), most);
        // What was accepted may not be registered yet; an event loop that is shut down then would
        // leave it open.
        eventLoops.awaitQueued(most);
        connections.forEach(Connection::end);
        if (gate.inFlight() == 0) {
            awaitClosed(channels(), most.within(LAST_WORDS));
        }
        connections.forEach(Connection::cut);
        awaitClosed(channels(), most);
        failIfOpen();
    }

    private Stream<Channel> channels() {
        return List.copyOf(connections).stream().map(Connection::channel);
    }

    private static void awaitClosed(Stream<Channel> channels, Deadline deadline)
            throws InterruptedException {
        for (Channel channel : channels.toList()) {
            CountDownLatch gone = new CountDownLatch(1);
            channel.closeFuture().addListener(closed -> gone.countDown());
            // If somebody else has ended the event loop, nobody closes what was just being accepted
            // (Netty 4.2).
            channel.eventLoop().terminationFuture().addListener(ended -> gone.countDown());
            if (!isGone(channel)) {
                gone.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    private static boolean isGone(Channel channel) {
        return channel.closeFuture().isDone() || channel.eventLoop().isTerminated();
    }

    private void failIfOpen() {
        List<Channel> open = new ArrayList<>(listening);
        channels().forEach(open::add);
        open.removeIf(Connections::isGone);
        if (!open.isEmpty()) {
            throw new IllegalStateException(
                    open.size() + " channels are not closed; does an event loop hang? The first: "
                            + open.get(0));
        }
    }
}
