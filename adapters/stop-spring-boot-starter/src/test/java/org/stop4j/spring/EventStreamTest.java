package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.WorkInFlight;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class EventStreamTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Streams.class)
    static class App {
        @Bean
        RouterFunction<ServerResponse> endpoints(Streams streams) {
            return RouterFunctions.route()
                    .GET("/functional", request -> streams.functional())
                    .GET("/functional/late", request -> {
                        streams.awaitGo();
                        return streams.functional();
                    })
                    .GET("/functional/plain", request -> ServerResponse.ok().body("plain"))
                    .build();
        }
    }

    @RestController
    static class Streams {
        final CompletableFuture<Void> completed = new CompletableFuture<>();
        final CompletableFuture<Void> hasCome = new CompletableFuture<>();
        final CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
        final Sinks.Many<String> lines = Sinks.many().unicast().onBackpressureBuffer();

        @GetMapping("/emitter")
        SseEmitter emitter() throws IOException {
            SseEmitter emitter = new SseEmitter(-1L);
            emitter.onCompletion(() -> completed.complete(null));
            emitter.send("first");
            return emitter;
        }

        @GetMapping("/entity")
        ResponseEntity<SseEmitter> entity() throws IOException {
            return ResponseEntity.ok().header("X-Order", "4711").body(emitter());
        }

        @GetMapping(path = "/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> flux() {
            return Flux.just("first").concatWith(Flux.never());
        }

        @GetMapping("/events")
        ResponseEntity<Flux<ServerSentEvent<String>>> events() {
            return ResponseEntity.ok()
                    .header("X-Order", "4711")
                    .body(flux().map(text -> ServerSentEvent.builder(text).build()));
        }

        /** Ends by itself, and must not be cut off. */
        @GetMapping(path = "/lines", produces = MediaType.APPLICATION_NDJSON_VALUE)
        Flux<String> lines() {
            return lines.asFlux();
        }

        @GetMapping("/late")
        SseEmitter late() throws Exception {
            awaitGo();
            return emitter();
        }

        void awaitGo() throws Exception {
            hasCome.complete(null);
            mayGoOn.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        ServerResponse functional() {
            return ServerResponse.sse(
                    events -> {
                        events.onComplete(() -> completed.complete(null));
                        try {
                            events.send("first");
                        } catch (IOException e) {
                            events.error(e);
                        }
                    },
                    Duration.ofMinutes(1));
        }
    }

    private static Application start() {
        return Application.start(WebApplicationType.SERVLET, List.of(), App.class);
    }

    @Test
    void anEmitterIsCompletedWhenAStopBegins() throws Exception {
        try (Application application = start()) {
            Streams streams = application.context.getBean(Streams.class);
            assertCompleted(application, "/emitter");
            streams.completed.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertClean(application);
        }
    }

    @Test
    void soIsOneOfAFunctionalEndpoint() throws Exception {
        try (Application application = start()) {
            Streams streams = application.context.getBean(Streams.class);
            assertCompleted(application, "/functional");
            streams.completed.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertClean(application);
        }
    }

    @Test
    void anythingElseThatAFunctionalEndpointRespondsWithIsSentAsEver() throws Exception {
        try (Application application = start()) {
            assertThat(Web.get(application, "/functional/plain").body()).isEqualTo("plain");
            assertClean(application);
        }
    }

    @Test
    void soIsOneWithHeaders() throws Exception {
        try (Application application = start()) {
            String head = assertCompleted(application, "/entity");
            assertThat(head).contains("X-Order: 4711");
            assertClean(application);
        }
    }

    @Test
    void soIsAPublisherThatIsSentAsEvents() throws Exception {
        try (Application application = start()) {
            assertCompleted(application, "/flux");
            assertClean(application);
        }
    }

    @Test
    void soIsAPublisherOfEventsWithHeaders() throws Exception {
        try (Application application = start()) {
            String head = assertCompleted(application, "/events");
            assertThat(head).contains("X-Order: 4711");
            assertClean(application);
        }
    }

    /** Returns what was sent before. */
    private static String assertCompleted(Application application, String path) throws Exception {
        Web.Connection connection = Web.begin(application, "GET " + path);
        String begin = connection.readUntil("first");
        // Spring sends a publisher's events in a task, which is work, too, and ends with it.
        assertThat(application.stop.gate().named())
                .filteredOn(work -> work.name().startsWith("GET "))
                .extracting(WorkInFlight::longLived)
                .containsExactly(true);

        application.stop.request("by a test");

        assertThat(connection.readAll()).as("the rest").endsWith("0\r\n\r\n");
        return begin;
    }

    @Test
    void anotherPublisherIsSentToItsEnd() throws Exception {
        try (Application application = start()) {
            Sinks.Many<String> lines = application.context.getBean(Streams.class).lines;
            Web.Connection connection = Web.begin(application, "GET /lines");
            lines.tryEmitNext("one");
            connection.readUntil("one");
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            lines.tryEmitNext("two");
            lines.tryEmitComplete();

            assertThat(connection.readAll()).contains("two").endsWith("0\r\n\r\n");
            assertClean(application);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/late", "/functional/late"})
    void aStreamThatBeginsWhenTheGateIsClosedIsRefused(String path) throws Exception {
        try (Application application = start()) {
            Streams streams = application.context.getBean(Streams.class);
            Web.Connection connection = Web.begin(application, "GET " + path);
            streams.hasCome.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            streams.mayGoOn.complete(null);

            assertThat(connection.readAll())
                    .startsWith("HTTP/1.1 503 ")
                    .contains("Retry-After: 1\r\n")
                    .contains("Connection: close\r\n");
            assertClean(application);
        }
    }

    private static void assertClean(Application application) throws InterruptedException {
        Report report = application.end();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
    }
}
