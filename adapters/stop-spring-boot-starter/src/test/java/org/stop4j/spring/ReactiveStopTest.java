package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.stop4j.Outcome;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Work;
import org.stop4j.WorkInFlight;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

class ReactiveStopTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({ReactiveServer.class, Orders.class})
    static class App {
        @Bean
        HandlerMapping webSockets() {
            WebSocketHandler echo =
                    session -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
            return new SimpleUrlHandlerMapping(Map.of("/socket", echo), 1);
        }

        /** Left alone, it would choose that of Tomcat, which is on the class path, too. */
        @Bean
        WebFluxConfigurer upgradeByReactorNetty() {
            return new WebFluxConfigurer() {
                @Override
                public WebSocketService getWebSocketService() {
                    return new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy());
                }
            };
        }
    }

    @RestController
    static class Orders {
        final CompletableFuture<Void> slowHasCome = new CompletableFuture<>();
        final Sinks.One<String> slow = Sinks.one();
        final CompletableFuture<Void> slowIsCancelled = new CompletableFuture<>();

        @GetMapping("/quick")
        Mono<String> quick() {
            return Mono.just("done");
        }

        @GetMapping("/slow")
        Mono<String> slow() {
            return slow.asMono()
                    .doOnCancel(() -> slowIsCancelled.complete(null))
                    .doOnSubscribe(subscription -> slowHasCome.complete(null));
        }

        @GetMapping("/broken")
        Mono<String> broken() {
            return slow.asMono()
                    .map(text -> {
                        throw new IllegalStateException(text);
                    })
                    .cast(String.class)
                    .doOnSubscribe(subscription -> slowHasCome.complete(null));
        }

        @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> events() {
            return Flux.just("one").concatWith(Flux.never());
        }

        @PostMapping("/orders")
        Mono<String> order(@RequestBody byte[] body) {
            return Mono.just(body.length + " bytes");
        }
    }

    static Application start(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("management.endpoint.health.probes.enabled=true");
        // Of two servers on the class path, both would serve actuator.
        all.add(
                "spring.autoconfigure.exclude=org.springframework.boot.tomcat.autoconfigure.actuate.web.server"
                        + ".TomcatReactiveManagementContextAutoConfiguration");
        return Application.start(WebApplicationType.REACTIVE, all, App.class);
    }

    @Test
    void anExchangeThatIsInFlightIsAnsweredBeforeTheServerIsClosed() throws Exception {
        try (Application application = start()) {
            Orders orders = application.context.getBean(Orders.class);
            Web.Connection connection = Web.begin(application, "GET /slow;id=secret?a=b");
            await(orders.slowHasCome);
            assertThat(application.stop.gate().named())
                    .extracting(WorkInFlight::name)
                    .containsExactly("GET /slow");
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            orders.slow.tryEmitValue("at last");

            assertThat(connection.readAll())
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("\r\nconnection: close\r\n")
                    .endsWith("at last");
            assertClean(application);
        }
    }

    @Test
    void anErrorPageIsWaitedForToo() throws Exception {
        try (Application application = start()) {
            Orders orders = application.context.getBean(Orders.class);
            Web.Connection connection = Web.begin(application, "GET /broken");
            await(orders.slowHasCome);
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            orders.slow.tryEmitValue("broken on purpose");

            assertThat(connection.readAll())
                    .startsWith("HTTP/1.1 500 ")
                    .containsIgnoringCase("\r\nconnection: close\r\n")
                    .contains("\"status\":500");
            assertClean(application);
        }
    }

    @Test
    void aClientThatHasHungUpIsNotWaitedFor() throws Exception {
        try (Application application = start()) {
            Orders orders = application.context.getBean(Orders.class);
            Web.Connection connection = Web.begin(application, "GET /slow");
            await(orders.slowHasCome);
            connection.close();
            await(orders.slowIsCancelled);

            assertClean(application);
        }
    }

    @Test
    void whatComesWhenTheGateIsClosedIsRefusedPolitely() throws Exception {
        try (Application application = start("stop.except=/quick")) {
            Work held = application.stop.gate().enter("what keeps the server open");
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            HttpResponse<String> refused = Web.get(application, "/events");
            HttpResponse<String> excepted = Web.get(application, "/quick");
            HttpResponse<String> health = Web.get(application, "/actuator/health/liveness");
            Web.Connection sending = new Web.Connection(Web.port(application));
            sending.write(
                    "POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
            sending.write("x".repeat(1_000_000));

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(refused.headers().firstValue("Connection")).contains("close");
            assertThat(refused.body()).isEqualTo("stopping\n");
            assertThat(excepted.statusCode()).isEqualTo(200);
            assertThat(excepted.headers().firstValue("Connection")).contains("close");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(sending.readAll()).startsWith("HTTP/1.1 503 ").endsWith("stopping\n");
            assertThat(application.stop.gate().refused()).isEqualTo(2);
            held.close();
            assertClean(application);
        }
    }

    @Test
    void onlyWhileItDrainsAnswersSayThatTheConnectionIsClosed() throws Exception {
        try (Application application = start()) {
            assertThat(connectionHeader(application)).isEmpty();
            application.stop.drain(Reason.of(Reason.Kind.CODE, "by a test"));
            assertThat(connectionHeader(application)).containsExactly("close");
            application.stop.resume(Reason.of(Reason.Kind.CODE, "by a test"));
            assertThat(connectionHeader(application)).isEmpty();
            assertClean(application);
        }
    }

    private static List<String> connectionHeader(Application application) throws Exception {
        return Web.get(application, "/quick").headers().allValues("Connection");
    }

    @Test
    void http2KnowsNoSuchHeader() throws Exception {
        try (Application application = start("server.http2.enabled=true")) {
            application.stop.drain(Reason.of(Reason.Kind.CODE, "by a test"));
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(Web.uri(application, "/quick"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.headers().firstValue("Connection")).isEmpty();
        }
    }

    @Test
    void aStreamOfEventsIsCompletedWhenAStopBegins() throws Exception {
        try (Application application = start()) {
            Web.Connection connection = Web.begin(application, "GET /events");
            connection.readUntil("data:one\n\n");
            assertThat(application.stop.gate().named())
                    .extracting(WorkInFlight::longLived)
                    .containsExactly(true);

            application.stop.request("by a test");

            assertThat(connection.readAll()).as("the rest").endsWith("0\r\n\r\n");
            assertClean(application);
        }
    }

    @Test
    void aWebSocketIsToldThatTheServerGoesAway() throws Exception {
        try (Application application = start()) {
            CompletableFuture<Integer> closed = new CompletableFuture<>();
            CompletableFuture<String> echoed = new CompletableFuture<>();
            URI uri = URI.create("ws://127.0.0.1:" + Web.port(application) + "/socket");
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(uri, new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(
                                WebSocket webSocket, CharSequence data, boolean last) {
                            echoed.complete(data.toString());
                            webSocket.request(1);
                            return CompletableFuture.completedStage(null);
                        }

                        @Override
                        public CompletionStage<?> onClose(
                                WebSocket webSocket, int statusCode, String reason) {
                            closed.complete(statusCode);
                            return CompletableFuture.completedStage(null);
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(echoed.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(application.stop.gate().named())
                    .extracting(WorkInFlight::name)
                    .containsExactly("WebSocket /socket");

            application.stop.request("by a test");

            assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
            assertClean(application);
        }
    }

    @Test
    void aPortOfActuatorsOwnServesWhileTheGateIsClosed() throws Exception {
        try (Application application =
                start("management.server.port=0", "management.endpoints.web.base-path=/")) {
            Work held = application.stop.gate().enter("what keeps the server open");
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            HttpResponse<String> health =
                    Web.get(Web.managementPort(application), "/health/liveness");

            assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
            assertThat(application.stop.gate().refused()).isZero();
            held.close();
            assertClean(application);
        }
    }

    private static void assertClean(Application application) throws InterruptedException {
        Report report = application.end();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
    }

    private static void await(CompletableFuture<?> happens) throws Exception {
        happens.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
