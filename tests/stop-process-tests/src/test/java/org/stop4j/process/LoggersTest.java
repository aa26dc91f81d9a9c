package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Loggers that close themselves by a shutdown hook: they do so after the last line of ours. */
class LoggersTest {
    private static final int LINES = 500;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"logback.xml", "logback-async.xml"})
    void logbackHasTheLastLineOfTheLastStepAndOurs(String configuration) throws IOException {
        assertNothingIsLost(configuration, "stop.logback.jars", "-Dlogback.configurationFile=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"log4j2.xml", "log4j2-async.xml"})
    void log4jHasTheLastLineOfTheLastStepAndOurs(String configuration) throws IOException {
        assertNothingIsLost(configuration, "stop.log4j.jars", "-Dlog4j2.configurationFile=");
    }

    private void assertNothingIsLost(String configuration, String jars, String option)
            throws IOException {
        Path file = directory.resolve(configuration);
        try (InputStream content = Objects.requireNonNull(
                LoggersTest.class.getResourceAsStream(configuration), configuration)) {
            Files.copy(content, file);
        }
        Path log = directory.resolve("app.log");
        try (Child app = Child.fixture(
                        "StopApp",
                        "--signals",
                        "--step=CLOSE/before:quick",
                        "--step=LAST/last:log-" + LINES)
                .with(jars)
                .jvm(option + file, "-Dlog.file=" + log)
                .start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            List<String> written = Files.readAllLines(log);
            assertThat(written.stream().filter(line -> line.startsWith("app line ")))
                    .as("the lines of the last step in %s\n%s", log, app)
                    .hasSize(LINES)
                    .last()
                    .isEqualTo("app line " + (LINES - 1) + ".");
            assertThat(written)
                    .as("ours after it")
                    .containsSubsequence(
                            "app line " + (LINES - 1) + ".",
                            written.stream()
                                    .filter(line ->
                                            line.startsWith("org.stop4j stopped cleanly in"))
                                    .findFirst()
                                    .orElse("a line that says how it came out"));
        }
    }
}
