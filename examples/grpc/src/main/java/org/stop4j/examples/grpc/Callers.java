package org.stop4j.examples.grpc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Clients that are always busy: each caller sends its next call when the one before has ended, however it did.
 * Every call is accounted for. Callers share channels, each of which is one connection at a time, made again when
 * the server has told it to go away.
 *
 * <p>Thread-safe.
 */
public final class Callers implements AutoCloseable {
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Load load;

    // Guarded by this:
    private final Map<String, Integer> failed = new TreeMap<>();
    private long sent;
    private long answered;
    private int busy;
    private boolean over;

    /**
     * What is to be done.
     *
     * @param target where to: one address, perhaps of a balancer
     * @param channels how many connections there are at a time
     * @param callers how many calls there are at a time, on all channels together
     * @param millis how long the work of each call takes
     * @param bytes how long each answer is
     * @param transparent whether gRPC may send a call again of which it knows that no server has begun it: it was
     *     still in the client, or the server's {@code GOAWAY} says so. It never sends one again that may have been
     *     begun. Without that, a call that is sent in the instant in which the {@code GOAWAY} arrives fails within the
     *     client, whatever the server does
     */
    public record Load(
            InetSocketAddress target,
            int channels,
            int callers,
            long millis,
            int bytes,
            boolean transparent) {}

    /**
     * What has happened until now.
     *
     * @param sent how many calls were begun
     * @param answered how many had the right answer
     * @param failed how many had not, by how they ended
     */
    public record Counts(long sent, long answered, Map<String, Integer> failed) {}

    private Callers(Load load) {
        this.load = load;
    }

    /** Begins; the callers are busy when this returns. */
    public static Callers start(Load load) {
        Callers callers = new Callers(load);
        for (int i = 0; i < load.channels(); i++) {
            callers.channels.add(callers.channel());
        }
        for (int i = 0; i < load.callers(); i++) {
            callers.next(i, 0);
        }
        return callers;
    }

    private ManagedChannel channel() {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(load.target()).usePlaintext();
        return (load.transparent() ? builder.enableRetry() : builder.disableRetry()).build();
    }

    private void next(int caller, int number) {
        if (begin(number == 0)) {
            Job job = new Job(caller + "-" + number, load.millis(), load.bytes());
            ClientCalls.asyncUnaryCall(
                    channels.get(caller % channels.size())
                            .newCall(
                                    Job.RUN,
                                    CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS)),
                    job.request(),
                    new Answer(caller, number, job.answer()));
        }
    }

    private synchronized boolean begin(boolean first) {
        if (over) {
            busy -= first ? 0 : 1;
            notifyAll();
            return false;
        }
        busy += first ? 1 : 0;
        sent++;
        return true;
    }

    private synchronized void answered() {
        answered++;
    }

    private synchronized void failed(String how) {
        failed.merge(how, 1, Integer::sum);
    }

    private final class Answer implements StreamObserver<byte[]> {
        // So that a server that is not there is not asked without a pause.
        private static final Executor SOON =
                CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS);

        private final int caller;
        private final int number;
        private final byte[] expected;
        private byte[] received = {};

        private Answer(int caller, int number, byte[] expected) {
            this.caller = caller;
            this.number = number;
            this.expected = expected;
        }

        @Override
        public void onNext(byte[] message) {
            received = message;
        }

        @Override
        public void onCompleted() {
            if (Arrays.equals(received, expected)) {
                answered();
                next(caller, number + 1);
            } else {
                failedBy("a wrong answer");
            }
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            failedBy(status.getCode() + ": " + status.getDescription()
                    + (status.getCause() == null ? "" : " (" + status.getCause() + ")"));
        }

        private void failedBy(String how) {
            failed(how);
            SOON.execute(() -> next(caller, number + 1));
        }
    }

    /** Tells what has happened until now. */
    public synchronized Counts counts() {
        return new Counts(sent, answered, new TreeMap<>(failed));
    }

    /** Sends nothing new, and waits until all that was sent has ended: then each call is in the counts. */
    public synchronized Counts end() throws InterruptedException {
        over = true;
        while (busy > 0) {
            wait();
        }
        return counts();
    }

    /** Closes the connections; calls that have not ended fail. */
    @Override
    public void close() {
        synchronized (this) {
            over = true;
        }
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
