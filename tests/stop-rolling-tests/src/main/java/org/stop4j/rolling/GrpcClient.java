package org.stop4j.rolling;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Unary calls of the method {@code Job/Run}, whose request is the text {@code ID MILLIS BYTES}. gRPC's own channel
 * makes the connections. It sends no call again that a server may have begun; one of which it knows that none has
 * (it had not left the client, or was above the last stream of a GOAWAY) it may: that is how the protocol lets
 * connections move, and cannot be seen from here.
 */
final class GrpcClient implements Client {
    private static final MethodDescriptor<byte[], byte[]> RUN =
            MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("Job/Run")
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();

    private final Target target;
    private final Reuse reuse;
    private @Nullable ManagedChannel kept; // guarded by this

    GrpcClient(Target target, Reuse reuse) {
        this.target = target;
        this.reuse = reuse;
    }

    @Override
    public Outcome request(Job job) {
        ManagedChannel channel = channel();
        long sent = System.nanoTime();
        ClientCall<byte[], byte[]> call = channel.newCall(RUN, patience());
        try {
            byte[] answer = call(call, job.id() + " " + job.millis() + " " + job.bytes());
            return job.isAnsweredBy(answer)
                    ? Outcome.sent(Result.ANSWERED, "OK", whereabouts(call), sent)
                    : Outcome.sent(Result.WRONG, "another answer", whereabouts(call), sent);
        } catch (StatusRuntimeException e) {
            Status status = e.getStatus();
            String detail = status.getCode() + ": " + status.getDescription();
            return Outcome.sent(result(status), detail, whereabouts(call), sent);
        } finally {
            if (reuse == Reuse.ONCE) {
                channel.shutdown();
            }
        }
    }

    private synchronized ManagedChannel channel() {
        if (reuse == Reuse.ONCE) {
            return open();
        }
        ManagedChannel its = kept;
        if (its == null) {
            its = open();
            kept = its;
        }
        return its;
    }

    private ManagedChannel open() {
        return NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()))
                .usePlaintext()
                .build();
    }

    private static CallOptions patience() {
        return CallOptions.DEFAULT.withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static byte[] call(ClientCall<byte[], byte[]> call, String request) {
        try {
            return ClientCalls.futureUnaryCall(call, request.getBytes(StandardCharsets.UTF_8))
                    .get();
        } catch (ExecutionException e) {
            throw Status.fromThrowable(e).asRuntimeException();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a client", e);
        }
    }

    /** By the connection it went over; a call that never had one came to nobody. */
    private Whereabouts whereabouts(ClientCall<?, ?> call) {
        SocketAddress local = call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
        return local instanceof InetSocketAddress address
                ? target.whereabouts(address.getPort())
                : Whereabouts.NOWHERE;
    }

    private static Result result(Status status) {
        String words = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> Result.SILENT;
            case UNAVAILABLE -> {
                boolean byServer = words.contains("stopping");
                boolean noConnection = words.contains("io exception")
                        && String.valueOf(status.getCause()).contains("Connection refused");
                yield byServer
                        ? Result.REFUSED
                        : noConnection ? Result.NOT_CONNECTED : Result.RESET;
            }
            default -> Result.WRONG;
        };
    }

    @Override
    public boolean ready() {
        ManagedChannel channel = open();
        try {
            call(channel.newCall(RUN, patience()), "ready 0 0");
            return true;
        } catch (StatusRuntimeException notYet) {
            return false;
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public synchronized void close() {
        if (kept != null) {
            kept.shutdownNow();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
