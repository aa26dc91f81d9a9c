package org.stop4j.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import org.stop4j.Gate;
import org.stop4j.LongLived;
import org.stop4j.Phase;
import org.stop4j.RegisteredStep;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * Stops a gRPC server without losing a call: an interceptor that counts its calls at the {@link Gate}, and the
 * steps that close it.
 *
 * <pre>{@code
 * GrpcStop grpc = GrpcStop.of(stop);
 * Server server = ServerBuilder.forPort(8080)
 *         .addService(orders)
 *         .intercept(grpc) // the last one, so that it is the first to be asked
 *         .build()
 *         .start();
 * grpc.server("grpc", server);
 * }</pre>
 *
 * <p>There are three kinds of calls, told apart by their method:
 *
 * <ul>
 *   <li><b>Short</b> calls, unary and client-streaming: waited for until they have ended, as long as the stop
 *       has time. (What a client uploads ends by itself, and would be lost if it were cut.)
 *   <li><b>Streams</b>, server-streaming and bidirectional calls: work that does not end by itself. Each is
 *       told that the process stops ({@link #onStopping}), and, if it is still there when nine tenths of the
 *       time for long-lived work are over ({@link Stop.Builder#longLived}), closed with {@code UNAVAILABLE}, so
 *       that its client opens it elsewhere. For its handler that looks as if the client had cancelled it.
 *   <li>Calls that <b>do not count</b>, those of the health service: answered to the end, and never waited for.
 * </ul>
 *
 * <p>Which method is which may be chosen ({@link #builder}). A call is in flight until gRPC says that it is
 * complete, its answer having been written, or cancelled, by whomever; or until its handler has thrown while it
 * was being started. Calls that come when the gate is closed are closed with {@code UNAVAILABLE}: they have not
 * been begun, and may be sent again, elsewhere.
 *
 * <p>The threads of gRPC are daemons: a {@code main} that has nothing else to do ends with {@code stop.await()}, or
 * the process ends when it returns.
 *
 * <p>Safe to use from any thread. One instance may serve several servers of one stop.
 *
 * @since 0.1
 */
public final class GrpcStop implements ServerInterceptor {
    private static final String HEALTH = "grpc.health.v1.Health";

    private final Stop stop;
    private final Gate gate;
    private final Predicate<MethodDescriptor<?, ?>> streams;
    private final Predicate<MethodDescriptor<?, ?>> uncounted;
    private final Streams open;

    private GrpcStop(Builder builder) {
        stop = builder.stop;
        gate = stop.gate();
        streams = builder.streams;
        uncounted = builder.uncounted;
        open = new Streams(stop);
    }

    /**
     * Makes one with the usual kinds of calls.
     *
     * @param stop whose gate the calls pass
     * @return the interceptor; as by {@code builder(stop).build()}
     */
    public static GrpcStop of(Stop stop) {
        return builder(stop).build();
    }

    /**
     * Begins to describe one.
     *
     * @param stop whose gate the calls pass
     * @return a builder with the usual kinds of calls
     */
    public static Builder builder(Stop stop) {
        return new Builder(Objects.requireNonNull(stop, "stop"));
    }

    /**
     * Has the stream that is being served told when the process stops: to send its last message and complete. To
     * be called by its handler, in the thread and context in which gRPC has called that. If the stream has been
     * told already, {@code told} is called before this returns; else on a thread of the stop, so that it has to
     * agree with the handler who uses the observer. May be called again, to have more told.
     *
     * <p>Streams that were open when the stop began are told at once. Those that come later, while the process
     * still serves, are told when their connection is told to go away ({@link #server}): their clients would
     * only open them here again.
     *
     * @param told what is told; see {@link LongLived}. The deadline is when the process waits for the stream no
     *     longer; a little before that the stream is closed
     * @return whether this is a stream that is going to be told; false in a call of another kind, and where
     *     there is no call or no such interceptor
     */
    public static boolean onStopping(LongLived told) {
        Objects.requireNonNull(told, "told");
        StreamingCall<?, ?> call = StreamingCall.CURRENT.get();
        if (call == null) {
            return false;
        }
        call.onStopping(told);
        return true;
    }

    /** Admits the call at the gate, or closes it with {@code UNAVAILABLE}. */
    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
            ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        open.arrived();
        MethodDescriptor<ReqT, RespT> method = call.getMethodDescriptor();
        if (uncounted.test(method)) {
            return method.getType().serverSendsOneMessage()
                    ? next.startCall(call, headers)
                    : new StreamingCall<>(call, open).startUncounted(headers, next);
        }
        if (streams.test(method)) {
            StreamingCall<ReqT, RespT> stream = new StreamingCall<>(call, open);
            return gate.tryEnterLongLived(method.getFullMethodName(), stream)
                    .map(work -> stream.start(work, headers, next))
                    .orElseGet(() -> refuse(call));
        }
        return gate.tryEnter(method.getFullMethodName(), "by the gRPC interceptor")
                .map(work -> start(work, call, headers, next))
                .orElseGet(() -> refuse(call));
    }

    private static <ReqT, RespT> ServerCall.Listener<ReqT> start(
            Work work,
            ServerCall<ReqT, RespT> call,
            Metadata headers,
            ServerCallHandler<ReqT, RespT> next) {
        return WorkListener.start(work, () -> next.startCall(call, headers));
    }

    private static <ReqT> ServerCall.Listener<ReqT> refuse(ServerCall<ReqT, ?> call) {
        call.close(
                Status.UNAVAILABLE.withDescription(
                        "this server is stopping, and takes no new calls; send it to another one"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /**
     * Registers the steps that close a server. The first, {@code NAME goes away}, is the last in phase {@link
     * Phase#NOTIFY}, {@linkplain Gate#QUIET_WAIT when nobody new comes any more}: it closes the listening port
     * and has every connection told to go away, with the gate open for what clients send until they have heard of
     * that; so a client that obeys sees no call refused. The second, {@code NAME}, comes in phase {@link
     * Phase#DRAIN} when nothing is in flight any more, and ends the server: what is there then is cut
     * off after a second.
     *
     * <p>A server that somebody else has shut down is only waited for.
     *
     * @param name the name of the steps; unique in the stop
     * @param server the server, with this as an interceptor
     * @return the second step; what comes after the server, comes after it
     * @throws IllegalArgumentException if there are steps of these names, or it cannot be the name of a step
     * @throws org.stop4j.StoppingException if the stop has begun; nothing is registered, and the server is not
     *     going to be closed
     */
    public RegisteredStep server(String name, Server server) {
        ServerSteps steps = new ServerSteps(Objects.requireNonNull(server, "server"), open);
        RegisteredStep goesAway = stop.step(Phase.NOTIFY, name + " goes away", steps::goAway);
        try {
            goesAway.after(Gate.QUIET_WAIT);
            RegisteredStep ends = stop.step(Phase.DRAIN, name, steps::end).after(Gate.STEP);
            open.expectGoAway();
            return ends;
        } catch (RuntimeException e) {
            goesAway.close();
            throw e;
        }
    }

    /**
     * Describes what is counted how. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private final Stop stop;
        private Predicate<MethodDescriptor<?, ?>> streams =
                method -> method.getType() == MethodType.SERVER_STREAMING
                        || method.getType() == MethodType.BIDI_STREAMING
                        || method.getType() == MethodType.UNKNOWN;
        private Predicate<MethodDescriptor<?, ?>> uncounted =
                method -> HEALTH.equals(method.getServiceName());

        private Builder(Stop stop) {
            this.stop = stop;
        }

        /**
         * Chooses which calls are streams, which are told and, at their limit, closed; all others are waited for.
         *
         * @param which asked for each call, by its method; must be quick. The default are server-streaming and
         *     bidirectional ones, and those of which nothing is known
         * @return this builder
         */
        public Builder streams(Predicate<MethodDescriptor<?, ?>> which) {
            streams = Objects.requireNonNull(which, "which");
            return this;
        }

        /**
         * Chooses which calls do not count: they are never refused nor waited for, and the quiet wait does not
         * take them for traffic.
         *
         * @param which asked for each call first, by its method; must be quick. The default are those of the
         *     service {@code grpc.health.v1.Health}
         * @return this builder
         */
        public Builder uncounted(Predicate<MethodDescriptor<?, ?>> which) {
            uncounted = Objects.requireNonNull(which, "which");
            return this;
        }

        /**
         * Makes the interceptor. From now on the stop waits for what is in flight.
         *
         * @return a new one
         */
        public GrpcStop build() {
            return new GrpcStop(this);
        }
    }
}
