package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.LibraryDefaults;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What this takes for the defaults of the library and of the command are their defaults. */
class DefaultsTest {
    private static final Pattern OPTION =
            Pattern.compile("(?<![-\\w])(--[a-z][a-z-]*|-[a-z])(?![-\\w])");

    @Test
    void theTimeoutIsTheLibrarys() {
        assertThat(Times.APPLICATION).isEqualTo(LibraryDefaults.timeout());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 15, 25, 26, 60, 600})
    void theQuietWaitIsTheLibrarys(int seconds) {
        Duration timeout = Duration.ofSeconds(seconds);
        assertThat(Times.quietFloor(timeout)).isEqualTo(LibraryDefaults.quietFloor(timeout));
        assertThat(Times.quietCeiling(timeout)).isEqualTo(LibraryDefaults.quietCeiling(timeout));
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30000",
        "30s, 30000",
        "1ms, 1",
        "2m, 120000",
        "1440m, 86400000",
        "007s, 7000",
        "0, 0",
        "-1, 0",
        "1441m, 0",
        "s, 0",
        "'', 0",
        "5x, 0",
        "1.5s, 0",
        "' 5', 0",
        "9999999999999, 0",
        "٣, 0",
    })
    void aTimeIsWhatTheCommandTakesForOne(String text, long millis) {
        assertThat(Times.of(text).orElse(Duration.ZERO)).isEqualTo(Duration.ofMillis(millis));
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
        // Refused before the help is given.
        int code = org.stop4j.cli.Main.run(nowhere, nowhere, "--timeout", text, "--help");
        assertThat(code).isEqualTo(millis == 0 ? 2 : 0);
    }

    private static String commandsHelp() {
        ByteArrayOutputStream help = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(help, true, UTF_8);
        assertThat(org.stop4j.cli.Main.run(out, out, "--help")).isZero();
        return help.toString(UTF_8);
    }

    @Test
    void theOptionsOfAHookAreThoseThatTheCommandsHelpLists() {
        List<String> listed = OPTION.matcher(commandsHelp())
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        assertThat(listed).contains("--reason", "-q");
        assertThat(Arrays.stream(StopOption.values()).flatMap(option -> option.names().stream()))
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    @ParameterizedTest
    @EnumSource(StopOption.class)
    void anOptionTakesAValueIfTheCommandsHelpShowsOne(StopOption option) {
        String name = option.longName();
        assertThat(commandsHelp().matches("(?s).*\n  " + name + " [A-Z]+ .*"))
                .isEqualTo(option.takesValue());
        if (option != StopOption.PREPARE) { // which is the launcher's
            assertThat(refuses(name)).isEqualTo(option.takesValue());
            assertThat(refuses(name + "=")).isEqualTo(!option.allows(""));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--until, stopped",
        "--until, exited",
        "--until, taken",
        "--pid, 1",
        "--pid, 2147483647",
        "--pid, 2147483648",
        "--pid, 0",
        "--pid, x",
        "--name, orders.1",
        "--name, a b",
        "--dir, x",
        "--report, x",
        "--timeout, 5 s",
    })
    void aValueIsAllowedIfTheCommandTakesIt(String option, String value) {
        assertThat(StopOption.of(option).orElseThrow().allows(value))
                .isEqualTo(!refuses(option, value));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, 1_001})
    void aReasonIsAsLongAsTheCommandTakesIt(int length) {
        String reason = "x".repeat(length);
        assertThat(StopOption.REASON.allows(reason)).isEqualTo(!refuses("--reason", reason));
    }

    @ParameterizedTest
    @EnumSource(StopOption.class)
    void whatIsGivenAsAnExampleIsAllowed(StopOption option) {
        if (option.takesValue()) {
            String name = option.longName();
            assertThat(option.allows(option.example().substring(name.length() + 1)))
                    .isTrue();
        }
    }

    /** Whether the command refuses these arguments; never in a way in which it would ask anybody to stop. */
    private static boolean refuses(String... arguments) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
        // A name is refused only where it is used, by whoever looks; everything else before the
        // help is given.
        List<String> all = new ArrayList<>(
                arguments[0].startsWith("--name")
                        ? List.of("--status", "--dir=/proc")
                        : List.of("--help"));
        all.addAll(List.of(arguments));
        return org.stop4j.cli.Main.run(nowhere, nowhere, all.toArray(String[]::new)) == 2;
    }

    @ParameterizedTest
    @CsvSource({"25000, 25 s", "1500, 1.5 s", "1001, 1.001 s", "0, 0 s", "90000, 90 s"})
    void aTimeIsToldInSeconds(long millis, String text) {
        assertThat(Times.plain(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
