package org.stop4j.grpc;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;
import org.stop4j.LongLived;
import org.stop4j.Work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;

/**
 * A call that does not end by itself: it can be told that the process stops, and be closed from outside.
 *
 * <p>A {@link ServerCall} is for one thread at a time. The handler's comes from there, and the one that closes
 * it from the side of the stop; so both send with this object's lock.
 */
final class StreamingCall<ReqT, RespT> extends SimpleForwardingServerCall<ReqT, RespT>
        implements LongLived {
    static final Context.Key<StreamingCall<?, ?>> CURRENT = Context.key("org.stop4j.grpc.stream");

    private final Streams streams;
    private final CancellableContext context;
    /** Whether it was opened when the stop, or a drain, had begun. */
    private final boolean late;

    // Guarded by this:
    private final List<LongLived> toTell = new ArrayList<>();
    private @Nullable Deadline told;
    private @Nullable ScheduledFuture<?> limit;
    private boolean closedByHandler;
    private boolean cut;
    private boolean over;

    StreamingCall(ServerCall<ReqT, RespT> call, Streams streams) {
        super(call);
        this.streams = streams;
        late = streams.areLate();
        context = Context.current().withValue(CURRENT, this).withCancellation();
    }

    // ---- its course

    /** Begins it; it is in flight until it has ended. */
    ServerCall.Listener<ReqT> start(
            Work work, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        Object peer = getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (peer != null) {
            work.with("peer", peer.toString());
        }
        return WorkListener.start(work, () -> new EndListener(startOrEnd(headers, next)));
    }

    /** Begins it; it may be cut when the server is about to be closed. */
    ServerCall.Listener<ReqT> startUncounted(
            Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        streams.addUncounted(this);
        return new EndListener(startOrEnd(headers, next));
    }

    private ServerCall.Listener<ReqT> startOrEnd(
            Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        boolean started = false;
        try {
            ServerCall.Listener<ReqT> listener =
                    Contexts.interceptCall(context, this, headers, next);
            started = true;
            return listener;
        } finally {
            if (!started) { // gRPC closes it, and tells nobody
                end();
            }
        }
    }

    private void end() {
        ScheduledFuture<?> its;
        synchronized (this) {
            over = true;
            its = limit;
        }
        if (its != null) {
            its.cancel(false);
        }
        streams.remove(this);
        context.cancel(null);
    }

    private final class EndListener extends SimpleForwardingServerCallListener<ReqT> {
        private EndListener(ServerCall.Listener<ReqT> delegate) {
            super(delegate);
        }

        @Override
        public void onComplete() {
            try {
                if (isCut()) {
                    super.onCancel(); // what its handler has sent since did not arrive
                } else {
                    super.onComplete();
                }
            } finally {
                end();
            }
        }

        @Override
        public void onCancel() {
            try {
                super.onCancel();
            } finally {
                end();
            }
        }
    }

    // ---- telling

    void onStopping(LongLived callback) {
        Deadline already;
        synchronized (this) {
            already = told;
            if (already == null) {
                toTell.add(callback);
            }
        }
        if (already != null) {
            try {
                callback.stopping(already);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("a stream could not be told of the stop", e);
            }
        }
    }

    /** The stop has begun: limits it, and tells its handler, now or when the connection is told. */
    @Override
    public void stopping(Deadline deadline) throws Exception {
        ScheduledFuture<?> its = streams.atLimit(deadline, this::cut);
        synchronized (this) {
            limit = its;
            if (over) {
                its.cancel(false);
            }
        }
        if (!late || !streams.tellWhenAway(this, deadline)) {
            tell(deadline);
        }
    }

    /** Tells its handler, unless that was done or it has ended. */
    void tell(Deadline deadline) throws Exception {
        List<LongLived> callbacks;
        synchronized (this) {
            if (told != null || over || cut) {
                return;
            }
            told = deadline;
            callbacks = List.copyOf(toTell);
        }
        for (LongLived callback : callbacks) {
            callback.stopping(deadline);
        }
    }

    // ---- closing it from outside

    /** Closes it, as if its client had cancelled it, and so that its client opens it elsewhere. */
    void cut() {
        synchronized (this) {
            if (cut || over || closedByHandler) {
                return;
            }
            cut = true;
            super.close(
                    Status.UNAVAILABLE.withDescription(
                            "this server is stopping, and has ended the stream; open it at another one"),
                    new Metadata());
        }
        context.cancel(null);
    }

    private synchronized boolean isCut() {
        return cut;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!cut) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(RespT message) {
        if (!cut) {
            super.sendMessage(message);
        }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        if (!cut) {
            closedByHandler = true;
            super.close(status, trailers);
        }
    }

    @Override
    public boolean isCancelled() {
        return isCut() || super.isCancelled();
    }
}
