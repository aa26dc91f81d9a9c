package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stop4j.process.Child.PathKind;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Whatever hangs, the process is gone a second after its deadline, and says what it was. */
class BoundedEndTest {
    private static final String TIMEOUT = "--timeout-ms=3000";

    /** The promise is 4 s from the signal on; the rest is for a machine that has much else to do. */
    private static final Duration GONE = Duration.ofSeconds(12);

    private static final String DEAF = "org.stop4j.fixtures.Fault.deaf(Fault.java:";

    @TempDir
    private Path directory;

    private static Child.Builder app(String... arguments) {
        return Child.fixture("StopApp", arguments);
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aStepThatIgnoresItsInterruptDoesNotKeepTheProcessNorTheTimeOfClose(PathKind kind) {
        try (Child app = app(
                        "--signals",
                        TIMEOUT,
                        "--step=DRAIN/deaf one:deaf",
                        "--step=CLOSE/first:quick",
                        "--step=CLOSE/second:100",
                        "--step=LAST/last:quick")
                .on(kind)
                .start()) {
            app.awaitLine("up");
            Duration took = app.signal("TERM").measureExit("a deaf step, timeout 3 s, " + kind);
            assertThat(took).as("%s", app).isLessThan(GONE);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.out())
                    .contains("step first", "step second", "interrupted in vain")
                    .containsSubsequence("step deaf one", "step last", "stopped FORCED");
            assertThat(app.errText())
                    .as("the log, with the stack as that of a throwable")
                    .containsPattern(
                            "(?s)WARNING: step \"deaf one\" is over its limit of .*\n\tat [^\n]*"
                                    + "\\Q" + DEAF)
                    .as("standard error itself, last of all")
                    .containsPattern(
                            "(?s)\nstop: stopped in .*exit code 3.*\n    hung \"deaf one\" "
                                    + ".*\n      stop-step-deaf one\n.*\n        at [^\n]*\\Q"
                                    + DEAF);
        }
    }

    @Test
    void aStepThatIgnoresItsInterruptIsNamedWithItsStackToTheCommand() {
        Map<String, String> place = Map.of("STOP_DIR", directory.toString());
        try (Child app = Child.appAt(
                        directory,
                        "--timeout-ms=1500",
                        "--step=DRAIN/deaf:deaf",
                        "--step=CLOSE/b:5");
                Child command = Child.stop(place, "--json")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(1);
            String json = command.lastOut();
            assertThat(JsonText.at(json, "report", "exitCode")).isEqualTo(3L);
            assertThat(JsonText.at(json, "report", "outcome")).isEqualTo("FORCED");
            assertThat(JsonText.at(json, "report", "steps", 0, "name")).isEqualTo("deaf");
            assertThat(JsonText.at(json, "report", "steps", 0, "result")).isEqualTo("HUNG");
            assertThat(JsonText.at(json, "report", "steps", 0, "stacks", 0, "thread"))
                    .isEqualTo("stop-step-deaf");
            assertThat(JsonText.at(json, "report", "steps", 0, "stacks", 0, "frames"))
                    .asString()
                    .contains(DEAF);
            assertThat(JsonText.at(json, "report", "steps", 1, "name")).isEqualTo("b");
            assertThat(JsonText.at(json, "report", "steps", 1, "phase")).isEqualTo("CLOSE");
            assertThat(JsonText.at(json, "report", "steps", 1, "result")).isEqualTo("DONE");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(3);
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    // ---- what others do to the end

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aForeignHookThatHangsIsNamedAndEndedByForce(PathKind kind) {
        try (Child app = app("--signals", TIMEOUT, "--step=one:quick", "--foreign-hook=hang")
                .on(kind)
                .start()) {
            app.awaitLine("up");
            Duration took = app.signal("TERM").measureExit("a hanging hook, timeout 3 s, " + kind);
            assertEndedByForce(app, took);
            assertThat(app.out()).containsSubsequence("step one", "stopped CLEAN", "foreign hook");
        }
    }

    @Test
    void aForeignHookThatHangsIsEndedByForceAlsoIfMainCalledExit() {
        try (Child app = app(
                        "--signals",
                        TIMEOUT,
                        "--step=one:quick",
                        "--step=two:quick",
                        "--foreign-hook=hang",
                        "--then=exit")
                .start()) {
            app.awaitLine("up");
            Duration took = app.measureExit("a hanging hook, main in System.exit, timeout 3 s");
            assertEndedByForce(app, took);
            assertThat(app.out()).containsSubsequence("step one", "step two", "stopped CLEAN");
        }
    }

    private static void assertEndedByForce(Child app, Duration took) {
        assertThat(took).as("%s", app).isLessThan(GONE);
        assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
        assertThat(app.errText())
                .containsPattern(
                        "(?s)\nstop: halted with exit code 3 .*: not at its end [^\n]* after "
                                + "its deadline\n.*\n      foreign-hook\n.*\n        at [^\n]*\\Q"
                                + DEAF);
    }

    @Test
    void aLoggerThatBlocksForEverCostsNoStepAndIsNamed() {
        try (Child app = app(
                        "--signals",
                        TIMEOUT,
                        "--step=DRAIN/one:quick",
                        "--step=FINISH/two:throw",
                        "--step=CLOSE/three:quick",
                        "--block-logger")
                .start()) {
            app.awaitLine("up");
            Duration took = app.signal("TERM").measureExit("a logger that blocks, timeout 3 s");
            assertThat(took).as("%s", app).isLessThan(GONE);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(1);
            assertThat(app.out())
                    .contains("logger hangs")
                    .containsSubsequence("step one", "step two", "step three", "stopped FAILED");
            assertThat(app.errText())
                    .containsPattern("(?s)\nstop: stopped in .*\n    failed \"two\" .*"
                            + "\n  note: the logger hung at \\Q" + DEAF);
        }
    }

    @Test
    void aStepThatTheBlockedLoggerHoldsUpIsNamedAndTheOthersRun() {
        try (Child app = app(
                        "--signals",
                        TIMEOUT,
                        "--step=FINISH/talks:log-1",
                        "--step=CLOSE/last:quick",
                        "--block-logger")
                .start()) {
            app.awaitLine("up");
            Duration took = app.signal("TERM").measureExit("a step in a blocked logger, 3 s");
            assertThat(took).as("%s", app).isLessThan(GONE);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.out()).containsSubsequence("step talks", "step last", "stopped FORCED");
            assertThat(app.errText())
                    .containsPattern("(?s)\nstop: stopped in .*\n    hung \"talks\" .*\n        at "
                            + "[^\n]*org.stop4j.fixtures.Fault.log");
        }
    }

    @Test
    void aFullStandardErrorThatNobodyReadsDoesNotKeepTheProcess() {
        try (Child app = app(
                        "--signals",
                        TIMEOUT,
                        "--step=DRAIN/one:quick",
                        "--step=CLOSE/two:quick",
                        "--chatter")
                .nobodyReadsErr()
                .start()) {
            app.awaitLine("up");
            app.awaitFullErr();
            Duration took = app.signal("TERM").measureExit("a full standard error, timeout 3 s");
            assertThat(took).as("%s", app).isLessThan(GONE);
            assertThat(app.out()).containsSubsequence("step one", "step two", "stopped CLEAN");
            // 0 unless the logger's own hook, which flushes, waits for the pipe as well.
            assertThat(app.exitCode()).as("%s", app).isIn(0, 3);
        }
    }
}
