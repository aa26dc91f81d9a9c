package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** What an application shows of itself, and what is read of it; here both in one process. */
class ApplicationStatusTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private ControlDirectory place() {
        return ControlDirectory.of(directory, "orders");
    }

    private Stop start() {
        return Stop.builder()
                .timeout(Duration.ofSeconds(100))
                .onCommand(place())
                .exit(Exit.never())
                .start();
    }

    private ApplicationStatus status() {
        return StopClient.at(place()).status().orElseThrow();
    }

    /** What is done after the last step is done aside. */
    private void awaitNothingLeft() {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            try (Stream<Path> files = Files.list(directory)) {
                return files.findAny().isEmpty();
            }
        });
    }

    @Test
    void anApplicationThatRunsShowsItsStepsItsTriggersAndItsWork() {
        Instant before = Instant.now();
        try (Stop stop = start()) {
            stop.step(Phase.FINISH, "consumer", (Step) deadline -> {});
            stop.step(Phase.CLOSE, "pool", (Step) deadline -> {});
            try (Work export = stop.gate().enter("export 42")) {
                export.with("customer", "47\t11");
                Awaitility.await()
                        .atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(status().inFlight()).isEqualTo(1));
                ApplicationStatus status = status();
                assertThat(status.state()).contains(State.RUNNING);
                assertThat(status.since()).isEmpty();
                assertThat(status.deadline()).isEmpty();
                assertThat(status.timeout()).contains(Duration.ofSeconds(100));
                assertThat(status.pid())
                        .isEqualTo(Long.toString(ProcessHandle.current().pid()));
                assertThat(status.started().orElseThrow()).isBefore(before);
                assertThat(status.place()).hasToString(directory + "/orders");
                assertThat(status.triggers())
                        .containsExactly("the stop command at " + directory + "/orders");
                assertThat(status.steps())
                        .extracting(ApplicationStatus.StepLine::name)
                        .containsExactly("work in flight", "consumer", "pool");
                assertThat(status.steps())
                        .allMatch(step -> step.progress() == ApplicationStatus.Progress.WAITING
                                && step.begun().isEmpty());
                WorkInFlight work = status.work().get(0);
                assertThat(work.name()).isEqualTo("export 42");
                assertThat(work.thread()).isEqualTo(Thread.currentThread().getName());
                assertThat(work.attributes()).containsEntry("customer", "47 11");
                assertThat(work.longLived()).isFalse();
                assertThat(work.age()).isBetween(Duration.ZERO, PATIENCE);
            }
        }
        assertThat(StopClient.at(place()).status()).isEmpty();
    }

    @Test
    void anApplicationThatStopsShowsHowFarEachStepIs() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        try (Stop stop = start()) {
            stop.step(Phase.DRAIN, "http", (Step) deadline -> {});
            stop.step(Phase.DRAIN, "failing", (Step) deadline -> {
                throw new IllegalStateException("on purpose");
            });
            stop.step(Phase.FINISH, "orders", (Step) deadline -> go.await());
            stop.step(Phase.CLOSE, "pool", (Step) deadline -> {});
            stop.request("test");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(status().toText())
                            .contains("  2 of 4 steps\n    DRAIN\n      \"http\" done\n")
                            .contains("      \"failing\" failed\n    FINISH\n")
                            .containsPattern("      \"orders\" running for .*\n    CLOSE\n")
                            .contains("      \"pool\" waiting\n"));
            ApplicationStatus status = status();
            assertThat(status.state()).contains(State.STOPPING);
            assertThat(status.reason()).isEqualTo("code: test");
            assertThat(status.phase()).isEqualTo("FINISH");
            assertThat(status.deadline().orElseThrow())
                    .isBetween(Instant.now(), Instant.now().plus(Duration.ofSeconds(100)));
            assertThat(status.toLine())
                    .matches("STOPPING, FINISH, 2 of 4 steps, running step \"orders\","
                            + " \\d+\\.\\d s left");
            go.countDown();
            stop.await();
        }
        awaitNothingLeft();
    }

    @Test
    void whatCannotBeReadIsAbsentAndBreaksNothing() throws Exception {
        try (Stop stop = start()) {
            assertThat(stop.state()).isEqualTo(State.RUNNING);
            Path file = directory.resolve("orders.status");
            String process = Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith("process="))
                    .findFirst()
                    .orElseThrow();
            // Not by this application any more, but still by its user.
            String odd = "stop4j 1 status\n" + process
                    + "\nstate=ODD\nsteps=a\\nb\tc\\nCLOSE\todd\t\tx\\nCLOSE\tdone\t99999999999999999999\ty"
                    + "\nwork=1\\n\\tx\nin-flight=-1\ntimeout-ms=x\ndeadline-ms=999999999999999"
                    + "\nreason=\u001b[2J\nsteps-done=9999999999999999\n";
            Files.writeString(file, odd);
            ApplicationStatus status = status();
            assertThat(status.state()).isEmpty();
            assertThat(status.steps())
                    .containsExactly(new ApplicationStatus.StepLine(
                            "CLOSE", "y", ApplicationStatus.Progress.DONE, Optional.empty()));
            assertThat(status.work()).isEmpty();
            assertThat(status.inFlight()).isZero();
            assertThat(status.timeout()).isEmpty();
            assertThat(status.reason()).isEqualTo(" [2J");
            assertThat(status.toText() + status.toLine() + status.toJson())
                    .doesNotContain("\u001b")
                    .contains("state unknown");
            assertThat(StrictJson.parse(status.toJson())).isNotNull();
        }
    }

    @Test
    void aClientThatWasMadeOfAStatusReachesThatApplicationAlone() throws Exception {
        ControlDirectory first;
        try (Stop stop = start()) {
            assertThat(stop.state()).isEqualTo(State.RUNNING);
            first = status().place();
            assertThat(StopClient.at(first).status()).isPresent();
        }
        try (Stop other = start()) {
            assertThat(StopClient.at(place()).status()).isPresent();
            assertThat(StopClient.at(first).status()).isEmpty();
            assertThat(other.state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void aProcessFindsItselfByItsIdAndInTheListAndKeepsItsLock() {
        try (Stop stop = start()) {
            long pid = ProcessHandle.current().pid();
            for (int i = 0; i < 3; i++) {
                assertThat(ControlDirectory.ofProcess(pid).orElseThrow())
                        .hasToString(directory + "/orders");
                List<ApplicationStatus> list = StopClient.list();
                assertThat(list)
                        .extracting(status -> status.place().toString())
                        .containsOnlyOnce(directory + "/orders");
            }
            assertThatThrownBy(() -> Stop.builder().onCommand(place()).start())
                    .isInstanceOf(ControlDirectoryException.class)
                    .hasMessageContaining("is held by this process already");
            assertThat(stop.state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void whoLooksTakesNoLockAwayWhateverHasBecomeOfTheStatus() throws Exception {
        try (Stop stop = start()) {
            Path lock = directory.resolve("orders.lock");
            assertThat(isLocked(lock)).isTrue();
            Thread.currentThread().interrupt();
            assertThat(StopClient.at(place()).status()).isPresent();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(isLocked(lock)).isTrue();
            Files.delete(directory.resolve("orders.status"));
            assertThat(StopClient.at(place()).status()).isEmpty();
            assertThat(ControlDirectory.ofProcess(ProcessHandle.current().pid()))
                    .isEmpty();
            assertThat(StopClient.list()).noneMatch(each -> each.place().path().equals(directory));
            assertThatThrownBy(() -> Stop.builder().onCommand(place()).start())
                    .isInstanceOf(ControlDirectoryException.class);
            assertThat(isLocked(lock)).isTrue();
            assertThat(stop.state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void aLockOfThisProcessThatIsNoneOfOursIsNotTakenAway() throws Exception {
        Path foreign = directory.resolve("write.lock");
        try (FileChannel channel =
                FileChannel.open(foreign, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
            Files.writeString(directory.resolve("write.status"), "stop4j 1 status\npid=1\n");
            assertThat(ControlDirectory.ofProcess(ProcessHandle.current().pid()))
                    .isEmpty();
            assertThat(StopClient.list()).noneMatch(each -> each.place().path().equals(directory));
            assertThat(isLocked(foreign)).isTrue();
        }
        assertThat(isLocked(foreign)).isFalse();
    }

    /** As the kernel has it; to try would take it away. */
    private static boolean isLocked(Path file) throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .anyMatch(line -> line.contains("POSIX")
                        && line.contains("WRITE " + ProcessHandle.current().pid() + " ")
                        && line.contains(inode));
    }

    @Test
    void aStopThatMayTakeForEverCanBeStartedAndAsked() throws InterruptedException {
        try (Stop stop = Stop.builder()
                .timeout(Duration.ofSeconds(Long.MAX_VALUE))
                .onCommand(place())
                .exit(Exit.never())
                .start()) {
            assertThat(status().state()).contains(State.RUNNING);
            stop.request("test");
            stop.await();
        }
        awaitNothingLeft();
    }

    @Test
    void longNamesAndManyAttributesLeaveTheStatusReadable() throws Exception {
        try (Stop stop = start()) {
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Work work = stop.gate().enter("x".repeat(1_000));
                for (int j = 0; j < 100; j++) {
                    work.with("key " + j, "v".repeat(1_000));
                }
                works.add(work);
            }
            for (int i = 0; i < 300; i++) {
                stop.step(Phase.CLOSE, i + "y".repeat(90), (Step) deadline -> {});
            }
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(status().inFlight()).isEqualTo(20));
            assertThat(status().work()).hasSize(10);
            assertThat(status().work().get(0).attributes()).hasSize(8);
            assertThat(status().steps()).hasSize(200);
            assertThat(status().toText()).contains("\n    … and 101 more");
            works.forEach(Work::close);
        }
    }

    @Test
    void aProcessIdThatIsNoneIsRefused() {
        assertThatThrownBy(() -> ControlDirectory.ofProcess(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pid is 0; allowed: more than zero");
    }

    @Test
    void nobodyLivesInAnEmptyDirectoryAndNoDirectoryIsUnusable() {
        assertThat(StopClient.at(place()).status()).isEmpty();
        StopClient nowhere =
                StopClient.at(ControlDirectory.of(directory.resolve("none"), "orders"));
        assertThatThrownBy(nowhere::status)
                .isInstanceOf(ControlDirectoryException.class)
                .hasMessageContaining("does not exist");
    }
}
