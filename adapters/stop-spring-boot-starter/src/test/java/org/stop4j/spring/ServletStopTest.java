package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stop4j.spring.Application.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Stop;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

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

    @Test
    void theThreadsOfTheStopHaveTheLoaderOfTheContextAndNotThatOfTheServer() throws Exception {
        CompletableFuture<ClassLoader> loader = new CompletableFuture<>();
        try (Application application =
                Application.start(WebApplicationType.SERVLET, List.of(), App.class)) {
            application.stop.step(
                    Phase.LAST,
                    "loader",
                    deadline -> loader.complete(Thread.currentThread().getContextClassLoader()));
            application.end();
            assertThat(loader)
                    .isCompletedWithValue(
                            application.context.getBeanFactory().getBeanClassLoader());
        }
    }

    @Test
    void aRequestMayAskForTheStopAndIsAnswered() throws Exception {
        try (Application application = start()) {
            Web.Connection asking = Web.begin(application, "GET /stop");
            assertThat(asking.readAll()).startsWith("HTTP/1.1 200").contains("asked");
            assertThat(application.report().outcome()).isEqualTo(Outcome.CLEAN);
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
