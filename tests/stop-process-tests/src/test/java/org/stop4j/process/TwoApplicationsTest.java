package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Map;

/** Two applications on one machine, in one {@code TMPDIR}, in one place, in one JVM. */
class TwoApplicationsTest {
    @TempDir
    private Path directory;

    private Child.Builder app() {
        return Child.fixture("StopApp", "--command", "--signals")
                .env("TMPDIR", directory.toString());
    }

    @Test
    void twoNamesUnderOneTmpdirStopAlone() {
        try (Child one = app().env("STOP_NAME", "one").start();
                Child two = app().env("STOP_NAME", "two").start()) {
            one.awaitLine("up");
            two.awaitLine("up");
            assertThat(Child.filesIn(directory))
                    .containsExactly("one.lock", "one.status", "two.lock", "two.status");
            Map<String, String> environment = Map.of("TMPDIR", directory.toString());
            try (Child command = Child.stop(environment, "--name", "two")) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(two.awaitExit()).isZero();
            assertThat(one.isAlive()).isTrue();
            assertThat(one.out()).containsExactly("up");
            assertThat(Child.filesIn(directory)).containsExactly("one.lock", "one.status");
            try (Child command =
                    Child.stop(Map.of("TMPDIR", directory.toString(), "STOP_NAME", "one"))) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(one.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theSecondInTheDefaultPlaceStartsWithoutTheCommandAndNamesTheFirst() {
        try (Child first = app().start()) {
            first.awaitLine("up");
            try (Child second = app().start()) {
                second.awaitLine("up");
                assertThat(second.awaitErr("WARNING"))
                        .contains(
                                "the stop command cannot reach this process",
                                directory.resolve("process.lock").toString(),
                                "pid " + first.pid(),
                                "STOP_NAME");
                try (Child command = Child.stop(Map.of("TMPDIR", directory.toString()))) {
                    assertThat(command.awaitExit()).as("%s", command).isZero();
                }
                assertThat(first.awaitExit()).isZero();
                assertThat(second.isAlive()).isTrue();
                second.signal("TERM");
                assertThat(second.awaitExit()).isZero();
                assertThat(second.said().stream().filter(line -> line.contains("WARNING")))
                        .hasSize(1);
            }
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"STOP_NAME", "STOP_DIR"})
    void theSecondInAChosenPlaceFailsToStartAndNamesTheFirst(String variable) {
        String value = variable.equals("STOP_NAME") ? "process" : directory.toString();
        try (Child first = app().env(variable, value).start()) {
            first.awaitLine("up");
            try (Child second = app().env(variable, value).start()) {
                assertThat(second.awaitExit()).as("%s", second).isEqualTo(1);
                assertThat(second.awaitErr("ControlDirectoryException"))
                        .contains("process.lock", "pid " + first.pid(), "STOP_NAME", "STOP_DIR");
                assertThat(second.out()).doesNotContain("up");
            }
            try (Child command =
                    Child.stop(Map.of("TMPDIR", directory.toString(), variable, value))) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(first.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theSecondStopInOneJvmIsRefusedAndTheFirstKeepsItsLock() {
        Map<String, String> environment = Map.of("STOP_DIR", directory.toString());
        try (Child app = Child.fixture("TwoStopsApp")
                .env("STOP_DIR", directory.toString())
                .start()) {
            assertThat(app.awaitLine("refused "))
                    .contains("process.lock", "held by this process already", "STOP_NAME");
            app.awaitLine("up");
            // Had it lost its lock, the command would find no application, and exit with 4.
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
