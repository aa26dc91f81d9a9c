package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.stop4j.spring.Application.step;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.stop4j.ApplicationStatus.Progress;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** Requests of servlets, over real connections. */
class ServletStopTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Served.class)
    static class App {}

    @RestController
    static class Served {
        final CountDownLatch begun = new CountDownLatch(2);
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final LinkedBlockingQueue<AsyncContext> contexts = new LinkedBlockingQueue<>();
        private final Stop stop;
        private final ConfigurableApplicationContext context;

        Served(Stop stop, ConfigurableApplicationContext context) {
            this.stop = stop;
            this.context = context;
        }

        private void hold() throws InterruptedException {
            begun.countDown();
            mayEnd.await();
        }

        @GetMapping("/held")
        String held() throws InterruptedException {
            hold();
            return "answered";
        }

        @GetMapping("/async")
        Callable<String> async() {
            return () -> {
                hold();
                return "answered";
            };
        }

        @GetMapping("/completed")
        void completed(HttpServletRequest request) throws IOException {
            AsyncContext context = request.startAsync();
            context.setTimeout(0);
            context.getResponse().getWriter().print("answered");
            contexts.add(context);
        }

        @GetMapping("/fails")
        String fails() throws InterruptedException {
            hold();
            throw new IllegalArgumentException("planned by the test");
        }

        @GetMapping("/sends-an-error")
        void sendsAnError(HttpServletResponse response) throws Exception {
            hold();
            response.sendError(500);
        }

        @GetMapping("/stop")
        String stop() {
            stop.request("by a request");
            return "asked";
        }

        @GetMapping("/close")
        String close() {
            context.close();
            return "closed";
        }
    }

    private static Application start(String... properties) {
        return Application.start(WebApplicationType.SERVLET, List.of(properties), App.class);
    }

    /** The page of Boot, which takes a while. */
    @Configuration(proxyBeanMethods = false)
    static class SlowErrorPage {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);

        @Bean
        ServletContextInitializer slowErrorPage() {
            Filter filter = (request, response, chain) -> {
                begun.countDown();
                try {
                    mayEnd.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                chain.doFilter(request, response);
            };
            return context -> context.addFilter("slow", filter)
                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.ERROR), true, "/*");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/fails", "/sends-an-error"})
    void whatFailsInFlightIsAnsweredByItsErrorPage(String path) throws Exception {
        try (Application application = Application.start(
                WebApplicationType.SERVLET, List.of(), App.class, SlowErrorPage.class)) {
            SlowErrorPage page = application.context.getBean(SlowErrorPage.class);
            Served served = application.context.getBean(Served.class);
            Web.Connection failing = Web.begin(application, "GET " + path);
            Web.Connection other = Web.begin(application, "GET /held");
            served.begun.await();

            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();
            served.mayEnd.countDown();
            page.begun.await();
            assertThat(other.readAll()).startsWith("HTTP/1.1 200").contains("answered");
            assertThat(application.stop.gate().inFlight()).isEqualTo(1);
            page.mayEnd.countDown();

            assertThat(failing.readAll())
                    .startsWith("HTTP/1.1 500")
                    .containsIgnoringCase("Connection: close")
                    .contains("Internal Server Error");
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"graceful", "immediate"})
    void whatIsInFlightIsAnsweredWhateverBootsOwnShutdownIs(String shutdown) throws Exception {
        try (Application application = start("server.shutdown=" + shutdown)) {
            Served served = application.context.getBean(Served.class);
            Web.Connection held = Web.begin(application, "GET /held");
            Web.Connection async = Web.begin(application, "GET /async");
            served.begun.await();

            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();
            served.mayEnd.countDown();

            for (Web.Connection one : List.of(held, async)) {
                assertThat(one.readAll())
                        .startsWith("HTTP/1.1 200")
                        .containsIgnoringCase("Connection: close")
                        .contains("answered");
            }
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        }
    }

    /** Tomcat says that a request is complete before it sends what is left of the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"graceful", "immediate"})
    void theServerIsClosedWhenTheLastAnswerHasBeenSent(String shutdown) throws Exception {
        try (Application application = start("server.shutdown=" + shutdown)) {
            Served served = application.context.getBean(Served.class);
            Web.Connection completed = Web.begin(application, "GET /completed");
            AsyncContext context = served.contexts.take();
            CountDownLatch maySend = new CountDownLatch(1);
            context.addListener(new OnComplete(maySend));
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();
            context.complete();
            await().until(() -> runs(
                    application.stop,
                    shutdown.equals("graceful")
                            ? "lifecycle webServerGracefulShutdown"
                            : "lifecycle webServerStartStop"));
            maySend.countDown();

            assertThat(completed.readAll()).startsWith("HTTP/1.1 200").endsWith("answered");
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        }
    }

    private static boolean runs(Stop stop, String step) {
        return stop.steps().stream()
                .anyMatch(one -> one.name().equals(step) && one.progress() == Progress.RUNNING);
    }

    /** Keeps the thread that completes a request. */
    private record OnComplete(CountDownLatch mayEnd) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) throws IOException {
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    @Test
    void aRequestMayAskForTheStopAndIsAnswered() throws Exception {
        try (Application application = start()) {
            Web.Connection asking = Web.begin(application, "GET /stop");
            assertThat(asking.readAll()).startsWith("HTTP/1.1 200").contains("asked");
            assertThat(application.report().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/actuator/health, spring.mvc.servlet.path=/api",
        "/manage/health, management.endpoints.web.base-path=/manage/",
        "/alive, management.endpoints.web.base-path=/ management.endpoints.web.path-mapping.health=alive"
    })
    void probesOfActuatorAreAnsweredWhereverTheyAre(String path, String properties)
            throws Exception {
        try (Application application = start(properties.split(" "))) {
            Work held = application.stop.gate().enter("what keeps the server open");
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();
            assertThat(Web.get(application, path).body()).contains("\"status\"");
            held.close();
            assertThat(application.report().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    /** Tomcat warns of each thread that has it, with its stack; and it is closed before the last steps are done. */
    @Test
    void stepsDoNotHaveTheClassLoaderOfTheWebServer() throws Exception {
        try (Application application = start()) {
            CompletableFuture<ClassLoader> its = new CompletableFuture<>();
            application.stop.step(
                    Phase.LAST,
                    "class loader",
                    deadline -> its.complete(Thread.currentThread().getContextClassLoader()));
            application.end();
            assertThat(its.join()).isSameAs(App.class.getClassLoader());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class StopOfTheUsers {
        @Bean
        Stop own() {
            return Stop.builder().exit(Exit.never()).start();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVLET", "REACTIVE"})
    void aStopOfTheUsersIsUsedInsteadOfOurs(WebApplicationType type) throws Exception {
        try (Application application =
                Application.start(type, List.of(), StopOfTheUsers.class, App.class)) {
            CompletableFuture<HttpResponse<String>> refused = new CompletableFuture<>();
            application.stop.step(
                    Phase.FINISH,
                    "asks",
                    deadline -> refused.complete(Web.get(application, "/held")));
            assertThat(application.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(refused.join().statusCode()).isEqualTo(503);
            assertThat(application.context.isActive()).isTrue();
        }
    }

    /** It waits for itself. Spring alone would do so, too. */
    @Test
    void aRequestThatClosesTheContextIsNamedWithItsStackAndTheStopEndsAllTheSame()
            throws Exception {
        try (Application application = start("stop.timeout=4s")) {
            Web.Connection closing = Web.begin(application, "GET /close");
            Report report = application.report();
            closing.close();
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(step(report, Gate.STEP).detail()).contains("GET /close");
            assertThat(step(report, Gate.STEP).stacks().toString())
                    .contains(Served.class.getName() + ".close");
            assertThat(report.took()).isLessThan(java.time.Duration.ofSeconds(5));
        }
    }
}
