package org.stop4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

class OptionsTest {

    @Test
    void withoutOptionsItWaitsThirtySecondsUntilStopped() throws Exception {
        Options options = parse();

        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.until()).isEqualTo(Options.Until.STOPPED);
        assertThat(options.reason()).isEmpty();
        assertThat(options.json()).isFalse();
        assertThat(options.quiet()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"30,30000", "30s,30000", "500ms,500", "2m,120000", "1440m,86400000", "1ms,1"})
    void aTimeoutIsSecondsUnlessItHasAUnit(String value, long millis) throws Exception {
        assertThat(parse("--timeout", value).timeout()).isEqualTo(Duration.ofMillis(millis));
        assertThat(parse("--timeout=" + value).timeout()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "-1",
                "0",
                "0ms",
                "1.5s",
                "5 s",
                "5h",
                "s",
                "1441m",
                "86401",
                "9999999999999",
                "٣"
            })
    void aTimeoutThatIsNoneIsRefusedNamingItAndWhatIsAllowed(String value) {
        assertThatThrownBy(() -> parse("--timeout", value))
                .isInstanceOf(Options.UsageException.class)
                .hasMessageContaining("--timeout is \"" + value + "\"")
                .hasMessageContaining("allowed: a whole number of seconds");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"abc", "-1", "0", "5s", " 5", "5 ", "1e3", "86401", "99999999999999999999"})
    void aTimeoutVariableThatIsNoneIsRefusedNamingItAndWhatIsAllowed(String value) {
        assertThatThrownBy(
                        () -> Options.parse(new String[0], Map.of("STOP_TIMEOUT_SECONDS", value)))
                .isInstanceOf(Options.UsageException.class)
                .hasMessageContaining("STOP_TIMEOUT_SECONDS is \"" + value + "\"")
                .hasMessageContaining("allowed: a whole number of seconds from 1 to 86400");
    }

    @Test
    void theTimeoutVariableCountsUnlessAnOptionIsGiven() throws Exception {
        Map<String, String> environment = Map.of("STOP_TIMEOUT_SECONDS", "7");

        assertThat(Options.parse(new String[0], environment).timeout())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(Options.parse(new String[] {"--timeout", "3"}, environment).timeout())
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(Options.parse(new String[0], Map.of("STOP_TIMEOUT_SECONDS", ""))
                        .timeout())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theLastOfARepeatedOptionCounts() throws Exception {
        assertThat(parse("--reason", "a", "--reason=b").reason()).isEqualTo("b");
    }

    @Test
    void aValueMayHoldAnEqualsSignOrBeginWithADash() throws Exception {
        assertThat(parse("--reason=a=b").reason()).isEqualTo("a=b");
        assertThat(parse("--reason", "--x").reason()).isEqualTo("--x");
    }

    @ParameterizedTest
    @CsvSource({
        "--unknown,unknown argument",
        "extra,unknown argument",
        "--timeout,needs a value",
        "--json=true,takes no value",
        "-x,unknown argument"
    })
    void whatIsNoOptionIsRefusedNamingIt(String argument, String message) {
        assertThatThrownBy(() -> parse(argument))
                .isInstanceOf(Options.UsageException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(argument.replaceAll("=.*", ""));
    }

    @Test
    void untilIsStoppedOrExitedAndNoWaitIsUntilTaken() throws Exception {
        assertThat(parse("--until", "stopped").until()).isEqualTo(Options.Until.STOPPED);
        assertThat(parse("--until=exited").until()).isEqualTo(Options.Until.EXITED);
        assertThat(parse("--no-wait").until()).isEqualTo(Options.Until.TAKEN);
        assertThatThrownBy(() -> parse("--until", "gone"))
                .hasMessage("--until is \"gone\"; allowed: stopped, exited");
    }

    @Test
    void theReasonIsBounded() throws Exception {
        assertThat(parse("--reason", "x".repeat(1000)).reason()).hasSize(1000);
        assertThatThrownBy(() -> parse("--reason", "x".repeat(1001)))
                .hasMessageContaining("allowed: 1000");
    }

    @Test
    void aDirectoryOnTheCommandLineMayBeRelative() throws Exception {
        assertThat(parse("--dir", "run", "--name", "orders")
                        .place()
                        .orElseThrow()
                        .path())
                .isEqualTo(Path.of("run").toAbsolutePath());
        assertThat(parse("--dir", "run", "--name", "orders")
                        .place()
                        .orElseThrow()
                        .name())
                .isEqualTo("orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", ".hidden", "a b", "-x"})
    void aNameThatIsNoneIsRefusedNamingTheOption(String name) {
        assertThatThrownBy(() -> parse("--name", name).place())
                .isInstanceOf(Options.UsageException.class)
                .hasMessageStartingWith("--name is \"" + name + "\"");
    }

    @Test
    void aReportWithoutAnAnswerIsRefusedWhateverTheOrderOfTheOptions() throws Exception {
        for (String[] arguments : new String[][] {
            {"--no-wait", "--report", "stop.html"},
            {"--report=stop.html", "--no-wait"},
        }) {
            assertThatThrownBy(() -> parse(arguments))
                    .isInstanceOf(Options.UsageException.class)
                    .hasMessage("--report needs the answer, which --no-wait does not wait for");
        }
        assertThat(parse("--report=stop.html", "--until=exited").reportFile())
                .hasToString("stop.html");
    }

    @Test
    void aReportIsWrittenNowhereUnlessAskedFor() throws Exception {
        assertThat(parse().reportFile()).isNull();
        assertThatThrownBy(() -> parse("--report="))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage("--report is \"\"; allowed: a file");
    }

    @ParameterizedTest
    @CsvSource({
        "--status --drain, --status, --drain",
        "--resume --list, --resume, --list",
        "--pid=1 --dir=x, --pid, --dir",
        "--name=x --pid=1, --pid, --name",
        "--list --dir=x, --list, --dir",
        "--list --pid=1, --list, --pid",
        "--verbose --quiet, --verbose, --quiet",
        "--status --timeout=1, --status, --timeout",
        "--list --reason=x, --list, --reason",
        "--drain --until=exited, --drain, --until",
        "--resume --no-wait, --resume, --no-wait",
        "--drain --report=x, --drain, --report",
        "--until=exited --no-wait, --until, --no-wait",
        "--no-wait --until=stopped, --until, --no-wait"
    })
    void whatDoesNotGoTogetherIsRefusedNamingBoth(String line, String one, String other) {
        assertThatThrownBy(() -> parse(line.split(" ", -1)))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage(one + " and " + other + " do not go together");
    }

    @Test
    void whoLooksNeedsNoTimeoutAndIsNotBotheredByAWrongOne() throws Exception {
        Map<String, String> environment = Map.of("STOP_TIMEOUT_SECONDS", "5s");
        for (String option : new String[] {"--status", "--list", "--help", "--version"}) {
            assertThat(Options.parse(new String[] {option}, environment).mode())
                    .isNotEqualTo(Options.Mode.STOP);
        }
        assertThatThrownBy(() -> Options.parse(new String[] {"--drain"}, environment))
                .hasMessageStartingWith("STOP_TIMEOUT_SECONDS is \"5s\"");
    }

    @Test
    void helpIsGivenWhateverElseIsThere() throws Exception {
        assertThat(parse("--status", "--help", "--drain").mode()).isEqualTo(Options.Mode.HELP);
        assertThat(parse("--version", "-h", "--version").mode()).isEqualTo(Options.Mode.HELP);
        assertThat(parse("--list", "--version").mode()).isEqualTo(Options.Mode.VERSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "abc", "1.0", "99999999999"})
    void aProcessIdThatIsNoneIsRefused(String value) {
        assertThatThrownBy(() -> parse("--pid", value))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage("--pid is \"" + value + "\"; allowed: the number of a process");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "--prepare"})
    void whatTheLauncherDoesIsNotUnknown(String argument) {
        assertThatThrownBy(() -> parse(argument)).hasMessageContaining("bin/stop");
    }

    private static Options parse(String... arguments) throws Options.UsageException {
        return Options.parse(arguments, Map.of());
    }
}
