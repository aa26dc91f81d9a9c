package org.stop4j.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One call, as its client sees it. */
final class Answer extends ClientCall.Listener<String> {
    private static final int PATIENCE_SECONDS = 30;

    final List<String> messages = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ClientCall<String, String> call;
    private volatile Status status = Status.UNKNOWN;

    private Answer(ClientCall<String, String> call) {
        this.call = call;
    }

    /** Begins a call with one request; for those that may send more, it stays open. */
    static Answer to(Channel channel, MethodDescriptor<String, String> method, String request) {
        return to(channel, method, request, CallOptions.DEFAULT);
    }

    static Answer to(
            Channel channel,
            MethodDescriptor<String, String> method,
            String request,
            CallOptions options) {
        ClientCall<String, String> call = channel.newCall(method, options);
        Answer answer = new Answer(call);
        call.start(answer, new Metadata());
        call.request(1_000);
        call.sendMessage(request);
        if (method.getType().clientSendsOneMessage()) {
            call.halfClose();
        }
        return answer;
    }

    Answer send(String message) {
        call.sendMessage(message);
        return this;
    }

    Answer halfClose() {
        call.halfClose();
        return this;
    }

    void cancel() {
        call.cancel("by the test", null);
    }

    @Override
    public void onMessage(String message) {
        messages.add(message);
        first.countDown();
    }

    @Override
    public void onClose(Status its, Metadata trailers) {
        status = its;
        closed.countDown();
    }

    /** Waits for the first message. */
    Answer begun() throws InterruptedException {
        assertThat(first.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return this;
    }

    /** Waits for the end. */
    Status status() throws InterruptedException {
        assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("the call has ended; until now there is %s", messages)
                .isTrue();
        return status;
    }

    /** Waits for the end, which must be a good one with one message. */
    String text() throws InterruptedException {
        assertThat(status()).isEqualTo(Status.OK);
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    boolean isOver() {
        return closed.getCount() == 0;
    }
}
