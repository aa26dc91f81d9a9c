package org.stop4j.grpc;

import io.grpc.Server;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is done with one server when the process stops. */
final class ServerSteps {
    /**
     * No call for so long: then nobody sends any more who has been told to go away. A client knows of that when
     * it has answered a ping, which takes a round trip.
     */
    private static final Duration QUIET = Duration.ofMillis(250);

    /** How long to wait for that, and later for clients to close their connections. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Server server;
    private final Streams streams;

    ServerSteps(Server server, Streams streams) {
        this.server = server;
        this.streams = streams;
    }

    /**
     * Has all connections told to go away, and serves what comes until they know. Nothing that is in flight is
     * waited for: that is done when the gate is closed.
     */
    void goAway(Deadline deadline) throws Exception {
        server.shutdown();
        Exception failure = tellStreams();
        Deadline patience = deadline.within(PATIENCE);
        long before = -1;
        while (before != streams.arrivals() && !patience.expired() && !server.isTerminated()) {
            before = streams.arrivals();
            await(patience.within(QUIET));
        }
        if (failure != null) {
            throw failure;
        }
    }

    @SuppressWarnings("CatchingUnchecked") // one stream's failure must not keep the others untold
    private @Nullable Exception tellStreams() {
        Exception first = null;
        for (Map.Entry<StreamingCall<?, ?>, Deadline> late : streams.away().entrySet()) {
            try {
                late.getKey().tell(late.getValue());
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        return first;
    }

    /** Ends the server: gracefully, then by force. */
    void end(Deadline deadline) throws InterruptedException {
        try {
            streams.cutUncounted();
            server.shutdown();
            Deadline half = deadline.within(deadline.remaining().dividedBy(2));
            await(half.within(PATIENCE));
        } finally {
            if (!server.isTerminated()) {
                server.shutdownNow();
            }
        }
        if (!await(deadline)) {
            throw new IllegalStateException(
                    "the server has not ended although all its calls were cancelled");
        }
    }

    private boolean await(Deadline deadline) throws InterruptedException {
        return server.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }
}
