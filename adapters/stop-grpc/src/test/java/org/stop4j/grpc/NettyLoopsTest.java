package org.stop4j.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import org.junit.jupiter.api.Test;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Step;
import org.stop4j.StoppingException;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What own threads, which know the connections, are good for. */
class NettyLoopsTest {
    private static final Reason WHY = Reason.of(Reason.Kind.CODE, "test");

    /** By the address of the client: each new connection has another. */
    private final Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();

    private App app() {
        return new App(
                Transport.NETTY_LOOPS,
                builder -> {},
                (builder, app) -> builder.intercept(new Noting(connections)));
    }

    private record Usual(ManagedChannel channel) implements AutoCloseable {
        private String call(String request) throws InterruptedException {
            return Answer.to(channel, Jobs.RUN, request).text();
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private record Noting(Set<SocketAddress> connections) implements ServerInterceptor {
        @Override
        public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
                ServerCall<ReqT, RespT> call,
                Metadata headers,
                ServerCallHandler<ReqT, RespT> next) {
            connections.add(Objects.requireNonNull(
                    call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
            return next.startCall(call, headers);
        }
    }

    @Test
    void whileTheProcessDrainsConnectionsAreChangedAgainAndAgainAndEveryCallIsAnswered()
            throws Exception {
        try (App app = app();
                Usual usual = new Usual(Transport.NETTY_LOOPS.connectAsUsual(app.port))) {
            Answer held = app.call(Jobs.RUN, "wait");
            app.awaitInFlight(1);
            app.stop.drain(WHY);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        assertThat(usual.call("x")).isEqualTo("x");
                        return connections.size() >= 3;
                    });
            assertThat(held.isOver()).isFalse();
            app.jobs.release.countDown();
            assertThat(held.text()).isEqualTo("wait");
            app.stop.resume(WHY);
            assertThat(usual.call("again")).isEqualTo("again");
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @Test
    void aConnectionIsKeptWhileTheProcessRuns() throws Exception {
        try (App app = app()) {
            for (int i = 0; i < 200; i++) {
                assertThat(app.call(Jobs.RUN, "x").text()).isEqualTo("x");
            }
            assertThat(connections).hasSize(1);
        }
    }

    @Test
    void theThreadsEndWithTheStop() throws Exception {
        try (App app = app()) {
            assertThat(app.call(Jobs.RUN, "x").text()).isEqualTo("x");
            assertThat(threads()).isPositive();
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
            // Netty says so in the last lines of the thread itself.
            await().atMost(Duration.ofSeconds(30)).until(() -> threads() == 0);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name ->
                        name.startsWith("stop-grpc-loop") || name.startsWith("stop-grpc-accept"))
                .count();
    }

    @Test
    void thereAreNoneWithoutAStepThatEndsThem() throws Exception {
        try (App app = new App(Transport.NETTY)) {
            app.stop.step(Phase.FINISH, "taken", (Step) deadline -> {});
            assertThatThrownBy(() -> NettyLoops.of(app.stop, "taken"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"taken\"");
            app.end();
            assertThatThrownBy(() -> NettyLoops.of(app.stop, "too late"))
                    .isInstanceOf(StoppingException.class);
        }
    }
}
