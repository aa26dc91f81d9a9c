package org.stop4j.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The promises about calls, on every way to be connected. */
class GrpcStopTest {
    private static void quickStreams(Stop.Builder builder) {
        builder.longLived(Duration.ofMillis(400), Duration.ZERO);
    }

    /** Of which a tenth, the time from closing them, is enough for a loaded machine to notice. */
    private static void streamsWithSomeTime(Stop.Builder builder) {
        builder.longLived(Duration.ofSeconds(4), Duration.ZERO);
    }

    // ---- short calls

    @ParameterizedTest
    @EnumSource
    void everyCallInFlightIsAnswered(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) { // on one connection
                answers.add(app.call(Jobs.RUN, "wait"));
            }
            app.awaitInFlight(100);
            app.stop.request("test");
            app.awaitClosedGate();
            app.jobs.release.countDown();
            for (Answer answer : answers) {
                assertThat(answer.text()).isEqualTo("wait");
            }
            Report report = app.stop.await();
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(app.server.isTerminated()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUploadIsWaitedForAndNotCut(Transport transport) throws Exception {
        try (App app = new App(transport, GrpcStopTest::quickStreams)) {
            Answer upload = app.call(Jobs.UPLOAD, "one ");
            app.awaitInFlight(1);
            app.stop.request("test");
            app.awaitClosedGate();
            assertThat(upload.send("two").halfClose().text()).isEqualTo("one two");
            assertThat(app.stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsCountedByItsFullNameUntilItHasEnded(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer answer = app.call(Jobs.RUN, "wait");
            app.awaitInFlight(1);
            assertThat(app.gate.named()).singleElement().satisfies(work -> {
                assertThat(work.name()).isEqualTo("test.Jobs/Run");
            });
            app.jobs.release.countDown();
            answer.text();
            app.awaitInFlight(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsOverWhenItsHandlerThrows(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            assertThat(app.call(Jobs.RUN, "throw").status().getCode())
                    .isEqualTo(Status.Code.UNKNOWN);
            app.awaitInFlight(0);
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsOverWhenItCannotBeStarted(Transport transport) throws Exception {
        ServerInterceptor broken = new Broken();
        try (App app =
                new App(transport, builder -> {}, (builder, its) -> builder.intercept(broken))) {
            assertThat(app.call(Jobs.RUN, "x").status().getCode()).isEqualTo(Status.Code.UNKNOWN);
            assertThat(app.call(Jobs.CHAT, "x").status().getCode()).isEqualTo(Status.Code.UNKNOWN);
            app.awaitInFlight(0);
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    private static final class Broken implements ServerInterceptor {
        @Override
        public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
                ServerCall<ReqT, RespT> call,
                Metadata headers,
                ServerCallHandler<ReqT, RespT> next) {
            throw new IllegalStateException("on purpose");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsOverWhenItsClientCancelsIt(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer answer = app.call(Jobs.RUN, "never");
            app.awaitInFlight(1);
            answer.cancel();
            app.awaitInFlight(0);
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsOverWhenItsDeadlineHasPassed(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer answer = app.call(
                    Jobs.RUN,
                    "never",
                    CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS));
            assertThat(answer.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            app.awaitInFlight(0);
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatNeverAnswersIsNamedAndTheStopEnds(Transport transport) throws Exception {
        try (App app = new App(transport, builder -> builder.timeout(Duration.ofSeconds(3)))) {
            Answer answer = app.call(Jobs.RUN, "never");
            app.awaitInFlight(1);
            Report report = app.end();
            assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
            StepReport waiting = App.step(report, Gate.STEP);
            assertThat(waiting.result()).isNotEqualTo(StepReport.Result.DONE);
            assertThat(waiting.detail()).contains("\"test.Jobs/Run\"");
            assertThat(answer.status().isOk()).isFalse();
            // How much time is left for the step, and so whether it could see that, is up to the
            // machine.
            assertThat(app.server.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
        }
    }

    // ---- closing

    @ParameterizedTest
    @EnumSource
    void whatComesAfterClosingIsRefusedAsUnavailable(Transport transport) throws Exception {
        // Without the server's steps, so that the server is still there.
        Stop stop = Stop.builder().timeout(App.TIMEOUT).exit(Exit.never()).start();
        GrpcStop grpc = GrpcStop.of(stop);
        int asked = transport.free();
        var server = transport
                .server(stop, asked)
                .addService(new Jobs().definition())
                .intercept(grpc)
                .build()
                .start();
        var channel = transport.connect(transport.port(server, asked));
        try {
            CountDownLatch asking = new CountDownLatch(1);
            stop.step(Phase.DRAIN, "while it drains", (Step) deadline -> asking.await());
            stop.request("test");
            stop.await(State.STOPPING, Duration.ofSeconds(30));
            for (var method : List.of(Jobs.RUN, Jobs.UPLOAD, Jobs.WATCH, Jobs.CHAT)) {
                Status status = Answer.to(channel, method, "x").status();
                assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(status.getDescription()).contains("this server is stopping");
            }
            assertThat(stop.gate().refused()).isEqualTo(4);
            asking.countDown();
            stop.await();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatSomebodyElseHasClosedIsNoFailure(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            app.server.shutdownNow().awaitTermination();
            Report report = app.end();
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleServerHasItsStepsDone(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            assertThat(app.call(Jobs.RUN, "x").text()).isEqualTo("x"); // so that it is connected
            Report report = app.end();
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(App.step(report, "grpc goes away").result())
                    .isEqualTo(StepReport.Result.DONE);
            assertThat(App.step(report, "grpc").result()).isEqualTo(StepReport.Result.DONE);
            // Far from all limits; how long it takes is measured elsewhere.
            assertThat(report.took()).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void stepsOfANameThatIsTakenLeaveNothingBehind() throws Exception {
        try (App app = new App(Transport.IN_PROCESS)) {
            app.stop.step(Phase.DRAIN, "other", (Step) deadline -> {});
            assertThatThrownBy(() -> app.grpc.server("other", app.server))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"other\"");
            assertThat(app.end().steps())
                    .extracting(StepReport::name)
                    .doesNotContain("other goes away");
        }
    }

    // ---- streams

    @ParameterizedTest
    @EnumSource
    void aStreamIsToldAndEndsByItself(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer watch = app.call(Jobs.WATCH, "told").begun();
            Answer chat = app.call(Jobs.CHAT, "hello").begun();
            Report report = app.end();
            assertThat(watch.status()).isEqualTo(Status.OK);
            assertThat(watch.messages).containsExactly("first", "bye");
            assertThat(chat.status()).isEqualTo(Status.OK);
            assertThat(chat.messages).containsExactly("hello", "bye");
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(app.jobs.seen).containsExactly("told", "told");
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfAStreamKeepTheirOrder(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            List<String> sent = new ArrayList<>(List.of("0"));
            Answer chat = app.call(Jobs.CHAT, "0");
            for (int i = 1; i < 500; i++) {
                sent.add("" + i);
                chat.send("" + i);
            }
            assertThat(chat.halfClose().status()).isEqualTo(Status.OK);
            assertThat(chat.messages).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatEndsWithinItsLimitIsNotCut(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer watch = app.call(Jobs.WATCH, "finite").begun();
            app.stop.request("test");
            app.awaitClosedGate();
            app.jobs.release.countDown();
            assertThat(watch.status()).isEqualTo(Status.OK);
            assertThat(watch.messages).containsExactly("first", "last");
            assertThat(app.stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatDoesNotEndIsClosedBeforeItsLimitAndTheStopIsClean(Transport transport)
            throws Exception {
        try (App app = new App(transport, GrpcStopTest::streamsWithSomeTime)) {
            Answer watch = app.call(Jobs.WATCH, "for ever").begun();
            assertThat(app.gate.named()).singleElement().satisfies(work -> {
                assertThat(work.longLived()).isTrue();
                assertThat(work.attributes()).containsKey("peer");
            });
            Report report = app.end();
            assertThat(watch.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(watch.status().getDescription()).contains("this server is stopping");
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(app.jobs.seen).containsExactly("cancelled");
        }
    }

    @ParameterizedTest
    @EnumSource
    void toTheHandlerAClosedStreamIsACancelledOne(Transport transport) throws Exception {
        try (App app = new App(transport, GrpcStopTest::quickStreams)) {
            Answer watch = app.call(Jobs.WATCH, "on and on").begun();
            app.stop.request("test");
            assertThat(watch.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            app.jobs.release.countDown();
            app.stop.await();
            await().until(() -> app.jobs.seen.size() == 2);
            assertThat(app.jobs.seen).containsExactly("sent on", "cancelled");
            assertThat(watch.messages).containsExactly("first");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamWhoseClientCancelsIsOver(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer watch = app.call(Jobs.WATCH, "for ever").begun();
            watch.cancel();
            app.awaitInFlight(0);
            Report report = app.end();
            assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(app.jobs.seen).containsExactly("cancelled");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatCannotBeToldIsInTheReport(Transport transport) throws Exception {
        try (App app = new App(transport, GrpcStopTest::quickStreams)) {
            Answer watch = app.call(Jobs.WATCH, "told badly").begun();
            Report report = app.end();
            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            // (That it failed, or that it hung, if the machine has.)
            assertThat(report.toString()).contains("test.Jobs/Watch");
            assertThat(watch.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatComesWhileTheProcessStillServesIsToldWhenItsConnectionGoesAway(
            Transport transport) throws Exception {
        Duration quiet = Duration.ofMillis(400);
        try (App app = new App(
                transport, builder -> builder.quietWait(quiet, quiet, Duration.ofSeconds(10)))) {
            Answer before = app.call(Jobs.WATCH, "told").begun();
            app.stop.request("test");
            assertThat(before.status()).isEqualTo(Status.OK);
            // Its client opens it again, and must not be sent round and round.
            Answer again = app.call(Jobs.WATCH, "told").begun();
            assertThat(app.gate.isOpen()).isTrue();
            assertThat(again.isOver()).isFalse();
            assertThat(again.status()).isEqualTo(Status.OK);
            assertThat(app.server.isShutdown()).isTrue();
            assertThat(app.stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @Test
    void whichCallsAreStreamsCanBeChosen() throws Exception {
        Stop stop = Stop.builder()
                .timeout(App.TIMEOUT)
                .longLived(Duration.ofSeconds(4), Duration.ZERO)
                .exit(Exit.never())
                .start();
        GrpcStop grpc = GrpcStop.builder(stop)
                .streams(method -> method == Jobs.UPLOAD)
                .uncounted(method -> method == Jobs.RUN)
                .build();
        Jobs jobs = new Jobs();
        int name = Transport.IN_PROCESS.free();
        var server = Transport.IN_PROCESS
                .server(stop, name)
                .addService(jobs.definition())
                .intercept(grpc)
                .build()
                .start();
        grpc.server("grpc", server);
        var channel = Transport.IN_PROCESS.connect(name);
        try {
            Answer upload = Answer.to(channel, Jobs.UPLOAD, "never more");
            Answer watch = Answer.to(channel, Jobs.WATCH, "finite").begun();
            assertThat(Answer.to(channel, Jobs.RUN, "x").text()).isEqualTo("x");
            await().until(() -> stop.gate().inFlight() == 2);
            stop.request("test");
            assertThat(upload.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(watch.isOver()).isFalse();
            jobs.release.countDown();
            assertThat(watch.status()).isEqualTo(Status.OK);
            assertThat(stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    @Test
    void outsideOfAStreamNobodyIsTold() {
        assertThat(GrpcStop.onStopping(deadline -> {})).isFalse();
    }

    // ---- with others

    @Test
    void interceptorsInsideSeeNothingOfWhatIsRefusedAndKeepTheirContext() throws Exception {
        Context.Key<String> user = Context.key("user");
        List<String> seen = new CopyOnWriteArrayList<>();
        ServerInterceptor inner = new ServerInterceptor() {
            @Override
            public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
                    ServerCall<ReqT, RespT> call,
                    Metadata headers,
                    ServerCallHandler<ReqT, RespT> next) {
                seen.add(call.getMethodDescriptor().getFullMethodName());
                Context context = Context.current().withValue(user, "somebody");
                return Contexts.interceptCall(context, call, headers, next);
            }
        };
        try (App app = new App(
                Transport.NETTY, builder -> {}, (builder, its) -> builder.intercept(inner))) {
            assertThat(app.call(Jobs.RUN, "x").text()).isEqualTo("x");
            Answer chat = app.call(Jobs.CHAT, "hello").begun(); // told inside of the other context
            app.end();
            assertThat(chat.status()).isEqualTo(Status.OK);
            assertThat(chat.messages).containsExactly("hello", "bye");
            assertThat(seen).containsExactly("test.Jobs/Run", "test.Jobs/Chat");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDrainThatIsUndoneLeavesTheServerAsItWas(Transport transport) throws Exception {
        try (App app = new App(transport)) {
            Answer watch = app.call(Jobs.WATCH, "told").begun();
            Reason why = Reason.of(Reason.Kind.CODE, "test");
            assertThat(app.stop.drain(why)).isTrue();
            assertThat(app.call(Jobs.RUN, "draining").text()).isEqualTo("draining");
            assertThat(app.stop.resume(why)).isTrue();
            assertThat(app.call(Jobs.RUN, "running").text()).isEqualTo("running");
            assertThat(watch.isOver()).isFalse();
            assertThat(app.end().outcome()).isEqualTo(Outcome.CLEAN);
            assertThat(watch.status()).isEqualTo(Status.OK);
            assertThat(watch.messages).containsExactly("first", "bye");
        }
    }
}
