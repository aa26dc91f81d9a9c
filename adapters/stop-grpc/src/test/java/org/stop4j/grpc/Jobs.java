package org.stop4j.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A service of which each call does what its request says. Messages are texts. */
final class Jobs {
    static final MethodDescriptor<String, String> RUN = method("Run", MethodType.UNARY);
    static final MethodDescriptor<String, String> UPLOAD =
            method("Upload", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<String, String> WATCH =
            method("Watch", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> CHAT = method("Chat", MethodType.BIDI_STREAMING);

    /** What {@code wait} waits for. */
    final CountDownLatch release = new CountDownLatch(1);

    /** What streams have seen: {@code told}, {@code cancelled}. */
    final List<String> seen = new CopyOnWriteArrayList<>();

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Jobs", name))
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("test.Jobs")
                .addMethod(RUN, ServerCalls.asyncUnaryCall(this::run))
                .addMethod(UPLOAD, ServerCalls.asyncClientStreamingCall(this::upload))
                .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(this::watch))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(this::chat))
                .build();
    }

    private void run(String request, StreamObserver<String> answer) {
        switch (request) {
            case "throw" -> throw new IllegalStateException("on purpose");
            case "never" -> {}
            case "wait" -> {
                await(release);
                answer(answer, request);
            }
            default -> answer(answer, request);
        }
    }

    private static void answer(StreamObserver<String> answer, String text) {
        answer.onNext(text);
        answer.onCompleted();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private StreamObserver<String> upload(StreamObserver<String> answer) {
        return new Received(answer) {
            private final StringBuilder all = new StringBuilder();

            @Override
            public void onNext(String part) {
                all.append(part);
            }

            @Override
            public void onCompleted() {
                answer(answer, all.toString());
            }
        };
    }

    private void watch(String request, StreamObserver<String> events) {
        ((ServerCallStreamObserver<String>) events).setOnCancelHandler(() -> seen.add("cancelled"));
        events.onNext("first");
        switch (request) {
            case "told" -> listen(events);
            case "told badly" ->
                GrpcStop.onStopping(deadline -> {
                    throw new IllegalStateException("on purpose");
                });
            case "finite" -> {
                await(release);
                answer(events, "last");
            }
            case "on and on" -> {
                await(release);
                events.onNext("after the end"); // must be as after a cancelled call
                seen.add("sent on");
            }
            default -> {} // for ever
        }
    }

    private void listen(StreamObserver<String> events) {
        boolean stream = GrpcStop.onStopping(deadline -> {
            seen.add("told");
            answer(events, "bye");
        });
        if (!stream) {
            events.onError(new AssertionError("not told"));
        }
    }

    private StreamObserver<String> chat(StreamObserver<String> answers) {
        listen(answers);
        return new Received(answers) {
            @Override
            public void onNext(String text) {
                answers.onNext(text);
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    private abstract class Received implements StreamObserver<String> {
        final StreamObserver<String> answer;

        private Received(StreamObserver<String> answer) {
            this.answer = answer;
        }

        @Override
        public void onError(Throwable cancelled) {
            seen.add("cancelled");
        }
    }

    /** A text as its bytes. */
    static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
