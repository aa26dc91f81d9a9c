package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.ControlDirectory;
import org.stop4j.StopAnswer;
import org.stop4j.StopClient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The command and an application that are both well: what it waits for, prints and exits with. */
class CommandTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path elsewhere;

    private Map<String, String> environment;

    @BeforeEach
    void thePlace() {
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child app(String... arguments) {
        return Child.appAt(directory, arguments);
    }

    private void assertNothingIsLeft() {
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void commandsAtTheSameTimeAllGetTheAnswerOfTheOneStop(int count) throws IOException {
        // Until all of them are there: whoever comes later finds no application.
        Path all = elsewhere.resolve("all");
        try (Child app = app("--step=slow:until-" + all)) {
            List<Child> commands = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                commands.add(Child.stop(environment, "--verbose", "--reason", "r" + i));
            }
            Awaitility.await().atMost(Child.PATIENCE).until(() -> requestsListed() == count);
            Files.createFile(all);
            for (Child command : commands) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.out()).first().asString().startsWith("stopped cleanly in ");
                assertThat(command.out().stream().filter(line -> line.contains("also asked")))
                        .hasSize(count - 1);
                command.close();
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.out().stream().filter(line -> line.equals("step slow")))
                    .hasSize(1);
        }
        assertNothingIsLeft();
    }

    private long requestsListed() throws IOException {
        return Files.readAllLines(directory.resolve("process.status")).stream()
                .filter(line -> line.startsWith("requests="))
                .flatMap(line -> Stream.of(line.substring("requests=".length()).split(",", 0)))
                .filter(id -> !id.isEmpty())
                .count();
    }

    @ParameterizedTest
    @CsvSource({
        "throw, 1, 1, 'failed \"one\" '",
        "error, 1, 1, 'StackOverflowError: as told'",
        "hang, 1, 3, 'interrupted \"one\" '",
        "deaf, 1, 3, 'hung \"one\" '"
    })
    void aStepThatFailsOrHangsIsTheExitCodeOfBothAndNamedByTheCommand(
            String what, int commandCode, int appCode, String words) {
        try (Child app = app("--timeout-ms=3000", "--step=one:" + what, "--step=two:quick");
                Child command = Child.stop(environment)) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(commandCode);
            assertThat(String.join("\n", command.out())).contains(words);
            assertThat(command.said()).isEmpty();
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(appCode);
            assertThat(app.out()).contains("step two");
        }
        assertNothingIsLeft();
    }

    @Test
    void noWaitEndsWhenTheRequestIsTakenAndNotWhenTheStopIsDone() {
        try (Child app = app("--step=slow:30000");
                Child command = Child.stop(environment, "--no-wait")) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.out())
                    .singleElement()
                    .asString()
                    .contains("has taken the request", Long.toString(app.pid()));
            app.awaitLine("step slow");
            assertThat(app.isAlive()).isTrue();
            assertThat(app.out()).doesNotContain("stopped CLEAN");
        }
    }

    @Test
    void untilExitedWaitsForTheEndOfTheProcessAndNotJustOfTheStop() {
        try (Child app = Child.fixture("SlowExitApp")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child command = Child.stop(environment, "--until=exited")) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(app.out()).as("when the command has ended").contains("last hook");
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertNothingIsLeft();
    }

    @Test
    void untilExitedTimesOutWithThreeAndSaysThatTheApplicationHasStopped() {
        try (Child app = Child.fixture("SlowExitApp")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child command =
                    Child.stop(environment, "--until", "exited", "--timeout", "1500ms")) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(3);
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains("stopped cleanly", "its process has not ended");
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertNothingIsLeft();
    }

    @Test
    void aProcessThatIsHeldSaysSoInItsStatus() throws Exception {
        try (Child app = app("--hold-ms=60000")) {
            ControlDirectory place = ControlDirectory.of(directory, "process");
            try (StopAnswer answer = StopClient.at(place).stop()) {
                assertThat(answer.result()).isEqualTo(StopAnswer.Result.STOPPED);
                Awaitility.await()
                        .atMost(Child.PATIENCE)
                        .until(() -> Files.readAllLines(directory.resolve("process.status"))
                                .containsAll(List.of(
                                        "state=STOPPED",
                                        "holds=1",
                                        "waiting-for=held until the answer is read")));
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
        assertNothingIsLeft();
    }

    @Test
    void aTimeoutIsExitCodeThreeAndNamesTheStepThatIsWaitedFor() {
        try (Child app = app("--step=slow:30000");
                Child command = Child.stop(environment, "--timeout", "1500ms")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(3);
            assertThat(command.out()).isEmpty();
            assertThat(command.said())
                    .singleElement()
                    .asString()
                    .contains("timed out after 1500 ms", "has taken the request", "\"slow\"");
            assertThat(app.isAlive()).isTrue();
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
        }
    }

    @Test
    void theLastLineOfJsonIsTheResultWithTheReportInIt() {
        try (Child app = app("--step=q\"uo\\te:throw");
                Child command = Child.stop(environment, "--json", "--reason", "a \"b\"\nc\u0001")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(1);
            String json = command.lastOut();
            assertThat(JsonText.at(json, "result")).isEqualTo("STOPPED_UNCLEAN");
            assertThat(JsonText.at(json, "exitCode")).isEqualTo(1L);
            assertThat(JsonText.at(json, "report", "outcome")).isEqualTo("FAILED");
            assertThat(JsonText.at(json, "report", "reason", "detail"))
                    .asString()
                    .startsWith("a \"b\"\nc\u0001 (pid ");
            assertThat(JsonText.at(json, "report", "steps", 0, "name")).isEqualTo("q\"uo\\te");
            assertThat(JsonText.at(json, "report", "steps", 0, "phase")).isEqualTo("FINISH");
            assertThat(JsonText.at(json, "report", "phases", 0, "name")).isEqualTo("FINISH");
            assertThat(app.awaitExit()).isEqualTo(1);
        }
    }

    @Test
    void jsonIsOneParseableLineAlsoWithoutAnApplication() {
        try (Child command = Child.stop(environment, "--json", "--timeout=100ms")) {
            assertThat(command.awaitExit()).isEqualTo(4);
            assertThat(command.out()).hasSize(1);
            String json = command.lastOut();
            assertThat(JsonText.at(json, "result")).isEqualTo("NO_APPLICATION");
            assertThat(JsonText.at(json, "exitCode")).isEqualTo(4L);
            assertThat(JsonText.at(json, "message")).asString().contains(directory.toString());
        }
        assertNothingIsLeft();
    }

    @Test
    void quietPrintsNothingOnStandardOutputButStillSaysWhatWentWrong() {
        try (Child app = app();
                Child command = Child.stop(environment, "--quiet")) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.out()).isEmpty();
            assertThat(command.said()).isEmpty();
            assertThat(app.awaitExit()).isZero();
        }
        try (Child command = Child.stop(environment, "-q", "--timeout", "100ms")) {
            assertThat(command.awaitExit()).isEqualTo(4);
            assertThat(command.out()).isEmpty();
            assertThat(command.said()).last().asString().contains("timed out after 100 ms");
        }
        assertNothingIsLeft();
    }

    @Test
    void theClientDoesFromCodeWhatTheCommandDoes() {
        try (Child app = app("--step=one:quick");
                Child client = Child.fixture("ClientApp")
                        .env("STOP_DIR", directory.toString())
                        .start()) {
            assertThat(client.awaitExit()).as("%s", client).isZero();
            assertThat(client.out()).hasSize(2);
            assertThat(client.out().get(0)).startsWith("STOPPED stopped cleanly in ");
            assertThat(JsonText.at(client.out().get(1), "outcome")).isEqualTo("CLEAN");
            assertThat(app.awaitExit()).isZero();
        }
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"take", "poll", "next"})
    void theChannelHandsOutTheRequestAnswersAndLeavesNothing(String how) {
        try (Child app = Child.fixture("ChannelApp", how)
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            assertThat(app.out()).contains("nothing yet: true");
            try (Child command =
                    Child.stop(environment, "--reason", "by channel", "--timeout", "7s")) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.out()).first().asString().contains("stopped cleanly");
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("asked by channel for PT7S", "closed");
        }
        assertNothingIsLeft();
    }

    @Test
    void theLauncherIsTheCommandWhateverVariablesTheApplicationWasStartedWith() {
        Path launcher =
                Path.of(System.getProperty("stop.basedir"), "stop-cli/src/main/dist/bin/stop");
        assertThat(Files.isExecutable(launcher)).isTrue();
        try (Child app = app();
                Child command = Child.program(
                        Map.of(
                                "STOP_DIR", directory.toString(),
                                "JAVA_HOME", System.getProperty("java.home"),
                                "JAVA_TOOL_OPTIONS", "-XX:+NoSuchOption",
                                "JDK_JAVA_OPTIONS", "-Xmx1k",
                                "CLASSPATH", "/nowhere"),
                        launcher.toString())) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.out()).first().asString().contains("stopped cleanly");
            assertThat(command.said()).isEmpty();
            assertThat(app.awaitExit()).isZero();
        }
        assertNothingIsLeft();
    }
}
