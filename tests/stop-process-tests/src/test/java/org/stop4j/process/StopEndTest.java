package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stop4j.process.Child.PathKind;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a process with a Stop comes to its end, and with which exit code. */
class StopEndTest {
    @TempDir
    private Path directory;

    private Child.Builder app(String way) {
        return Child.fixture("EndApp", way).env("STOP_DIR", directory.toString());
    }

    // ---- outcomes

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aFailingStepIsExitCodeOneAndAllOthersRun(PathKind kind) {
        try (Child app = Child.fixture(
                        "StopApp",
                        "--signals",
                        "--step=one:throw",
                        "--step=two:error",
                        "--step=three:quick")
                .on(kind)
                .start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.out()).containsSubsequence("step one", "step two", "step three");
            assertThat(app.err())
                    .anyMatch(line -> line.contains("step \"one\" failed"))
                    .anyMatch(line -> line.contains("java.lang.StackOverflowError: as told"));
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aHangingStepIsExitCodeThreeIsNamedWithItsStackAndDoesNotStopTheOthers(PathKind kind) {
        long start = System.nanoTime();
        try (Child app = Child.fixture(
                        "StopApp",
                        "--signals",
                        "--timeout-ms=3000",
                        "--step=stuck:deaf",
                        "--step=last:quick")
                .on(kind)
                .start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(3);
            // Far above the timeout of 3 s, and far below for ever.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Child.PATIENCE);
            assertThat(app.out()).containsSubsequence("step stuck", "step last");
            assertThat(app.err())
                    .anyMatch(line -> line.contains("step \"stuck\" is over its limit of ")
                            && line.contains(" at org.stop4j.fixtures.Fault.deaf(Fault.java:"))
                    .anyMatch(line -> line.startsWith("\tat ")
                            && line.contains("org.stop4j.fixtures.Fault.deaf(Fault.java:"))
                    .noneMatch(line -> line.contains("app//"));
        }
    }

    // ---- other ends

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void anExitFromMainRunsTheStopOnceAndKeepsItsCode(PathKind kind) {
        try (Child app = app("exit-from-main").on(kind).start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(5);
            assertThat(app.out()).containsExactly("step one", "step two");
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void anExitFromAStepDoesNotDeadlockKeepsItsCodeAndTheOthersRun(PathKind kind) {
        try (Child app = Child.fixture(
                        "StopApp",
                        "--command",
                        "--step=one:quick",
                        "--step=leaves:exit",
                        "--step=two:quick",
                        "--step=three:quick")
                .on(kind)
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child stop = Child.stop(Map.of("STOP_DIR", directory.toString()))) {
                assertThat(stop.awaitExit()).as("%s", stop).isEqualTo(1);
                // The log would not do: java.util.logging loses what is logged while the JVM ends.
                assertThat(stop.toString()).contains("step \"leaves\" called System.exit");
            }
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(7);
            assertThat(app.out())
                    .containsSubsequence("step one", "step leaves", "step two", "step three")
                    .doesNotHaveDuplicates();
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void theStopTakesPlaceWhenMainReturnsAndOnlyDaemonsAreLeft(PathKind kind) {
        try (Child app = app("main-returns").on(kind).start()) {
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("main returns", "step one");
        }
    }

    @Test
    void aSignalWhileStoppingJoinsTheStop() {
        try (Child app = app("gated-step").start()) {
            app.awaitLine("up");
            app.signal("TERM").awaitLine("gated begun");
            app.signal("TERM").signal("TERM");
            awaitErr(app, "already stopping; also asked by signal SIGTERM");
            app.tell("the test");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out())
                    .containsExactly(
                            "up", "gated begun", "gated released by the test", "step last");
        }
    }

    private static void awaitErr(Child app, String part) {
        Awaitility.await(part + " on stderr of " + app)
                .atMost(Child.PATIENCE)
                .until(() -> app.err().stream().anyMatch(line -> line.contains(part)));
    }

    @Test
    void aSignalDuringTheStartIsObeyedWhenTheStartIsDone() {
        try (Child app = app("slow-start").start()) {
            app.awaitLine("installing");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.out())
                    .containsSubsequence("installing", "installed in state RUNNING", "closed");
        }
    }

    @Test
    void aSignalBetweenTheStopAndTheExitDoesNotChangeTheExitCode() {
        try (Child app = app("slow-close").start()) {
            app.awaitLine("up");
            app.signal("TERM").awaitLine("closing");
            app.signal("TERM").signal("TERM");
            app.tell("the test");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).contains("step one", "released by the test");
        }
    }

    @Test
    void anApplicationThatHasChosenItsEndLivesOnWithNothingOfOursLeft() {
        try (Child app = app("lives-on").start()) {
            app.awaitLine("up");
            app.signal("TERM").awaitLine("stopped CLEAN and alive true");
            assertThat(app.awaitLine("threads")).isEqualTo("threads []");
            app.awaitLine("step two");
            app.awaitLines("up", 2);
            assertThat(Child.filesIn(directory)).isEmpty();
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.out()).contains("exit called with 0");
            assertThat(app.err())
                    .as("said by nobody but the log")
                    .noneMatch(line -> line.startsWith("stop: "));
        }
    }

