package org.stop4j.spring;

import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import org.stop4j.Gate;
import org.stop4j.Stop;
import org.stop4j.Work;

import reactor.core.publisher.Mono;

import java.util.List;
import java.util.Optional;

/**
 * Lets every WebSocket in at the gate of a stop, and out when it is over; told of the stop, it is closed with 1001 (going
 * away).
 */
final class WebSocketGate extends WebSocketHandlerAdapter {
    private final Gate gate;

    WebSocketGate(Stop stop, WebSocketHandlerAdapter adapter) {
        super(adapter.getWebSocketService());
        setOrder(adapter.getOrder());
        gate = stop.gate();
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        String name = "WebSocket " + ExchangeGate.path(exchange.getRequest());
        return super.handle(exchange, new Counted((WebSocketHandler) handler, gate, name));
    }

    private record Counted(WebSocketHandler handler, Gate gate, String name)
            implements WebSocketHandler {
        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            Optional<Work> work = gate.tryEnterLongLived(
                    name, deadline -> session.close(CloseStatus.GOING_AWAY).subscribe());
            if (work.isEmpty()) {
                return session.close(CloseStatus.SERVICE_RESTARTED);
            }
            return Mono.defer(() -> handler.handle(session))
                    .doFinally(signal -> work.get().close());
        }
    }
}
