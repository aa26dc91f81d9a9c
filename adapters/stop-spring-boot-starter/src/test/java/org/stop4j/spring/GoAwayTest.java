package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.stop4j.Outcome;
import org.stop4j.Report;

import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connections of HTTP/2 that a client keeps. */
class GoAwayTest {
    private static final String[] PROPERTIES = {
        "server.http2.enabled=true",
        "stop.quiet-wait.floor=0s",
        "stop.quiet-wait.quiet=1s",
        "stop.quiet-wait.ceiling=10s"
    };

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Served.class)
    static class ServletApp {}

    @RestController
    static class Served {
        final CountDownLatch slowHasCome = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);

        @GetMapping("/quick")
        String quick() {
            return "quick";
        }

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            slowHasCome.countDown();
            mayEnd.await();
            return "late";
        }
    }

    private record Answer(String body, Channel connection) {}

    private final HttpClient client = HttpClient.create().protocol(HttpProtocol.H2C);

    private CompletableFuture<Answer> get(Application application, String path) {
        return client.get()
                .uri(Web.uri(application, path))
                .responseConnection((response, its) -> its.inbound()
                        .receive()
                        .aggregate()
                        .asString()
                        .map(body -> new Answer(body, its.channel().parent())))
                .single()
                .toFuture();
    }

    private static Answer join(CompletableFuture<Answer> answer) throws Exception {
        return answer.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** What a test does with its request that is in flight. */
    private interface Slow {
        void awaitBegun() throws Exception;

        void end();
    }

    private void assertIsToldToGoAndLosesNothing(Application application, Slow its)
            throws Exception {
        Answer before = join(get(application, "/quick"));
        CompletableFuture<Answer> slow = get(application, "/slow");
        its.awaitBegun();
        assertThat(join(get(application, "/quick")).connection())
                .as("nothing is said before a stop")
                .isSameAs(before.connection());

        application.stop.request("by a test");
        Answer told = join(get(application, "/quick"));
        assertThat(told.connection()).isSameAs(before.connection());
        // What is sent before the client has heard of it is served, too.
        Awaitility.await()
                .atMost(Application.PATIENCE)
                .until(() -> join(get(application, "/quick")).connection() != before.connection());
        its.end();
        Answer late = join(slow);

        assertThat(late).isEqualTo(new Answer("late", before.connection()));
        assertThat(before.connection().closeFuture().await(Application.PATIENCE.toMillis()))
                .as("it is closed when it has nothing to do any more")
                .isTrue();
        Report report = application.report();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        assertThat(application.stop.gate().refused()).isZero();
    }

    @Test
    void overReactorNettyAConnectionIsToldToGoWithItsFirstAnswerInAStopAndLosesNothing()
            throws Exception {
        try (Application application = ReactiveStopTest.start(PROPERTIES)) {
            ReactiveStopTest.Orders orders =
                    application.context.getBean(ReactiveStopTest.Orders.class);
            assertIsToldToGoAndLosesNothing(application, new Slow() {
                @Override
                public void awaitBegun() throws Exception {
                    orders.slowHasCome.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }

                @Override
                public void end() {
                    orders.slow.tryEmitValue("late").orThrow();
                }
            });
        }
    }

    @Test
    void overTomcatAConnectionIsToldToGoWithItsAnswersInAStopAndLosesNothing() throws Exception {
        try (Application application = Application.start(
                WebApplicationType.SERVLET, List.of(PROPERTIES), ServletApp.class)) {
            Served served = application.context.getBean(Served.class);
            assertIsToldToGoAndLosesNothing(application, new Slow() {
                @Override
                public void awaitBegun() throws Exception {
                    served.slowHasCome.await();
                }

                @Override
                public void end() {
                    served.mayEnd.countDown();
                }
            });
        }
    }
}
