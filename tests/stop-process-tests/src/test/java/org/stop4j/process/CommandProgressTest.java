package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What whoever waits is shown meanwhile, and at the end. */
class CommandProgressTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path elsewhere;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void thePlace() {
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child app(String... arguments) {
        return Child.appAt(directory, arguments);
    }

    @Test
    void inALogALineTellsWhatIsWaitedFor() throws IOException {
        Path go = elsewhere.resolve("go");
        try (Child app = app("--step=orders:until-" + go);
                Child command = Child.stop(environment)) {
            assertThat(command.awaitErr("running step \"orders\""))
                    .matches("stop: STOPPING, FINISH, 0 of 1 steps, running step \"orders\","
                            + " 2\\d\\.\\d s left");
            Files.createFile(go);
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.out()).first().asString().startsWith("stopped cleanly in ");
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void forProgramsEachChangeIsAnObjectAndTheResultIsTheLast() throws IOException {
        Path go = elsewhere.resolve("go");
        try (Child app = app("--step=orders:until-" + go);
                Child command = Child.stop(environment, "--json")) {
            command.awaitLine("{\"event\":\"progress\"");
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> String.join("", command.out()).contains("\"RUNNING\"}"));
            Files.createFile(go);
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(app.awaitExit()).isZero();
            assertThat(command.err()).isEmpty();
            List<String> lines = command.out();
            for (String line : lines) {
                assertThat(JsonText.object(line)).containsKey("event");
            }
            Map<String, Object> last = JsonText.object(lines.get(lines.size() - 1));
            assertThat(last)
                    .containsEntry("event", "result")
                    .containsEntry("result", "STOPPED")
                    .containsKey("report");
            assertThat(lines.subList(0, lines.size() - 1))
                    .allMatch(line -> line.startsWith("{\"event\":\"progress\""));
        }
    }

    @Test
    void quietIsQuietUntilSomethingIsWrong() {
        try (Child app = app("--step=slow:200");
                Child command = Child.stop(environment, "--quiet")) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(app.awaitExit()).isZero();
            assertThat(command.out()).isEmpty();
            assertThat(command.err()).isEmpty();
        }
        try (Child command = Child.stop(environment, "--quiet", "--timeout=100ms")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.err()).hasSize(1);
        }
    }

    @Test
    void atTheEndItIsToldWhatHungWithItsStackAndWhatTookLongestAndInFullIfWanted() {
        for (String option : List.of("--until=stopped", "--verbose")) {
            try (Child app = app("--timeout-ms=3000", "--step=quick:quick", "--step=orders:deaf");
                    Child command = Child.stop(environment, option)) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(1);
                assertThat(app.awaitExit()).isEqualTo(3);
                String out = String.join("\n", command.out());
                assertThat(out)
                        .contains(
                                "\n  FINISH", "\n    hung \"orders\" ", "\n      stop-step-orders")
                        .contains("\n        at org.stop4j.fixtures")
                        .contains("Fault.deaf(Fault.java");
                boolean whole = option.equals("--verbose");
                assertThat(out.contains("\n    done \"quick\"")).isEqualTo(whole);
                assertThat(out.contains("\n  longest: \"orders\"")).isEqualTo(!whole);
            }
        }
    }

    // ---- a terminal

    /** What it writes to the terminal is in the file. */
    private Child onTerminal(Map<String, String> more, String... options) {
        Needs.programs("script");
        String line = Child.javaProgram() + " -jar " + Child.jar("stop.cli.jar") + " "
                + String.join(" ", options);
        Map<String, String> all = new HashMap<>(environment);
        all.put("TERM", "xterm");
        all.putAll(more);
        return Child.program(
                all, "script", "-qefc", line, elsewhere.resolve("screen").toString());
    }

    private String onScreen() {
        try {
            return Files.readString(elsewhere.resolve("screen"));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void onATerminalOneLineIsDrawnAnewAndGoneAtTheEnd() throws IOException {
        Path go = elsewhere.resolve("go");
        try (Child app = app("--step=orders:until-" + go);
                Child command = onTerminal(Map.of())) {
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .untilAsserted(() -> assertThat(onScreen())
                            .containsPattern(
                                    "(?s)running step \"orders\", .* left\033\\[J\033\\[\\?7h\r"
                                            + "\033\\[\\?7lstop: STOPPING"));
            Files.createFile(go);
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(app.awaitExit()).isZero();
            String after = onScreen().substring(onScreen().lastIndexOf("\033[?7h\r"));
            assertThat(after).startsWith("\033[?7h\r\033[J\033[32mstopped cleanly in ");
        }
    }

    @Test
    void withNoColorThereIsNone() {
        try (Child app = app("--step=one:quick");
                Child command = onTerminal(Map.of("NO_COLOR", "1"))) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(app.awaitExit()).isZero();
            assertThat(onScreen()).contains("stopped cleanly in ").doesNotContain("\033[3");
        }
    }

    @Test
    void controlCLeavesTheStopRunningAndSaysSo() throws IOException {
        Path go = elsewhere.resolve("go");
        try (Child app = app("--step=orders:until-" + go);
                Child command = Child.stopBy(Needs.defaultSignal("INT"), environment)) {
            command.awaitErr("running step \"orders\"");
            command.signal("INT");
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(130);
            assertThat(command.err())
                    .last()
                    .asString()
                    .isEqualTo("stop: interrupted; the application (pid " + app.pid()
                            + ") has been asked, and goes on; see stop --status");
            assertThat(app.isAlive()).isTrue();
            Files.createFile(go);
            assertThat(app.awaitExit()).isZero();
            assertThat(app.out()).contains("stopped CLEAN");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
