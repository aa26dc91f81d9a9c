package org.stop4j.spring;

import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.stop4j.StoppingException;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * An answer that is completed when the process stops, if it is a stream of events: after the event that is being sent.
 * Others are sent as they are.
 */
class GatedResponse extends ServerHttpResponseDecorator {
    private final ServerHttpRequest request;
    private final AdmittedExchange exchange;

    private GatedResponse(
            ServerHttpRequest request, ServerHttpResponse response, AdmittedExchange exchange) {
        super(response);
        this.request = request;
        this.exchange = exchange;
    }

    static ServerHttpResponse around(
            ServerHttpRequest request, ServerHttpResponse response, AdmittedExchange exchange) {
        return response instanceof ZeroCopyHttpOutputMessage files
                ? new OfFiles(request, response, files, exchange)
                : new GatedResponse(request, response, exchange);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return isStreamOfEvents()
                ? Mono.defer(() -> send(end ->
                        getDelegate().writeWith(Flux.<DataBuffer>from(body).takeUntilOther(end))))
                : getDelegate().writeWith(body);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return isStreamOfEvents()
                ? Mono.defer(() -> send(end -> getDelegate()
                        .writeAndFlushWith(Flux.<Publisher<? extends DataBuffer>>from(body)
                                .takeUntilOther(end))))
                : getDelegate().writeAndFlushWith(body);
    }

    private boolean isStreamOfEvents() {
        MediaType type = getHeaders().getContentType();
        return MediaType.TEXT_EVENT_STREAM.isCompatibleWith(type);
    }

    private Mono<Void> send(Function<Mono<Void>, Mono<Void>> write) {
        Sinks.Empty<Void> end = Sinks.empty();
        try {
            exchange.longLived(deadline -> end.tryEmitEmpty());
        } catch (StoppingException tooLate) {
            return ReactiveRefusal.answer(request, getDelegate());
        }
        return write.apply(end.asMono());
    }

    /** One that the server can send files with, without reading them itself. */
    private static final class OfFiles extends GatedResponse implements ZeroCopyHttpOutputMessage {
        private final ZeroCopyHttpOutputMessage files;

        private OfFiles(
                ServerHttpRequest request,
                ServerHttpResponse response,
                ZeroCopyHttpOutputMessage files,
                AdmittedExchange exchange) {
            super(request, response, exchange);
            this.files = files;
        }

        @Override
        public Mono<Void> writeWith(Path file, long position, long count) {
            return files.writeWith(file, position, count);
        }
    }
}
