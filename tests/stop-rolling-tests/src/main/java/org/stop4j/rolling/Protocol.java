package org.stop4j.rolling;

import java.util.Arrays;

/** How requests reach a server. */
enum Protocol {
    /** HTTP/1.1 with keep-alive. */
    HTTP1("http1", 1),
    /** HTTP/2 without TLS and without asking ("prior knowledge"). */
    H2C("h2c", 8),
    /** gRPC without TLS. */
    GRPC("grpc", 8);

    private final String word;
    private final int requestsAtATime;

    Protocol(String word, int requestsAtATime) {
        this.word = word;
        this.requestsAtATime = requestsAtATime;
    }

    /** How it is named in arguments and in the table. */
    String word() {
        return word;
    }

    static Protocol of(String word) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the protocol is \"" + word
                        + "\"; allowed: "
                        + Arrays.stream(values()).map(Protocol::word).toList()));
    }

    /** How many threads share one client. */
    int requestsAtATime() {
        return requestsAtATime;
    }

    /** A client that has no connection yet. */
    Client client(Target target, Reuse reuse) {
        return switch (this) {
            case HTTP1 -> new Http1Client(target, reuse);
            case H2C -> new Http2Client(target, reuse);
            case GRPC -> new GrpcClient(target, reuse);
        };
    }
}
