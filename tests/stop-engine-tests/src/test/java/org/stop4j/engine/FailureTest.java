package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stop4j.engine.Ends.end;
import static org.stop4j.engine.Ends.seconds;
import static org.stop4j.engine.Ends.step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.ReasonedStep;
import org.stop4j.Report;
import org.stop4j.Step;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.ThreadStack;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.StopExtension;
import org.stop4j.testing.VirtualTime;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** How steps come out, and what that makes of the stop. */
@ExtendWith(StopExtension.class)
class FailureTest {
    private static final Step NOTHING = deadline -> {};

    // ---- whatever is thrown

    /** By class, since a test's name should not change with the message. */
    static List<Class<? extends Throwable>> throwables() throws ClassNotFoundException {
        return List.of(
                IOException.class,
                IllegalStateException.class,
                AssertionError.class,
                OutOfMemoryError.class,
                StackOverflowError.class,
                NoClassDefFoundError.class,
                Throwable.class,
                // By name: it is deprecated for removal.
                Class.forName("java.lang.ThreadDeath").asSubclass(Throwable.class));
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void whateverAStepThrowsIsInTheReportAndStopsNoOther(
            Class<? extends Throwable> type, Stop stop, RecordingExit exit) throws Exception {
        Throwable thrown = type.getDeclaredConstructor().newInstance();
        stop.step(Phase.DRAIN, "failing", (Step) deadline -> sneak(thrown));
        stop.step(Phase.DRAIN, "beside", NOTHING);
        stop.step(Phase.CLOSE, "pool", NOTHING);
        Report report = end(stop);
        assertThat(step(report, "failing").result()).isEqualTo(Result.FAILED);
        assertThat(step(report, "failing").failure()).isSameAs(thrown);
        assertThat(step(report, "beside").result()).isEqualTo(Result.DONE);
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(exit.await()).isEqualTo(1);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void aStepThatOverflowsTheStackFails(Stop stop) throws Exception {
        stop.step(Phase.DRAIN, "deep", (Step) deadline -> deeper(1));
        Report report = end(stop);
        assertThat(step(report, "deep").result()).isEqualTo(Result.FAILED);
        assertThat(step(report, "deep").failure()).isInstanceOf(StackOverflowError.class);
    }

    private static long deeper(long n) {
        return n < 0 ? 0 : deeper(n + 1) + 1;
    }

    @Test
    void aFailureIsLoggedOnceWithItsStack(Stop stop) throws Exception {
        IOException thrown = new IOException("on purpose");
        try (LogLines log = new LogLines()) {
            stop.step(Phase.DRAIN, "failing", (Step) deadline -> {
                throw thrown;
            });
            end(stop);
            assertThat(log.lines())
                    .filteredOn(line -> line.thrown() == thrown)
                    .singleElement()
                    .satisfies(
                            line -> assertThat(line.message())
                                    .isEqualTo(
                                            "step \"failing\" failed after 0 ms: java.io.IOException: on purpose"));
        }
    }

    // ---- the reason

    @Test
    void aStepIsToldWhyTheStopBegan(Stop stop) throws Exception {
        AtomicReference<Reason> told = new AtomicReference<>();
        stop.step(Phase.DRAIN, "http", (ReasonedStep) (deadline, reason) -> told.set(reason));
        Reason reason = Reason.of(Reason.Kind.HTTP, "127.0.0.1");
        stop.request(reason);
        assertThat(stop.await().reason()).isSameAs(reason);
        assertThat(told.get()).isSameAs(reason);
    }

    // ---- what depends on the stop itself

    @Test
    void aStepMayNeitherAskForItsStopNorWaitForIt(Stop stop) throws Exception {
        AtomicReference<List<Throwable>> refused = new AtomicReference<>(List.of());
        stop.step(Phase.DRAIN, "asking", (Step) deadline -> refused.set(List.of(
                thrownBy(() -> stop.request("again")),
                thrownBy(stop::await),
                thrownBy(() -> stop.await(seconds(1))))));
        assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(refused.get())
                .hasSize(3)
                .allSatisfy(thrown -> assertThat(thrown)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("step \"asking\" "));
    }

    private interface Call {
        void run() throws Exception;
    }

    private static Throwable thrownBy(Call call) {
        try {
            call.run();
        } catch (Exception e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void stepsThatWaitForEachOtherAreBothNamed(Stop.Builder builder, VirtualTime time)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        stop.asyncStep(Phase.DRAIN, "a", deadline -> second.thenAccept(first::complete));
        stop.asyncStep(Phase.DRAIN, "b", deadline -> first.thenAccept(second::complete));
        stop.step(Phase.CLOSE, "pool", NOTHING);
        Report report = end(stop);
        assertThat(step(report, "a").result()).isEqualTo(Result.HUNG);
        assertThat(step(report, "b").result()).isEqualTo(Result.HUNG);
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
        assertThat(time.elapsed()).isEqualTo(seconds(90.1));
    }

    // ---- asynchronous steps

    @Test
    void anAsynchronousStepIsDoneWhenItsStageCompletes(Stop stop, VirtualTime time)
            throws Exception {
        ScheduledExecutorService scheduler = time.scheduler();
        stop.asyncStep(Phase.DRAIN, "http", deadline -> {
            CompletableFuture<String> done = new CompletableFuture<>();
            Future<?> unused =
                    scheduler.schedule(() -> done.complete("drained"), 3, TimeUnit.SECONDS);
            return done;
        });
        stop.step(Phase.CLOSE, "pool", NOTHING);
        Report report = end(stop);
        assertThat(step(report, "http").took()).isEqualTo(seconds(3));
        assertThat(step(report, "pool").begin()).isEqualTo(seconds(3));
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void anAsynchronousStepWhoseStageIsCompleteIsDoneAtOnce(Stop stop) throws Exception {
        stop.asyncStep(Phase.DRAIN, "http", deadline -> CompletableFuture.completedFuture(1));
        Report report = end(stop);
        assertThat(step(report, "http").result()).isEqualTo(Result.DONE);
        assertThat(report.took()).isZero();
    }

    @Test
    void anAsynchronousStepWhoseStageFailsHasFailed(Stop stop, VirtualTime time) throws Exception {
        IOException thrown = new IOException("on purpose");
        stop.asyncStep(Phase.DRAIN, "at once", deadline -> CompletableFuture.failedFuture(thrown));
        stop.asyncStep(
                Phase.DRAIN,
                "later",
                deadline -> CompletableFuture.runAsync(
                        () -> {
                            throw new CompletionException(thrown);
                        },
                        time.executor()));
        Report report = end(stop);
        assertThat(report.steps()).extracting(StepReport::result).containsOnly(Result.FAILED);
        assertThat(step(report, "at once").failure()).isSameAs(thrown);
        assertThat(step(report, "later").failure()).hasRootCause(thrown);
    }

    @Test
    void anAsynchronousStepThatCannotBeginHasFailed(Stop stop) throws Exception {
        stop.asyncStep(Phase.DRAIN, "http", deadline -> {
            throw new IOException("on purpose");
        });
        Report report = end(stop);
        assertThat(step(report, "http").result()).isEqualTo(Result.FAILED);
        assertThat(step(report, "http").failure()).hasMessage("on purpose");
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without NullAway do
    void anAsynchronousStepWithoutAStageHasFailed(Stop stop) throws Exception {
        stop.asyncStep(Phase.DRAIN, "http", deadline -> null);
        assertThat(step(end(stop), "http").failure())
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the stage of an asynchronous step");
    }

    @Test
    void anAsynchronousStepThatNeverCompletesShowsWhereItWasRegistered(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.asyncStep(Phase.DRAIN, "http", deadline -> new CompletableFuture<String>());
        stop.step(Phase.CLOSE, "pool", NOTHING);
        Report report = end(stop);
        StepReport http = step(report, "http");
        assertThat(http.result()).isEqualTo(Result.HUNG);
        assertThat(http.took()).isEqualTo(seconds(90));
        ThreadStack registered = http.stacks().get(http.stacks().size() - 1);
        assertThat(registered.thread()).isEqualTo("registered at");
        assertThat(registered.frames())
                .anyMatch(frame -> frame.getMethodName()
                        .equals("anAsynchronousStepThatNeverCompletesShowsWhereItWasRegistered"));
        assertThat(step(report, "pool").result()).isEqualTo(Result.DONE);
        assertThat(time.elapsed()).isEqualTo(seconds(90.1));
    }

    @Test
    void anAsynchronousStepThatHangsBeforeItReturnsIsInterrupted(
            Stop.Builder builder, VirtualTime time) throws Exception {
        Stop stop = builder.timeout(seconds(100)).start();
        stop.asyncStep(Phase.DRAIN, "http", deadline -> {
            time.hang();
            return CompletableFuture.completedFuture(1);
        });
        StepReport http = step(end(stop), "http");
        assertThat(http.result()).isEqualTo(Result.INTERRUPTED);
        assertThat(http.stacks().get(0).thread()).isEqualTo("stop-step-http");
        assertThat(http.took()).isEqualTo(seconds(100));
    }

    // ---- what a phase makes of a failure

    @ParameterizedTest
    @ValueSource(strings = {"fail", "hang", "interrupt"})
    void aPhaseThatAbortsSkipsTheRestButNotTheLast(
            String how, Stop.Builder builder, VirtualTime time, RecordingExit exit)
            throws Exception {
        Stop stop = builder.timeout(seconds(100)).abortOnFailure(Phase.DRAIN).start();
        // What has not begun would be skipped, too.
        CountDownLatch begun = new CountDownLatch(1);
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
                    begun.await();
                    if (how.equals("hang")) {
                        time.hangUninterruptibly();
                    } else if (how.equals("interrupt")) {
                        time.hang();
                    }
                    throw new IOException("on purpose");
                })
                .ceiling(seconds(1));
        stop.step(Phase.DRAIN, "beside", (Step) deadline -> {
            begun.countDown();
            time.sleep(seconds(5));
        });
        stop.step(Phase.DRAIN, "next", NOTHING).after("http", "beside");
        stop.step(Phase.CLOSE, "pool", NOTHING);
        stop.step(Phase.LAST, "telemetry", NOTHING);
        Report report = end(stop);
        assertThat(step(report, "beside").result()).isEqualTo(Result.DONE);
        assertThat(step(report, "next").result()).isEqualTo(Result.SKIPPED);
        assertThat(step(report, "pool").result()).isEqualTo(Result.SKIPPED);
        assertThat(step(report, "telemetry").result()).isEqualTo(Result.DONE);
        assertThat(step(report, "telemetry").begin()).isEqualTo(seconds(5));
        assertThat(exit.await()).isEqualTo(how.equals("fail") ? 1 : 3);
    }

    @Test
    void aFailureInAPhaseThatDoesNotAbortSkipsNothing(Stop.Builder builder) throws Exception {
        Stop stop = builder.abortOnFailure(Phase.CLOSE).start();
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            throw new IOException("on purpose");
        });
        stop.step(Phase.CLOSE, "pool", NOTHING);
        assertThat(step(end(stop), "pool").result()).isEqualTo(Result.DONE);
    }

    // ---- exit codes

    @ParameterizedTest
    @CsvSource({
        "done, 0, 0",
        "done, 42, 42",
        "done, 255, 255",
        "fail, 0, 1",
        "fail, 42, 1",
        "hang, 0, 3",
        "hang, 42, 3",
    })
    void theExitCodeTellsHowItCameOut(
            String how, int own, int code, Stop stop, VirtualTime time, RecordingExit exit)
            throws Exception {
        stop.step(Phase.DRAIN, "http", (Step) deadline -> {
            stop.exitCode(own);
            if (how.equals("fail")) {
                throw new IOException("on purpose");
            } else if (how.equals("hang")) {
                time.hang();
            }
        });
        assertThat(end(stop).exitCode()).isEqualTo(code);
        assertThat(exit.await()).isEqualTo(code);
        assertThat(exit.halted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256})
    void anExitCodeThatNoProcessHasIsRefused(int code, Stop stop) {
        assertThatThrownBy(() -> stop.exitCode(code))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("" + code)
                .hasMessageContaining("0 to 255");
    }

    @Test
    void aStopWithoutStepsIsClean(Stop stop, RecordingExit exit) throws Exception {
        assertThat(end(stop).outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(exit.await()).isZero();
    }
}
