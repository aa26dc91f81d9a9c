package org.stop4j.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;

import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;

/** A stop, a server and a client that is connected to it. */
final class App implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    final Jobs jobs = new Jobs();
    final Stop stop;
    final Gate gate;
    final GrpcStop grpc;
    final Server server;
    final int port;
    final ManagedChannel channel;

    App(Transport transport) {
        this(transport, builder -> {}, (builder, app) -> {});
    }

    App(Transport transport, Consumer<Stop.Builder> settings) {
        this(transport, settings, (builder, app) -> {});
    }

    /** What a test adds to the server before it is built. */
    interface Setup {
        void to(ServerBuilder<?> builder, App app);
    }

    App(Transport transport, Consumer<Stop.Builder> settings, Setup setup) {
        Stop.Builder builder = Stop.builder().timeout(TIMEOUT).exit(Exit.never());
        settings.accept(builder);
        stop = builder.start();
        gate = stop.gate();
        grpc = GrpcStop.of(stop);
        int asked = transport.free();
        ServerBuilder<?> its = transport.server(stop, asked).addService(jobs.definition());
        setup.to(its, this);
        try {
            server = its.intercept(grpc).build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        grpc.server("grpc", server);
        port = transport.port(server, asked);
        channel = transport.connect(port);
    }

    Answer call(MethodDescriptor<String, String> method, String request) {
        return Answer.to(channel, method, request);
    }

    Answer call(MethodDescriptor<String, String> method, String request, CallOptions options) {
        return Answer.to(channel, method, request, options);
    }

    void awaitInFlight(long count) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(gate.inFlight()).isEqualTo(count));
    }

    void awaitClosedGate() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !gate.isOpen());
    }

    Report end() throws InterruptedException {
        stop.request("test");
        return stop.await();
    }

    static StepReport step(Report report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + name + " in " + report));
    }

    @Override
    public void close() {
        jobs.release.countDown();
        channel.shutdownNow();
        server.shutdownNow();
        stop.request("the test is over");
    }
}
