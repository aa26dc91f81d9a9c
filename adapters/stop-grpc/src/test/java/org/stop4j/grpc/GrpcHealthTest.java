package org.stop4j.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.Test;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Registration;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Step;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** The health service says whether the process wants to be sent work. */
class GrpcHealthTest {
    private static final Reason WHY = Reason.of(Reason.Kind.CODE, "test");

    private final HealthStatusManager health = new HealthStatusManager();

    private App app() {
        return new App(
                Transport.NETTY,
                builder -> {},
                (builder, app) -> builder.addService(health.getHealthService()));
    }

    private static ServingStatus check(App app, String service) {
        return HealthGrpc.newBlockingStub(app.channel).check(request(service)).getStatus();
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    @Test
    void aDrainIsNotServingAndWhenItIsUndoneItServesAgain() {
        try (App app = app()) {
            GrpcHealth.follow(app.stop, health, "test.Jobs");
            assertThat(check(app, "")).isEqualTo(ServingStatus.SERVING);
            app.stop.drain(WHY);
            assertThat(check(app, "")).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(check(app, "test.Jobs")).isEqualTo(ServingStatus.NOT_SERVING);
            app.stop.resume(WHY);
            assertThat(check(app, "")).isEqualTo(ServingStatus.SERVING);
            assertThat(check(app, "test.Jobs")).isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void whoeverObjectsMakesItNotServing() {
        try (App app = app();
                Registration cold = app.stop.readiness().notReady("the cache is cold")) {
            GrpcHealth.follow(app.stop, health);
            assertThat(check(app, "")).isEqualTo(ServingStatus.NOT_SERVING);
            cold.close();
            assertThat(check(app, "")).isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void aServiceThatIsNotNamedKeepsItsOwnStatusUntilTheStop() throws Exception {
        health.setStatus("own", ServingStatus.SERVING);
        try (App app = app()) {
            GrpcHealth.follow(app.stop, health);
            CountDownLatch done = new CountDownLatch(1);
            app.stop.step(Phase.NOTIFY, "asking", (Step) deadline -> done.await());
            app.stop.request("test");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> check(app, "own") == ServingStatus.NOT_SERVING);
            done.countDown();
            assertThat(app.stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @Test
    void nothingIsWarnedOf() throws Exception {
        Logger logger = Logger.getLogger("io.grpc");
        List<String> warnings = new CopyOnWriteArrayList<>();
        Handler handler = new StreamHandler() {
            @Override
            public synchronized void publish(LogRecord record) {
                if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                    warnings.add(record.getMessage());
                }
            }
        };
        logger.addHandler(handler);
        try (App app = app()) {
            GrpcHealth.follow(app.stop, health, "test.Jobs");
            app.stop.drain(WHY);
            app.stop.resume(WHY);
            app.end();
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void theSameWhenTheStopFollowsADrain() throws Exception {
        health.setStatus("own", ServingStatus.SERVING);
        try (App app = app()) {
            GrpcHealth.follow(app.stop, health);
            Watcher watcher = new Watcher();
            HealthGrpc.newStub(app.channel).watch(request("own"), watcher);
            await().atMost(Duration.ofSeconds(10)).until(() -> watcher.seen.size() == 1);
            app.stop.drain(WHY);
            assertThat(check(app, "own")).isEqualTo(ServingStatus.SERVING);
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(watcher.ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(watcher.seen)
                    .containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void whenFollowingHasEndedTheStatusesStay() {
        try (App app = app()) {
            GrpcHealth.follow(app.stop, health).close();
            app.stop.drain(WHY);
            assertThat(check(app, "")).isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void whoWatchesIsToldAtTheVeryStartAndDelaysNothing() throws Exception {
        try (App app = app()) {
            GrpcHealth.follow(app.stop, health);
            Watcher watcher = new Watcher();
            HealthGrpc.newStub(app.channel).watch(request(""), watcher);
            await().atMost(Duration.ofSeconds(30)).until(() -> watcher.seen.size() == 1);
            assertThat(app.gate.inFlight()).isZero();
            CountDownLatch done = new CountDownLatch(1);
            app.stop.step(Phase.NOTIFY, "asking", (Step) deadline -> done.await());
            app.stop.request("test");
            await().atMost(Duration.ofSeconds(30)).until(() -> watcher.seen.size() == 2);
            assertThat(app.stop.state()).isEqualTo(State.DRAINING);
            done.countDown();
            Report report = app.stop.await();
            assertThat(watcher.ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(watcher.seen)
                    .containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
            assertThat(watcher.failures).singleElement().satisfies(failure -> {
                Status status = ((StatusRuntimeException) failure).getStatus();
                assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(status.getDescription()).contains("this server is stopping");
            });
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    private static final class Watcher implements StreamObserver<HealthCheckResponse> {
        private final List<ServingStatus> seen = new CopyOnWriteArrayList<>();
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onNext(HealthCheckResponse response) {
            seen.add(response.getStatus());
        }

        @Override
        public void onError(Throwable failure) {
            failures.add(failure);
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }
}
