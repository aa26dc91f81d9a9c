package org.stop4j.spring;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The answer to an exchange that was not let in. That it closes the connection is said as with every other. */
final class ReactiveRefusal {
    private static final byte[] TEXT = "stopping\n".getBytes(StandardCharsets.US_ASCII);

    /** As much as the filter for servlets drops. */
    private static final long MOST_DROPPED = 2 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private ReactiveRefusal() {}

    static Mono<Void> answer(ServerHttpRequest request, ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
        response.getHeaders().set("Retry-After", "1");
        response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
        response.getHeaders().setContentLength(TEXT.length);
        Mono<DataBuffer> text = Mono.fromSupplier(() -> response.bufferFactory().wrap(TEXT));
        return response.writeAndFlushWith(Flux.concat(Mono.just(text), drop(request)));
    }

    /**
     * Drops what the client sends, before the answer ends, though all of it is sent: closing a connection that has something
     * unread resets it, and then the client may lose what was sent to it, but not read by it yet.
     */
    private static Mono<Publisher<DataBuffer>> drop(ServerHttpRequest request) {
        if (request.getHeaders().getFirst("Expect") != null) {
            return Mono.empty(); // the client waits, and sends nothing now
        }
        return DataBufferUtils.takeUntilByteCount(request.getBody(), MOST_DROPPED)
                .doOnNext(DataBufferUtils::release)
                .take(PATIENCE)
                .onErrorResume(hasHungUp -> Flux.empty())
                .then(Mono.empty());
    }
}
