package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/** Steps at their worst: all others run, and the process ends with the code that tells. */
class FaultyStepsTest {

    private static Child stopped(String... arguments) {
        return stopped(List.of(), arguments);
    }

    /** An application that has got its SIGTERM and has ended. */
    private static Child stopped(List<String> options, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--signals");
        Child app = Child.fixture("StopApp", all.toArray(new String[0]))
                .jvm(options.toArray(new String[0]))
                .start();
        app.awaitLine("up");
        app.signal("TERM").awaitExit();
        return app;
    }

    // ---- that end the process

    @Test
    void anExitFromTwoStepsAtOnceDeadlocksNothing() {
        try (Child app = stopped(
                "--step=FINISH/a:exit-both", "--step=FINISH/b:exit-both", "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(7);
            assertThat(app.out()).contains("step a", "step b", "step z", "stopped FAILED");
            assertThat(app.errText())
                    .containsPattern("\n    failed \"a\" .*called System.exit")
                    .containsPattern("\n    failed \"b\" .*called System.exit");
        }
    }

    @Test
    void anExitFromAStepOfAStopThatAnExitBeganDeadlocksNothingAndTheFirstCodeCounts() {
        try (Child app = Child.fixture(
                        "StopApp",
                        "--step=FINISH/leaves:exit",
                        "--step=CLOSE/z:quick",
                        "--then=exit")
                .start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(5);
            assertThat(app.out()).containsSubsequence("step leaves", "step z", "stopped FAILED");
            assertThat(app.errText()).containsPattern("\n    failed \"leaves\" .*System.exit");
        }
    }

    @Test
    void anExitFromMainWhileStoppingWaitsForTheStopAndItsCodeCounts() {
        try (Child app = stopped(
                "--step=FINISH/slow:300", "--step=CLOSE/z:quick", "--then=exit-when-stopping")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(5);
            assertThat(app.out()).containsSubsequence("step slow", "step z", "stopped CLEAN");
        }
    }

    @Test
    void aHaltFromAStepEndsAtOnceWithItsCodeAndNothingIsSaid() {
        try (Child app = stopped("--step=FINISH/falls:halt", "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(9);
            assertThat(app.out()).contains("step falls").doesNotContain("step z");
            assertThat(app.err()).noneMatch(line -> line.startsWith("stop: "));
        }
    }

    // ---- that do not end

    @ParameterizedTest
    @CsvSource({
        "deaf, hung, 'Fault.deaf'",
        "busy, hung, 'Fault.busy'",
        "swallow, hung, 'Fault.swallow'",
        "hang, interrupted, 'Fault.commit'"
    })
    void aStepThatDoesNotEndIsNamedWithItsPlaceAndTheLaterOnesRun(
            String what, String word, String place) {
        try (Child app =
                stopped("--timeout-ms=3000", "--step=FINISH/a:" + what, "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.out()).containsSubsequence("step a", "step z", "stopped FORCED");
            assertThat(app.errText())
                    .containsPattern(
                            "(?s)\nstop: stopped in .*\n    " + word + " \"a\" .*\\Q" + place);
        }
    }

    @Test
    void stepsThatWaitForEachOthersLockAreBothNamed() {
        try (Child app = stopped(
                "--timeout-ms=3000",
                "--step=FINISH/a:left",
                "--step=FINISH/b:right",
                "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.out()).contains("step z", "stopped FORCED");
            for (String name : List.of("a", "b")) {
                assertThat(app.errText())
                        .containsPattern("\nstop: (?:.*\n)*    hung \"" + name
                                + "\" .*\n      stop-step-" + name
                                + "\n        at [^\n]*\\QFault.deadlock(Fault.java:");
            }
        }
    }

    @Test
    void aStepThatFillsTheHeapFailsAndAllOthersRun() {
        try (Child app = stopped(
                List.of("-Xmx32m"),
                "--step=FINISH/eats:heap",
                "--step=FINISH/beside:300",
                "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(1);
            assertThat(app.out()).contains("step eats", "step beside", "step z", "stopped FAILED");
            assertThat(app.errText())
                    .containsPattern("\n    failed \"eats\" .*java.lang.OutOfMemoryError");
        }
    }

    // ---- that meddle with the stop

    @Test
    void aStepMayRegisterAStepOfALaterPhaseAndItRuns() {
        try (Child app = stopped("--step=FINISH/a:register-later", "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("step a", "step z", "step added");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "register-own, 'StoppingException: step \"added\" comes too late'",
        "ask, 'step \"a\" asks for the stop that it is a part of'"
    })
    void aStepThatMeddlesWithItsOwnStopIsRefusedFailsAndTheOthersRun(String what, String words) {
        try (Child app = stopped("--step=FINISH/a:" + what, "--step=CLOSE/z:quick")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(1);
            assertThat(app.out()).contains("step z").doesNotContain("step added");
            assertThat(app.errText()).containsPattern("\n    failed \"a\" .*\\Q" + words);
        }
    }

    // ---- exit codes

    @ParameterizedTest
    @CsvSource({"quick, 42", "throw, 1"})
    void theUsersExitCodeCountsIfTheStopIsClean(String what, int code) {
        try (Child app = stopped("--exit-code=42", "--step=a:" + what)) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(code);
        }
    }
}
