package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.Map;

/** A whole application, asked by each of its triggers. */
class StopProcessTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Child.PathKind.class)
    void theStopCommandStopsTheApplicationAndSaysSo(Child.PathKind kind) {
        try (Child app = Child.fixture("StopApp", "--command", "--step=one:quick")
                .on(kind)
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child stop = Child.stop(
                    Map.of("STOP_DIR", directory.toString()), "--verbose", "--reason", "a test")) {
                assertThat(stop.awaitExit()).as("%s", stop).isZero();
                assertThat(stop.out())
                        .first()
                        .asString()
                        .contains("stopped cleanly")
                        .contains("a test");
                assertThat(stop.out())
                        .as("the report, as the application says it")
                        .hasSize(3)
                        .last()
                        .asString()
                        .startsWith("    done \"one\" ");
                assertThat(stop.said()).isEmpty();
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("up", "step one", "stopped CLEAN");
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Child.PathKind.class)
    void sigtermStopsTheApplicationWithExitCodeZero(Child.PathKind kind) {
        try (Child app = Child.fixture("StopApp", "--signals", "--step=one:quick")
                .on(kind)
                .start()) {
            app.awaitLine("up");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out())
                    .containsSubsequence(
                            "up",
                            "state DRAINING",
                            "state STOPPING",
                            "step one",
                            "stopped CLEAN",
                            "state STOPPED");
            assertThat(app.errText())
                    .as("the last thing it says, to the log and to standard error itself")
                    .containsPattern(
                            "(?s)INFO: stopped cleanly in .*\\n  FINISH .*\\n    done \"one\" ")
                    .containsPattern(
                            "(?s)\\nstop: stopped cleanly in .*\\n    done \"one\" [^\\n]*$");
        }
    }
}