    @Test
    void anApplicationThatHasChosenItsEndIsNotEndedByForceEither() {
        try (Child app = app("embedded-hang").start()) {
            app.awaitLine("up");
            app.signal("TERM").awaitLine("exit called with 3");
            app.awaitLine("the watchdog has ended and main is alive");
            assertThat(app.err()).noneMatch(line -> line.startsWith("stop: "));
            assertThat(app.isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void closingLeavesNothingOfOursAndTheJvmEndsAsItDidBefore(PathKind kind) {
        try (Child app = app("closed").on(kind).start()) {
            app.awaitLine("up");
            assertThat(app.out()).contains("before threads [stop-control]", "after threads []");
            assertThat(Child.filesIn(directory)).isEmpty();
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.out()).doesNotContain("step one");
        }
    }

    @Test
    void aStartThatFailsLeavesNothingOfOurs() {
        try (Child app = app("start-fails").start()) {
            app.awaitLine("up");
            assertThat(app.out()).contains("failed: no such place", "after threads []");
            assertThat(Child.filesIn(directory)).isEmpty();
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(143);
        }
    }

    @Test
    void aStartThatFailsWhileTheJvmEndsDoesNotHoldItUp() {
        long start = System.nanoTime();
        try (Child app = app("start-fails-at-exit").start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(6);
            assertThat(app.out()).containsExactly("asked by JVM exit", "closed");
            // The timeout, which it would wait for in vain, is 25 s.
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    // ---- what must not break it

    @Test
    void aBrokenLoggerDoesNotBreakTheStop() {
        try (Child app = app("broken-logger").start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.out()).contains("step last");
            assertThat(app.err()).anyMatch(line -> line.contains("broken logger"));
        }
    }

    @Test
    void aTriggerThatThrowsAnErrorDoesNotKeepTheProcessAlive() {
        try (Child app = app("broken-trigger").start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).contains("step last", "closed the other");
            assertThat(app.err()).anyMatch(line -> line.contains("left something behind"));
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void everyLogLineOfTheLastStepIsPrintedAndOtherHooksRunAfterIt(PathKind kind) {
        try (Child app = app("last-line").on(kind).start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            for (int i = 0; i < 200; i++) {
                String line = "line " + i + ".";
                assertThat(app.err()).as(line).anyMatch(printed -> printed.endsWith(line));
            }
            assertThat(app.out()).containsSubsequence("step last", "foreign hook");
        }
    }

    @Test
    void severalStopsInOneJvmAreAllDone() {
        try (Child app = app("two-stops").start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsExactlyInAnyOrder("up", "step a", "step b");
        }
    }

    @Test
    void everyStepIsRunThoughThereIsNoThreadLeft() {
        // The limit of processes, which counts threads, does not bind root.
        List<String> limited = List.of(
                "prlimit",
                "--nproc=60",
                "setpriv",
                "--reuid=61234",
                "--regid=61234",
                "--clear-groups");
        List<String> probe = new ArrayList<>(limited);
        probe.addAll(List.of("test", "-r", Child.jar("stop.core.jar")));
        try (Child reads = Child.program(Map.of(), probe.toArray(new String[0]))) {
            assumeTrue(
                    reads.awaitExit() == 0,
                    () -> "needs root, setpriv, prlimit, and jars that all can read: " + reads);
        }
        try (Child app = app("no-thread-left")
                .jvm("-XX:+UseSerialGC")
                .by(limited.toArray(new String[0]))
                .start()) {
            assertThat(app.awaitLine("threads ")).contains("at their limit");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("step one", "step two");
            assertThat(app.err()).anyMatch(line -> line.contains("no thread left for the stop"));
        }
    }

    // ---- JVMs that give no signals away

    @Test
    void aJvmThatLeavesSignalsToTheSystemIsSaidOnceAndTheCommandStillWorks() {
        stopsByCommandWithoutSignals(
                Child.fixture("StopApp", "--signals", "--command", "--step=one:quick")
                        .jvm("-Xrs"),
                "-Xrs");
    }

    @Test
    void anImageWithoutTheModuleForSignalsIsSaidOnceAndTheCommandStillWorks(@TempDir Path images) {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        assumeTrue(Files.isExecutable(jlink), "needs jlink");
        Path image = images.resolve("image");
        try (Child link = Child.program(
                Map.of(),
                jlink.toString(),
                "--add-modules",
                "java.base,java.logging",
                "--output",
                image.toString())) {
            assumeTrue(link.awaitExit() == 0, () -> "needs the jmods of this JDK: " + link);
        }
        String java = image.resolve("bin/java").toString();
        try (Child app = Child.fixture("SignalApp").java(java).start()) {
            app.awaitLine("up");
            app.tell("channel a");
            assertThat(app.awaitLine("refused")).contains("SIGTERM").contains("jdk.unsupported");
        }
        stopsByCommandWithoutSignals(
                Child.fixture("StopApp", "--signals", "--command", "--step=one:quick")
                        .java(java),
                "jdk.unsupported");
    }

    private void stopsByCommandWithoutSignals(Child.Builder builder, String said) {
        Map<String, String> place = Map.of("STOP_DIR", directory.toString());
        try (Child app = builder.env("STOP_DIR", directory.toString()).start()) {
            app.awaitLine("up");
            try (Child stop = Child.stop(place)) {
                assertThat(stop.awaitExit()).as("%s", stop).isZero();
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).contains("step one");
            List<String> warnings = app.err().stream()
                    .filter(line -> line.startsWith("WARNING"))
                    .toList();
            assertThat(warnings).singleElement().asString().contains("SIGTERM").contains(said);
        }
    }
}
