package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.stop4j.internal.Threads;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** What is told of a step that hangs. */
@Timeout(60)
class WhereItHangsTest {
    /** Those of other JVMs, which may be at work or were killed, are theirs. */
    private final List<Path> dumpsOfOthers;

    WhereItHangsTest() throws IOException {
        dumpsOfOthers = threadDumps();
    }

    private final LogLines log = new LogLines();
    private final Hanging hanging = new Hanging();
    private final Stop stop =
            Stop.builder().timeout(Duration.ofSeconds(30)).exit(Exit.never()).start();

    @RegisterExtension
    private final Threads threads = new Threads();

    @AfterEach
    void end() {
        hanging.end();
        log.close();
    }

    /** Stops, with a limit short for a step and long for a look. */
    private Report report(RegisteredStep... steps) throws InterruptedException {
        for (RegisteredStep step : steps) {
            step.ceiling(Duration.ofMillis(200));
        }
        stop.request("");
        return stop.await();
    }

    private static StepReport step(Report report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static ThreadStack stack(StepReport step, String thread) {
        assertThat(step.stacks()).extracting(ThreadStack::thread).contains(thread);
        return step.stacks().stream()
                .filter(stack -> stack.thread().equals(thread))
                .findFirst()
                .orElseThrow();
    }

    private static void standsIn(ThreadStack stack, String method) {
        assertThat(stack.frames()).extracting(StackTraceElement::getMethodName).contains(method);
    }

    // ---- locks

    @Test
    void aStepThatWaitsForALockIsToldWithTheOneWhoHoldsItAndWhereThatStands() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        Thread owner = threads.start(() -> {
            lock.lock();
            hanging.stubbornly(held);
        });
        owner.setName("the owner");
        held.await();

        Report report = report(stop.step(Phase.CLOSE, "db", deadline -> lock.lock()));

        StepReport step = step(report, "db");
        assertThat(step.stacks()).hasSize(2);
        ThreadStack own = stack(step, "stop-step-db");
        assertThat(own.waitsFor())
                .startsWith("java.util.concurrent.locks.ReentrantLock$NonfairSync@")
                .endsWith(", held by \"the owner\"");
        standsIn(stack(step, "the owner"), "stubbornly");
        assertThat(report.toText())
                .contains("stop-step-db waits for java.util.concurrent.locks.ReentrantLock");
        assertThat(report.toJson())
                .contains("\"waitsFor\":\"java.util.concurrent.locks.ReentrantLock");
        assertThat(log.warnings()).anyMatch(line -> line.contains("held by \"the owner\""));
    }

    @Test
    void aStepThatIsBlockedByAMonitorIsToldWithTheOneWhoHasIt() throws Exception {
        Object monitor = new Object();
        CountDownLatch held = new CountDownLatch(1);
        Thread owner = threads.start(() -> {
            synchronized (monitor) {
                hanging.stubbornly(held);
            }
        });
        owner.setName("the owner");
        held.await();

        Report report = report(stop.step(Phase.CLOSE, "db", deadline -> {
            synchronized (monitor) {
                throw new AssertionError("the owner has not ended");
            }
        }));

        StepReport step = step(report, "db");
        assertThat(step.result()).isEqualTo(StepReport.Result.HUNG);
        assertThat(stack(step, "stop-step-db").waitsFor())
                .startsWith("java.lang.Object@")
                .endsWith(", held by \"the owner\"");
        standsIn(stack(step, "the owner"), "stubbornly");
    }

    // Of monitors: a wait for a ReentrantLock is over for a moment when the thread is interrupted,
    // and
    // the step that is given up second would be looked at in that moment.
    @Test
    void ofADeadlockOfTwoStepsBothAreToldEachWithTheOther() throws Exception {
        Object first = new Object();
        Object second = new Object();
        CountDownLatch both = new CountDownLatch(2);

        Report report = report(
                stop.step(Phase.CLOSE, "a", deadline -> lockBoth(first, second, both)),
                stop.step(Phase.CLOSE, "b", deadline -> lockBoth(second, first, both)));

        for (String[] pair : new String[][] {{"a", "b"}, {"b", "a"}}) {
            StepReport step = step(report, pair[0]);
            assertThat(step.stacks())
                    .extracting(ThreadStack::thread)
                    .containsExactly("stop-step-" + pair[0], "stop-step-" + pair[1]);
            assertThat(step.stacks().get(0).waitsFor())
                    .endsWith("held by \"stop-step-" + pair[1] + '"');
            assertThat(step.stacks().get(1).waitsFor())
                    .endsWith("held by \"stop-step-" + pair[0] + '"');
        }
    }

    private static void lockBoth(Object one, Object other, CountDownLatch both)
            throws InterruptedException {
        synchronized (one) {
            both.countDown();
            both.await();
            synchronized (other) {
                throw new AssertionError("a deadlock never ends");
            }
        }
    }

