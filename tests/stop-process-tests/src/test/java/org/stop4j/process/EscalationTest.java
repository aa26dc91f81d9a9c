package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** One signal stops, two hurry, three end at once. */
class EscalationTest {
    /** Far longer than any test waits: whatever ends in these tests has not waited for its deadline. */
    private static final String TIMEOUT = "--timeout-ms=600000";

    private static final String AGAIN = "again: what is left is shortened to";

    @TempDir
    private Path directory;

    private static Child app(String... arguments) {
        // Whoever runs these tests, a script's background, may have INT ignored.
        Needs.works("env", "--default-signal=INT", "true");
        Child app = Child.fixture("StopApp", arguments)
                .by("env", "--default-signal=INT")
                .start();
        app.awaitLine("up");
        return app;
    }

    /** Lets so much time pass that a signal is another one; from a moment at which the last had been counted. */
    private static void letSignalsBeApart() {
        long from = System.nanoTime();
        Awaitility.await().until(() -> System.nanoTime() - from > 350_000_000);
    }

    private static void second(Child app, String signal) {
        letSignalsBeApart();
        app.signal(signal).awaitErr(AGAIN);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void theSecondSignalShortensToTheReservesNamesWhatIsCutAndIsTheExitCode(
            String signal, int code) {
        // The reserves are 2 s for each of the two phases.
        try (Child app = app(
                "--signals",
                "--timeout-ms=20000",
                "--step=FINISH/slow:deaf",
                "--step=CLOSE/z:quick")) {
            app.signal("TERM").awaitLine("step slow");
            second(app, signal);
            Duration took = app.measureExit("the second signal, reserves of 2 s and 2 s");
            assertThat(took).as("%s", app).isLessThan(Duration.ofSeconds(12));
            assertThat(app.exitCode()).as("%s", app).isEqualTo(code);
            assertThat(app.out()).containsSubsequence("step slow", "step z", "stopped FORCED");
            assertThat(app.errText())
                    .contains("WARNING: signal SIG" + signal + " " + AGAIN
                            + " 4.0 s; the time is cut of \"slow\"")
                    .containsPattern("\nstop: stopped in .*exit code " + code + ", but steps were"
                            + " forced\n");
        }
    }

    @Test
    void aHurriedStopWhoseStepsAllEndInTimeIsCleanAllTheSame() throws IOException {
        Path file = directory.resolve("go");
        try (Child app = app("--signals", TIMEOUT, "--step=slow:until-" + file, "--step=z:quick")) {
            app.signal("TERM").awaitLine("step slow");
            second(app, "TERM");
            Files.createFile(file);
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("step slow", "step z", "stopped CLEAN");
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void theThirdSignalEndsAtOnceAndShowsWhereItStood(String signal, int code) {
        try (Child app =
                app("--signals", TIMEOUT, "--step=FINISH/slow:deaf", "--step=CLOSE/z:quick")) {
            app.signal("TERM").awaitLine("step slow");
            second(app, "TERM");
            letSignalsBeApart();
            app.signal(signal).measureExit("the third signal");
            assertThat(app.exitCode()).as("%s", app).isEqualTo(code);
            assertThat(app.out()).contains("step slow").doesNotContain("step z");
            assertThat(app.errText())
                    .containsPattern("(?s)\nstop: halted with exit code " + code
                            + " .*signal SIG" + signal + ", for the third time\n.*"
                            + "\n      stop-step-slow\n.*\\Qorg.stop4j.fixtures.Fault.deaf(");
        }
    }

    @Test
    void signalsThatComeTogetherAreOne() throws IOException {
        Path file = directory.resolve("go");
        try (Child app = app("--signals", TIMEOUT, "--step=slow:until-" + file)) {
            // Both wait while it is halted, so they come at the same moment, however slow this
            // machine is.
            app.signal("STOP").signal("TERM").signal("INT").signal("CONT");
            app.awaitErr("already stopping; also asked by signal SIG");
            Files.createFile(file);
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).doesNotContain(AGAIN).contains("\n  also asked: signal SIG");
        }
    }

    // ---- at odd moments

    @Test
    void aSignalBetweenTheStartAndTheFirstStepStopsAndRefusesTheStep() {
        try (Child app = Child.fixture("EndApp", "late-step").start()) {
            app.awaitLine("started");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.out())
                    .containsSubsequence(
                            "started",
                            "refused: step \"late\" comes too late: the process is stopping, and"
                                    + " phase CLOSE has begun")
                    .doesNotContain("step late");
        }
    }

    @Test
    void aSignalDuringTheHoldEndsTheHold() {
        try (Child app = Child.fixture("EndApp", "held").start()) {
            app.awaitLine("up");
            app.signal("TERM").awaitErr("stopped cleanly in");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void theThirdSignalEndsAProcessWhoseStopIsDoneAndWhoseForeignHookHangs() {
        try (Child app = app("--signals", TIMEOUT, "--step=one:quick", "--foreign-hook=hang")) {
            app.signal("TERM").awaitLine("foreign hook");
            letSignalsBeApart();
            app.signal("TERM");
            letSignalsBeApart();
            // The second may have been slow to arrive; then this is too near to it, and the next
            // one counts.
            app.signal("TERM");
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .pollInterval(Duration.ofMillis(400))
                    .until(() -> !app.isAlive() || !app.signal("TERM").isAlive());
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.errText())
                    .containsPattern(
                            "(?s)\nstop: halted with exit code 143 .*\n      foreign-hook\n");
        }
    }
}
