package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.stop4j.Outcome;
import org.stop4j.Report;

import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Connections of HTTP/2 that a client keeps, over Reactor Netty. */
class GoAwayTest {
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

    @Test
    void withItsFirstAnswerAfterAStopHasBegunAConnectionIsToldToGoAndLosesNothing()
            throws Exception {
        try (Application application = ReactiveStopTest.start(
                "server.http2.enabled=true",
                "stop.quiet-wait.floor=0s",
                "stop.quiet-wait.quiet=1s",
                "stop.quiet-wait.ceiling=10s")) {
            ReactiveStopTest.Orders orders =
                    application.context.getBean(ReactiveStopTest.Orders.class);
            Answer before = join(get(application, "/quick"));
            CompletableFuture<Answer> slow = get(application, "/slow");
            orders.slowHasCome.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(join(get(application, "/quick")).connection())
                    .as("nothing is said before a stop")
                    .isSameAs(before.connection());

            application.stop.request("by a test");
            Answer told = join(get(application, "/quick"));
            assertThat(told.connection()).isSameAs(before.connection());
            // What is sent before the client has heard of it is served, too.
            Awaitility.await()
                    .atMost(Application.PATIENCE)
                    .until(() ->
                            join(get(application, "/quick")).connection() != before.connection());
            orders.slow.tryEmitValue("late").orThrow();
            Answer late = join(slow);

            assertThat(late).isEqualTo(new Answer("late", before.connection()));
            assertThat(before.connection().closeFuture().await(Application.PATIENCE.toMillis()))
                    .as("it is closed when it has nothing to do any more")
                    .isTrue();
            Report report = application.report();
            assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
            assertThat(application.stop.gate().refused()).isZero();
        }
    }
}