    @Test
    void theEndByForceSaysThatThereIsADeadlock() throws Exception {
        Object first = new Object();
        Object second = new Object();
        CountDownLatch both = new CountDownLatch(2);
        threads.start(() -> lockBoth(first, second, both)).setName("deadlocked");
        threads.start(() -> lockBoth(second, first, both)).setName("deadlocked, too");

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(LastWords.locks())
                        .containsPattern("deadlock: deadlocked waits for java.lang.Object@\\w+,"
                                + " held by \"deadlocked, too\""));
    }

    // ---- virtual threads

    @Test
    void aStepThatJoinsAVirtualThreadLeadsToWhereThatStands() throws Exception {
        Java21.needed();
        CountDownLatch there = new CountDownLatch(1);
        Thread virtual = Java21.startVirtual("consumer", () -> hanging.stubbornly(there));
        there.await();

        Report report = report(stop.step(Phase.CLOSE, "join", deadline -> virtual.join()));

        StepReport step = step(report, "join");
        assertThat(step.stacks().get(0).thread()).isEqualTo("stop-step-join");
        standsIn(stack(step, "consumer (virtual)"), "stubbornly");
        assertThat(threadDumpsLeft()).isEmpty();
    }

    @Test
    void aLockThatAVirtualThreadHoldsLeadsToWhereThatStands() throws Exception {
        Java21.needed();
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch there = new CountDownLatch(1);
        Java21.startVirtual("holder", () -> {
            lock.lock();
            hanging.stubbornly(there);
        });
        there.await();

        Report report = report(stop.step(Phase.CLOSE, "db", deadline -> lock.lock()));

        standsIn(stack(step(report, "db"), "holder (virtual)"), "stubbornly");
    }

    @Test
    void virtualThreadsInTheSamePlaceAreShownOnceAndCounted() throws Exception {
        Java21.needed();
        CountDownLatch there = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            Java21.startVirtual("same", () -> hanging.stubbornly(there));
        }
        there.await();

        Report report =
                report(stop.step(Phase.CLOSE, "waits", deadline -> new CountDownLatch(1).await()));

        assertThat(step(report, "waits").stacks())
                .hasSizeLessThan(20)
                .extracting(ThreadStack::thread)
                .anyMatch(name -> name.matches("same \\(virtual\\) and \\d\\d? more"));
    }

    @Test
    void anAsynchronousStepWithoutAThreadLeadsToTheVirtualThreadsAndToItsRegistration()
            throws Exception {
        Java21.needed();
        CountDownLatch there = new CountDownLatch(1);
        Java21.startVirtual("worker", () -> hanging.stubbornly(there));
        there.await();

        Report report =
                report(stop.asyncStep(Phase.CLOSE, "async", deadline -> new CompletableFuture<>()));

        StepReport step = step(report, "async");
        standsIn(stack(step, "worker (virtual)"), "stubbornly");
        assertThat(stack(step, "registered at").place()).contains("WhereItHangsTest");
    }

    @Test
    void aVirtualThreadThatIsInterruptedAndGoesOnIsShownFirst() throws Exception {
        Java21.needed();
        CountDownLatch there = new CountDownLatch(1);
        Thread virtual = Java21.startVirtual("consumer", () -> hanging.stubbornly(there));
        there.await();

        Report report = report(stop.step(Phase.CLOSE, "consumer", Step.interrupt(virtual)));

        StepReport step = step(report, "consumer");
        assertThat(step.result()).isEqualTo(StepReport.Result.HUNG);
        standsIn(step.stacks().get(0), "stubbornly");
    }

    @Test
    void aDumpThatIsAbandonedLeavesNothingBehindAndNoInterrupt() throws Exception {
        ThreadDump dump = new ThreadDump();
        dump.abandon(0);
        assertThat(dump.take()).isEmpty();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(threadDumpsLeft()).isEmpty();
    }

    private List<Path> threadDumpsLeft() throws IOException {
        List<Path> left = new ArrayList<>(threadDumps());
        left.removeAll(dumpsOfOthers);
        return left;
    }

    private static List<Path> threadDumps() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(
                            file -> String.valueOf(file.getFileName()).startsWith("stop-threads"))
                    .toList();
        }
    }

    // ---- clean

    @Test
    void aStepThatWaitsForNothingIsShownAlone() throws Exception {
        Java21.needed();
        CountDownLatch there = new CountDownLatch(1);
        Java21.startVirtual("bystander", () -> hanging.stubbornly(there));
        there.await();
        Report report = report(stop.step(Phase.CLOSE, "busy", deadline -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        }));
        assertThat(step(report, "busy").stacks())
                .extracting(ThreadStack::thread)
                .containsExactly("stop-step-busy");
    }
}
