package org.stop4j.rolling;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP/2 without TLS: the streams of many threads on one connection. After a GOAWAY no stream is begun on
 * it: the next request opens another connection, and the old one is closed when its last stream has ended.
 */
final class Http2Client implements Client {
    private final Target target;
    private final Reuse reuse;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("rolling-http2", true), NioIoHandler.newFactory());
    private @Nullable Http2Connection connection; // guarded by this

    Http2Client(Target target, Reuse reuse) {
        this.target = target;
        this.reuse = reuse;
    }

    @Override
    public Outcome request(Job job) {
        return send(new Http2Request(job.path(), job::isAnsweredBy));
    }

    @Override
    public boolean ready() {
        return send(new Http2Request("/ready", body -> true)).result() == Result.ANSWERED;
    }

    private Outcome send(Http2Request request) {
        while (true) {
            Http2Connection open;
            try {
                open = connection();
            } catch (IOException e) {
                return Outcome.notSent(Result.NOT_CONNECTED, e.toString(), Whereabouts.NOWHERE);
            }
            Optional<Outcome> outcome = await(open, request);
            // Not tried again: nothing of it was sent on a connection that takes no more streams.
            if (outcome.isPresent()) {
                if (reuse == Reuse.ONCE) {
                    open.leave();
                }
                return outcome.get();
            }
        }
    }

    private synchronized Http2Connection connection() throws IOException {
        Http2Connection open = connection;
        if (open == null || !open.takesStreams()) {
            open = Http2Connection.open(loop, target);
            connection = open;
        }
        return open;
    }

    private static Optional<Outcome> await(Http2Connection open, Http2Request request) {
        CompletableFuture<Optional<Outcome>> outcome = open.begin(request);
        try {
            return outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Optional.of(request.silent(open.whereabouts()));
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("an outcome is a value, and nobody interrupts", e);
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
