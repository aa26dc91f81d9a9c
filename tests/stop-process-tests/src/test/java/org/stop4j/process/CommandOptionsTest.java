package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Map;

/** What is wrong on the command line or in the environment is exit code 2, before anything is touched. */
class CommandOptionsTest {
    @TempDir
    private Path directory;

    /** Exit code 2, one sentence that names it and what is allowed, no stack trace, no file. */
    private void assertUsage(Child command, String... words) {
        try (command) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(2);
            assertThat(command.out()).isEmpty();
            assertThat(command.said()).hasSize(2);
            assertThat(command.said().get(0)).startsWith("stop: ").contains(words);
            assertThat(command.said().get(1)).isEqualTo("stop: see stop --help");
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"abc", "-1", "0", "5s", "99999999999999", "86401", "1.5", " 5", "+5", "0x5"})
    void aBadTimeoutInTheEnvironmentIsRefusedNamingVariableValueAndRange(String value) {
        assertUsage(
                Child.stop(Map.of("STOP_DIR", directory.toString(), "STOP_TIMEOUT_SECONDS", value)),
                "STOP_TIMEOUT_SECONDS is \"" + value + "\"",
                "allowed: a whole number of seconds from 1 to 86400",
                "without a unit");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--timeout=abc | --timeout is \"abc\" | allowed: a whole number",
                "--timeout=-1 | --timeout is \"-1\" | from 1ms to 1440m",
                "--timeout=0s | --timeout is \"0s\" | from 1ms to 1440m",
                "--timeout=1441m | --timeout is \"1441m\" | from 1ms to 1440m",
                "--timeout=99999999999999999999 | --timeout is | allowed:",
                "--timeout=5h | --timeout is \"5h\" | ms, s or m",
                "--timeout= | --timeout is \"\" | allowed:",
                "--until=gone | --until is \"gone\" | allowed: stopped, exited",
                "--name=a/b | --name is \"a/b\" | 1 to 64 letters, digits",
                "--name=../x | --name is \"../x\" | beginning with a letter or digit",
                "--name= | --name is \"\" | 1 to 64",
                "--dir= | --dir is \"\" | allowed: a directory",
                "--json=yes | --json takes no value | --json",
                "--frobnicate | unknown argument \"--frobnicate\" | unknown",
                "-x | unknown argument \"-x\" | unknown",
                "now | unknown argument \"now\" | unknown",
                "--timeout | --timeout needs a value | needs",
                "--reason | --reason needs a value | needs"
            })
    void aBadOptionIsRefusedNamingOptionValueAndWhatIsAllowed(
            String option, String words, String allowed) {
        assertUsage(Child.stop(Map.of("STOP_DIR", directory.toString()), option), words, allowed);
    }

    @Test
    void aReasonThatIsTooLongIsRefusedWithItsLength() {
        assertUsage(
                Child.stop(Map.of(), "--reason", "x".repeat(1_001)),
                "--reason has 1001 characters",
                "allowed: 1000");
    }

    @Test
    void aRelativeStopDirIsRefusedForTheCommandAndForTheApplication() {
        assertUsage(
                Child.stop(Map.of("STOP_DIR", "run/stop")),
                "STOP_DIR is \"run/stop\"",
                "allowed: an absolute path");
        try (Child app = Child.fixture("StopApp", "--command")
                .env("STOP_DIR", "run/stop")
                .start()) {
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(app.awaitErr("IllegalArgumentException"))
                    .contains("STOP_DIR is \"run/stop\"", "allowed: an absolute path");
        }
    }

    @Test
    void aBadStopNameIsRefusedForTheCommandAndForTheApplication() {
        Map<String, String> environment =
                Map.of("STOP_DIR", directory.toString(), "STOP_NAME", "two words");
        assertUsage(Child.stop(environment), "STOP_NAME is \"two words\"", "1 to 64 letters");
        try (Child app = Child.fixture("StopApp", "--command")
                .env("STOP_DIR", directory.toString())
                .env("STOP_NAME", "two words")
                .start()) {
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(app.awaitErr("IllegalArgumentException"))
                    .contains("STOP_NAME is \"two words\"");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void anOptionWinsOverTheEnvironmentAndAnEmptyVariableCountsAsUnset() {
        try (Child app = Child.fixture("StopApp", "--command")
                .env("STOP_DIR", directory.toString())
                .env("STOP_NAME", "app")
                .start()) {
            app.awaitLine("up");
            Map<String, String> environment = Map.of(
                    "STOP_DIR", "/nowhere",
                    "STOP_NAME", "",
                    "STOP_TIMEOUT_SECONDS", "nonsense");
            try (Child command = Child.stop(
                    environment,
                    "--dir",
                    directory.toString(),
                    "--name=app",
                    "--timeout",
                    "30000ms")) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void theTimeoutOfTheEnvironmentIsInSeconds() {
        try (Child command =
                Child.stop(Map.of("STOP_DIR", directory.toString(), "STOP_TIMEOUT_SECONDS", "1"))) {
            assertThat(command.awaitExit()).isEqualTo(4);
            assertThat(command.said()).last().asString().contains("timed out after 1000 ms");
        }
    }

    @Test
    void helpAndVersionGoToStandardOutputAndTouchNothing() {
        for (String option : new String[] {"--help", "-h", "--version"}) {
            try (Child command = Child.stop(Map.of("STOP_DIR", "relative"), option)) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.out()).first().asString().containsIgnoringCase("stop ");
                assertThat(command.said()).isEmpty();
            }
        }
    }
}
