package org.stop4j.spring;

import org.springframework.context.ApplicationContext;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;

import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets every exchange in at the gate of a stop, and out when it is over.
 *
 * <p>Around the handler rather than a filter in it: error pages are made outside of all filters, and count, too. It is over
 * when what it returned to the server has completed, failed or was cancelled, and the server has been told so. Reactor Netty
 * completes a body when it has been written to the socket, and hands over what then is missing, the end of a chunked one,
 * when it is told; so nothing is left but what its own graceful end waits for.
 */
final class ExchangeGate implements HttpHandlerDecoratorFactory {
    private static final String BY = "by the handler of WebFlux";

    private final Stop stop;
    private final ApplicationContext context;
    private final List<PathPattern> excepted;

    ExchangeGate(Stop stop, ApplicationContext context, String[] excepted) {
        this.stop = stop;
        this.context = context;
        this.excepted = patterns(excepted);
        stop.gate(); // from now on it is waited for, also if nobody ever comes
    }

    private static List<PathPattern> patterns(String[] paths) {
        List<PathPattern> patterns = new ArrayList<>();
        for (String path : paths) {
            boolean andBelow = path.endsWith("/*");
            patterns.add(PathPatternParser.defaultInstance.parse(andBelow ? path + '*' : path));
        }
        return patterns;
    }

    @Override
    public HttpHandler apply(HttpHandler handler) {
        boolean ofAnother = handler instanceof HttpWebHandlerAdapter adapter
                && adapter.getApplicationContext() != context;
        // That of the port of actuator finds the beans of its parent, too: nothing there is work.
        return ofAnother ? handler : (request, response) -> handle(handler, request, response);
    }

    private Mono<Void> handle(
            HttpHandler handler, ServerHttpRequest request, ServerHttpResponse response) {
        if (!isWebSocket(request)) {
            response.beforeCommit(() -> sayThatItCloses(request, response));
        }
        PathContainer path = request.getPath().pathWithinApplication();
        for (PathPattern pattern : excepted) {
            if (pattern.matches(path)) {
                return handler.handle(request, response);
            }
        }
        return Mono.defer(() -> admit(handler, request, response));
    }

    private Mono<Void> admit(
            HttpHandler handler, ServerHttpRequest request, ServerHttpResponse response) {
        Optional<Work> work = stop.gate().tryEnter(name(request), BY);
        if (work.isEmpty()) {
            return ReactiveRefusal.answer(request, response);
        }
        AdmittedExchange exchange = new AdmittedExchange(stop.gate(), work.get().leaveThread());
        boolean handled = false;
        try {
            Mono<Void> result =
                    handler.handle(request, GatedResponse.around(request, response, exchange));
            handled = true;
            return result.doFinally(signal -> exchange.close());
        } finally {
            if (!handled) {
                exchange.close();
            }
        }
    }

    private Mono<Void> sayThatItCloses(ServerHttpRequest request, ServerHttpResponse response) {
        if (stop.state() != State.RUNNING) {
            LastAnswers.say(request, response);
        }
        return Mono.empty();
    }

    /** One that switches to another protocol says that in the header in which it would say that it closes. */
    private static boolean isWebSocket(ServerHttpRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeaders().getFirst("Upgrade"));
    }

    private static String name(ServerHttpRequest request) {
        return request.getMethod().name() + ' ' + path(request);
    }

    /** {@code /orders/42}, without query and path parameters, which may hold secrets. */
    static String path(ServerHttpRequest request) {
        String path = request.getPath().value();
        return path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
    }
}
