package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stop4j.StepReport.Result;
import org.stop4j.internal.Threads;
import org.stop4j.spi.Trigger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogRecord;
import java.util.stream.LongStream;

/** What is run, in which order, and what comes out of it. */
@Timeout(60)
class StopTest {
    private final LogLines log = new LogLines();
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch never = new CountDownLatch(1);

    @RegisterExtension
    private final Threads threads = new Threads();

    @AfterEach
    void endLog() {
        log.close();
    }

    private static Stop start() {
        return Stop.builder().exit(Exit.never()).start();
    }

    private Step noting(String event) {
        return deadline -> events.add(event);
    }

    private static Step failing(Throwable failure) {
        return deadline -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        };
    }

    private static List<Result> results(Report report) {
        return report.steps().stream().map(StepReport::result).toList();
    }

    // ---- steps

    @Test
    void phasesRunInTheirOrderWhateverTheOrderOfRegistration() throws Exception {
        Stop stop = start();
        stop.step(Phase.LAST, "five", noting("five"));
        stop.step(Phase.DRAIN, "two", (AutoCloseable) () -> events.add("two"));
        stop.step(Phase.CLOSE, "four", (deadline, reason) -> events.add("four " + reason));
        stop.step(Phase.NOTIFY, "one", noting("one"));
        stop.asyncStep(
                Phase.FINISH,
                "three",
                deadline -> CompletableFuture.runAsync(() -> events.add("three")));
        assertThat(stop.state()).isEqualTo(State.RUNNING);
        assertThat(stop.reason()).isEmpty();
        assertThat(stop.await(Duration.ZERO)).isEmpty();

        stop.request("enough");
        Report report = stop.await();

        assertThat(events).containsExactly("one", "two", "three", "four code: enough", "five");
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(report.steps())
                .extracting(StepReport::name)
                .containsExactly("one", "two", "three", "four", "five");
        assertThat(report.phases())
                .extracting(PhaseReport::phase)
                .containsExactly(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST);
        assertThat(results(report)).containsOnly(Result.DONE);
        assertThat(report.reason().toString()).isEqualTo("code: enough");
        assertThat(stop.state()).isEqualTo(State.STOPPED);
        assertThat(stop.reason()).contains(report.reason());
        assertThat(stop.await(Duration.ZERO)).contains(report);
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void theStepsOfOnePhaseRunSideBySide() throws Exception {
        Stop stop = start();
        CyclicBarrier all = new CyclicBarrier(100);
        for (int i = 0; i < 100; i++) {
            stop.step(Phase.FINISH, "step " + i, deadline -> all.await());
        }
        stop.request("");
        assertThat(stop.await().outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void aStopWithoutStepsIsClean() throws Exception {
        Stop stop = start();
        stop.request("");
        assertThat(stop.await().outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void theStepsOfOnePhaseRunSideBySideAlsoIfThreadsAreIdleFromThePhaseBefore() throws Exception {
        Stop stop = start();
        CyclicBarrier before = new CyclicBarrier(64);
        for (int i = 0; i < 64; i++) {
            stop.step(Phase.FINISH, "before " + i, deadline -> before.await());
        }
        CyclicBarrier all = new CyclicBarrier(100);
        for (int i = 0; i < 100; i++) {
            stop.step(Phase.CLOSE, "step " + i, deadline -> all.await());
        }
        stop.request("");
        Report report = stop.await();
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        // Far below half of their time, when the stop looks at them anyway.
        assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void anExecutorThatHoldsItsLockForEverHoldsUpNobodyElse() throws Exception {
        Stop stop =
                Stop.builder().timeout(Duration.ofSeconds(2)).exit(Exit.never()).start();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
                    @Override
                    protected void terminated() {
                        awaitForEver(); // with the lock that getActiveCount waits for
                    }
                };
        stop.step(Phase.FINISH, "pool", Step.shutDown(pool));
        stop.step(Phase.CLOSE, "last", noting("last"));
        stop.request("");
        Report report = stop.await();
        assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
        assertThat(events).containsExactly("last");
        never.countDown();
    }

    @Test
    void aSecondStepOfTheSameNameIsRefused() throws Exception {
        Stop stop = start();
        stop.step(Phase.CLOSE, "db", noting("first"));
        assertThatThrownBy(() -> stop.step(Phase.DRAIN, "db", noting("second")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"db\"")
                .hasMessageContaining("allowed");
        stop.request("");
        stop.await();
        assertThat(events).containsExactly("first");
    }

    @Test
    void aStepThatComesTooLateIsRefusedAndNotRunAndOneOfALaterPhaseIsRun() throws Exception {
        Stop stop = start();
        stop.step(Phase.FINISH, "registers others", deadline -> {
            stop.step(Phase.CLOSE, "in time", noting("in time"));
            stop.step(Phase.FINISH, "late", noting("late"));
        });
        stop.request("enough");
        Report report = stop.await();
        assertThat(report.steps())
                .hasSize(2)
                .first()
                .satisfies(step -> assertThat(step.failure())
                        .isInstanceOf(StoppingException.class)
                        .hasMessage("step \"late\" comes too late: the process is stopping, and"
                                + " phase FINISH has begun"));
        assertThatThrownBy(() -> stop.step(Phase.LAST, "later", noting("later")))
                .isInstanceOf(StoppingException.class);
        assertThat(events).containsExactly("in time");
    }

    @Test
    void anUnregisteredStepIsNotRunAndItsNameIsFreeAgain() throws Exception {
        Stop stop = start();
        Step step = noting("same");
        Registration first = stop.step(Phase.CLOSE, "db", step);
        first.close();
        stop.step(Phase.CLOSE, "db", step);
        first.close(); // again: must not touch the second, though all about it is equal
        Registration other = stop.step(Phase.LAST, "other", noting("other"));
        stop.request("");
        Report report = stop.await();
        other.close();
        assertThat(events).containsExactly("same", "other");
        assertThat(report.steps()).hasSize(2);
    }

    @Test
    void whateverAStepThrowsIsReportedAndTheNextOnesRun() throws Exception {
        Stop stop = start();
        Throwable[] failures = {
            new Exception("checked"),
            new IllegalStateException("runtime"),
            new AssertionError("error"),
            new NoClassDefFoundError("com/example/Gone"),
            new OutOfMemoryError("as told")
        };
        for (Throwable failure : failures) {
            stop.step(Phase.FINISH, failure.toString(), failing(failure));
        }
        stop.step(Phase.CLOSE, "recursion", deadline -> overflow(0));
        stop.step(Phase.LAST, "last", noting("last"));
        stop.request("");
        Report report = stop.await();
        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report.steps().subList(0, failures.length))
                .extracting(StepReport::failure)
                .containsExactlyInAnyOrder(failures);
        assertThat(report.steps().get(failures.length).failure())
                .isInstanceOf(StackOverflowError.class);
        assertThat(events).containsExactly("last");
        assertThat(log.thrown()).contains(failures);
        assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("step "))
                .hasSize(failures.length + 1);
    }

    private static int overflow(int depth) {
        return depth == Integer.MAX_VALUE ? 0 : overflow(depth + 1) + 1;
    }

    @Test
    void aFailureThatCannotDescribeItselfStopsNothing() throws Exception {
        Stop stop = start();
        stop.step(Phase.FINISH, "speechless", failing(new Speechless()));
        stop.step(Phase.LAST, "last", noting("last"));
        stop.request("");
        assertThat(stop.await().summary()).contains("\"speechless\" failed").contains("toString");
        assertThat(events).containsExactly("last");
    }

    private static final class Speechless extends Exception {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no words");
        }
    }

    @Test
    void aStepRunsOnADaemonThreadOfItsNameWithTheContextClassLoaderOfWhoeverStarted()
            throws Exception {
        ClassLoader mine = new ClassLoader() {};
        Thread.currentThread().setContextClassLoader(mine);
        Stop stop;
        try {
            stop = start();
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
        AtomicReference<String> ranOn = new AtomicReference<>();
        AtomicReference<ClassLoader> loader = new AtomicReference<>();
        stop.step(Phase.CLOSE, "db", deadline -> {
            Thread thread = Thread.currentThread();
            ranOn.set(thread.getName() + " daemon " + thread.isDaemon());
            loader.set(Thread.currentThread().getContextClassLoader());
        });
        // As the JVM's thread for a signal, which has none on JDK 17.
        threads.start(() -> {
            Thread.currentThread().setContextClassLoader(null);
            stop.request("");
        });
        stop.await();
        assertThat(ranOn).hasValue("stop-step-db daemon true");
        assertThat(loader.get()).isSameAs(mine);
    }

    // ---- time

    @Test
    void aHungStepIsInterruptedLeftBehindAndReportedWithItsStack() throws Exception {
        Stop stop =
                Stop.builder().timeout(Duration.ofSeconds(3)).exit(Exit.never()).start();
        CountDownLatch interrupted = new CountDownLatch(1);
        stop.step(Phase.FINISH, "stuck", deadline -> hang(interrupted));
        stop.step(Phase.LAST, "last", noting("last"));
        stop.request("");
        Report report = stop.await();
        interrupted.await();
        assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
        StepReport stuck = report.steps().get(0);
        assertThat(stuck.result()).isEqualTo(Result.HUNG);
        assertThat(stuck.took()).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(stuck.stacks())
                .singleElement()
                .extracting(ThreadStack::thread)
                .isEqualTo("stop-step-stuck");
        assertThat(stuck.stacks().get(0).frames())
                .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("hang"))
                .allSatisfy(frame -> assertThat(frame.toString()).doesNotContain("//", "@"));
        assertThat(stuck.toString()).contains(" at org.stop4j.StopTest.hang(StopTest.java:");
        assertThat(log.warnings())
                .anySatisfy(line -> assertThat(line)
                        .contains("\"stuck\" is over its limit of 2.")
                        .contains(", at org.stop4j.StopTest.hang("));
        assertThat(log.thrown())
                .singleElement()
                .satisfies(where -> assertThat(where.getStackTrace())
                        .containsExactlyElementsOf(stuck.stacks().get(0).frames()));
        assertThat(report.steps()).hasSize(2);
    }

    private void hang(CountDownLatch interrupted) throws InterruptedException {
        try {
            never.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        while (true) {
            try {
                never.await();
                return;
            } catch (InterruptedException ignored) {
                // that is what makes it hang
            }
        }
    }

    @Test
    void aSlowStepThatEndsWhenItIsInterruptedIsToldFromOneThatHangs() throws Exception {
        Stop stop = Stop.builder()
                .timeout(Duration.ofSeconds(10))
                .exit(Exit.never())
                .start();
        stop.step(Phase.FINISH, "slow", deadline -> never.await()).ceiling(Duration.ofMillis(20));
        stop.step(Phase.CLOSE, "last", noting("last"));
        stop.request("");
        Report report = stop.await();
        StepReport slow = report.steps().get(0);
        assertThat(slow.result()).isEqualTo(Result.INTERRUPTED);
        assertThat(slow.limit()).isEqualTo(Duration.ofMillis(20));
        assertThat(slow.stacks()).hasSize(1);
        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.steps().get(1).result()).isEqualTo(Result.DONE);
    }

    @Test
    void everyStepIsAttemptedHoweverManyHang() throws Exception {
        Stop stop = Stop.builder()
                .timeout(Duration.ofMillis(200))
                .exit(Exit.never())
                .start();
        CountDownLatch attempted = new CountDownLatch(6);
        for (int i = 0; i < 6; i++) {
            Step stuck = deadline -> {
                attempted.countDown();
                never.await();
            };
            RegisteredStep step = stop.step(i < 3 ? Phase.DRAIN : Phase.CLOSE, "stuck " + i, stuck);
            if (i % 3 > 0) {
                step.after("stuck " + (i - 1));
            }
        }
        stop.request("");
        Report report = stop.await();
        attempted.await();
        assertThat(report.steps())
                .hasSize(6)
                .allMatch(step -> step.result().outcome() == Outcome.FORCED);
    }

    @Test
    void eachLaterPhaseWithStepsKeepsATenthOfTheWhole() throws Exception {
        Duration timeout = Duration.ofSeconds(1_000);
        Stop stop = Stop.builder().timeout(timeout).exit(Exit.never()).start();
        List<Duration> limits = Collections.synchronizedList(new ArrayList<>());
        stop.step(Phase.DRAIN, "one", deadline -> limits.add(deadline.remaining()));
        stop.step(Phase.FINISH, "two", deadline -> limits.add(deadline.remaining()));
        stop.step(Phase.LAST, "three", deadline -> limits.add(deadline.remaining()));
        stop.request("");
        stop.await();
        // 50 s of play for the slowest machine there is.
        assertThat(limits.get(0)).isBetween(Duration.ofSeconds(750), Duration.ofSeconds(800));
        assertThat(limits.get(1)).isBetween(Duration.ofSeconds(850), Duration.ofSeconds(900));
        assertThat(limits.get(2)).isBetween(Duration.ofSeconds(950), timeout);
    }

    @Test
    void aStopWithoutAnEndLeavesEveryStepItsTime() throws Exception {
        Stop stop = Stop.builder()
                .timeout(Duration.ofSeconds(Long.MAX_VALUE))
                .exit(Exit.never())
                .start();
        List<Duration> limits = Collections.synchronizedList(new ArrayList<>());
        for (Phase phase : List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE)) {
            stop.step(phase, "of " + phase, deadline -> limits.add(deadline.remaining()));
        }
        stop.step(Phase.LAST, "last", deadline -> limits.add(deadline.remaining()))
                .ceiling(Duration.ofSeconds(Long.MAX_VALUE));
        stop.request("");
        assertThat(stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(limits).hasSize(5).allMatch(limit -> limit.toDays() > 365);
    }

    @Test
    void aStepThatInterruptsEveryThreadItFindsCutsNothingShort() throws Exception {
        List<String> trigger = Collections.synchronizedList(new ArrayList<>());
        StopThread thread = new StopThread();
        Stop stop = Stop.builder()
                .holdLimit(Duration.ofMinutes(10))
                .exit(code -> events.add("exit " + code))
                .time(thread)
                .trigger(ofStop -> new Trigger.Installed() {
                    @Override
                    public void stopped(Report report) {
                        trigger.add("interrupted " + Thread.currentThread().isInterrupted());
                        Thread.currentThread().interrupt(); // then in the hold
                    }

                    @Override
                    public void close() {
                        trigger.add("closed");
                    }
                })
                .start();
        Hold hold = stop.hold();
        stop.step(
                Phase.FINISH,
                "rude",
                deadline -> Thread.getAllStackTraces().keySet().stream()
                        .filter(each -> each.getName().startsWith("stop"))
                        .filter(each -> each != Thread.currentThread())
                        .forEach(Thread::interrupt));
        stop.step(Phase.LAST, "last", noting("last"));
        stop.request("");
        assertThat(stop.await().outcome()).isEqualTo(Outcome.CLEAN);
        thread.awaitHolding();
        assertThat(trigger).containsExactly("interrupted false");
        hold.close();
        thread.awaitEnd();
        assertThat(trigger).containsExactly("interrupted false", "closed");
        assertThat(events).containsExactly("last", "exit 0");
    }

    // ---- asking

    @Test
    void aStepMayNeitherAskForTheStopNorWaitForIt() throws Exception {
        Stop stop = start();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        stop.step(Phase.FINISH, "asks", deadline -> {
            assertThat(thrownBy(stop::await)).hasMessage("step \"asks\" would wait for itself");
            assertThat(thrownBy(() -> stop.await(Duration.ofDays(1))))
                    .isInstanceOf(IllegalStateException.class);
            refused.set(thrownBy(() -> stop.request("from a step")));
        });
        stop.request("first");
        Report report = stop.await();
        assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(refused.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("step \"asks\" asks for the stop that it is a part of");
        assertThat(report.reason().detail()).isEqualTo("first");
        assertThat(report.joined()).isEmpty();
    }

    private static Throwable thrownBy(Threads.Work work) {
        try {
            work.run();
            return new AssertionError("nothing thrown");
        } catch (Exception e) {
            return e;
        }
    }

    @Test
    void twoRequestsAreOneStop() throws Exception {
        Stop stop = start();
        CountDownLatch asked = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        stop.step(Phase.FINISH, "once", deadline -> {
            runs.incrementAndGet();
            asked.await();
        });
        CompletionStage<Report> first = stop.request("first");
        CompletionStage<Report> second =
                stop.request(Reason.of(Reason.Kind.SIGNAL, Signal.TERM.toString()));
        asked.countDown();
        Report report = first.toCompletableFuture().get();
        assertThat(second.toCompletableFuture().get()).isSameAs(report);
        assertThat(stop.stopped().toCompletableFuture().get()).isSameAs(report);
        assertThat(stop.request("third").toCompletableFuture().get()).isSameAs(report);
        assertThat(runs).hasValue(1);
        assertThat(report.reason().detail()).isEqualTo("first");
        assertThat(log.infos()).contains("already stopping; also asked by signal SIGTERM");
    }

    @Test
    void whatDependsOnTheReportCannotHoldUpTheEnd() throws Exception {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        Stop stop = Stop.builder().exit(exit::complete).start();
        CountDownLatch entered = new CountDownLatch(1);
        stop.stopped().thenAccept(report -> {
            entered.countDown();
            awaitForEver();
        });
        stop.request("");
        assertThat(exit.get()).isZero();
        entered.await();
        never.countDown();
    }

    private void awaitForEver() {
        try {
            never.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nobodyCanCompleteTheStageButTheStop() {
        Stop stop = start();
        assertThat(stop.stopped().toCompletableFuture().cancel(true)).isTrue(); // a copy
        assertThat(stop.stopped().toCompletableFuture()).isNotDone();
    }

    @Test
    void aWaitEndsByAnInterrupt() throws Exception {
        Stop stop = start();
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread waiting = threads.start(() -> end.complete(thrownBy(stop::await)));
        Threads.awaitWaiting(waiting);
        waiting.interrupt();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> stop.await(Duration.ofDays(1)))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void theExitCodeTellsTheOutcome() throws Exception {
        assertThat(exitCodeWith(noting(""))).isZero();
        assertThat(exitCodeWith(failing(new Exception("as told")))).isEqualTo(1);
        assertThat(exitCodeWith(deadline -> never.await())).isEqualTo(3);
    }

    private static int exitCodeWith(Step step) throws Exception {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        Stop stop = Stop.builder()
                .timeout(Duration.ofMillis(300))
                .exit(exit::complete)
                .start();
        stop.step(Phase.FINISH, "it", step);
        stop.request("");
        return exit.get();
    }

    // ---- what must not break it

    @Test
    void neitherAThrowingLoggerNorAThrowingExceptionHandlerBreaksTheStop() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        List<Throwable> handed = Collections.synchronizedList(new ArrayList<>());
        LogLines broken = new LogLines() {
            @Override
            public void publish(LogRecord each) {
                throw new IllegalStateException("the logger is broken");
            }
        };
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            handed.add(failure);
            throw new IllegalStateException("the handler too");
        });
        try {
            CompletableFuture<Integer> exit = new CompletableFuture<>();
            Stop stop = Stop.builder().exit(exit::complete).start();
            stop.step(Phase.FINISH, "fails", failing(new Exception("as told")));
            stop.step(Phase.LAST, "last", noting("last"));
            stop.request("");
            assertThat(exit.get()).isEqualTo(1);
            assertThat(events).containsExactly("last");
            assertThat(handed)
                    .isNotEmpty()
                    .allSatisfy(failure -> assertThat(failure).hasMessage("the logger is broken"));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
            broken.close();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without a null checker do
    void nothingIsRefusedWhereItIsGiven() {
        Stop stop = start();
        assertThatThrownBy(() -> stop.request((Reason) null)).hasMessage("why");
        assertThatThrownBy(() -> stop.request((String) null)).hasMessage("detail");
        assertThatThrownBy(() -> stop.step(Phase.LAST, "name", (Step) null)).hasMessage("step");
        assertThatThrownBy(() -> stop.step(Phase.LAST, "name", (AutoCloseable) null))
                .hasMessage("resource");
        assertThatThrownBy(() -> stop.step(Phase.LAST, null, noting(""))).hasMessage("name");
        assertThatThrownBy(() -> stop.step(null, "name", noting(""))).hasMessage("phase");
        assertThatThrownBy(() -> stop.asyncStep(Phase.LAST, "name", null)).hasMessage("step");
        assertThatThrownBy(() -> stop.listen(null)).hasMessage("listener");
        assertThatThrownBy(() -> stop.drain(null)).hasMessage("why");
        assertThatThrownBy(() -> stop.resume(null)).hasMessage("why");
        assertThatThrownBy(() -> Stop.builder().exit(null)).hasMessage("how");
        assertThatThrownBy(() -> Stop.builder().trigger(null)).hasMessage("trigger");
        assertThat(stop.state()).isEqualTo(State.RUNNING);
        assertThat(stop.reason()).isEqualTo(Optional.empty());
    }

    @Test
    void aLimitThatIsNotPositiveIsRefusedByItsName() {
        assertThatThrownBy(() -> Stop.builder().timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout is PT0S; allowed: more than zero");
        assertThatThrownBy(() -> Stop.builder().holdLimit(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("holdLimit is PT-0.001S; allowed: more than zero");
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(1, 2, 3), new Random().longs(2));
    }

    /** The seed is in the test's name. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whileManyAskAndRegisterEveryStepIsEitherRefusedOrRunOnce(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            race(random);
        }
        assertThat(threads.failures()).isEmpty();
    }

    private void race(Random random) throws Exception {
        int registrars = 3;
        AtomicInteger exits = new AtomicInteger();
        StopThread stopThread = new StopThread();
        Stop stop = Stop.builder()
                .time(stopThread)
                .exit(code -> exits.incrementAndGet())
                .start();
        List<String> accepted = Collections.synchronizedList(new ArrayList<>());
        List<String> run = Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier start = new CyclicBarrier(registrars + 2);
        List<Thread> all = new ArrayList<>();
        for (int r = 0; r < registrars; r++) {
            int registrar = r;
            all.add(threads.start(() -> {
                start.await();
                registerUntilRefused(stop, registrar + "-", accepted, run);
            }));
        }
        for (int a = 0; a < 2; a++) {
            int spins = random.nextInt(2_000);
            all.add(threads.start(() -> {
                start.await();
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                stop.request("race");
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        Report report = stop.await();
        assertThat(run).containsExactlyInAnyOrderElementsOf(accepted);
        assertThat(report.steps()).hasSameSizeAs(accepted);
        stopThread.awaitEnd();
        assertThat(exits).hasValue(1);
    }

    private static void registerUntilRefused(
            Stop stop, String prefix, List<String> accepted, List<String> run) {
        for (int i = 0; i < 50; i++) {
            String name = prefix + i;
            try {
                stop.step(Phase.FINISH, name, deadline -> run.add(name));
                accepted.add(name);
            } catch (IllegalStateException tooLate) {
                return;
            }
        }
    }
}
