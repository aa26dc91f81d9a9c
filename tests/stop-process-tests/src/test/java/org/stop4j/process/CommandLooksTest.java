package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** {@code --status}, {@code --list} and {@code --pid}: looking at an application, and finding it. */
class CommandLooksTest {
    @TempDir
    private Path directory;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void thePlace() {
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child app(String... arguments) {
        return Child.appAt(directory, arguments);
    }

    // ---- status

    @Test
    void theStatusOfARunningApplicationTellsStepsTriggersAndWorkAndAsksForNothing() {
        try (Child app = app("--signals", "--step=orders:quick", "--work=GET /export:quick")) {
            Awaitility.await().atMost(Child.PATIENCE).untilAsserted(() -> {
                try (Child status = Child.stop(environment, "--status")) {
                    assertThat(status.awaitExit()).as("%s", status).isZero();
                    assertThat(String.join("\n", status.out()))
                            .startsWith("RUNNING, pid " + app.pid() + ", " + directory)
                            .contains("\n  up ", "\n  a stop may take 25.0 s")
                            .contains("\n  stops on the stop command at " + directory)
                            .contains("\n  2 steps\n    DRAIN\n      \"work in flight\"")
                            .contains("\n    FINISH\n      \"orders\"")
                            .contains("\n  1 in flight\n    \"GET /export\" for ")
                            .contains(" in work-GET /export");
                }
            });
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
            assertThat(app.out()).containsExactly("up");
        }
    }

    @Test
    void theStatusOfAnApplicationThatStopsTellsWhichStepRunsAndHowMuchTimeIsLeft() {
        try (Child app = app("--step=first:quick", "--step=slow:60000", "--step=third:quick");
                Child command = Child.stop(environment, "--no-wait", "--reason", "deploy 4711")) {
            assertThat(command.awaitExit()).isZero();
            app.awaitLine("step slow");
            Awaitility.await().atMost(Child.PATIENCE).untilAsserted(() -> {
                try (Child status = Child.stop(environment, "--status")) {
                    assertThat(status.awaitExit()).as("%s", status).isZero();
                    assertThat(String.join("\n", status.out()))
                            .startsWith("STOPPING, pid " + app.pid())
                            .containsPattern("\n  STOPPING for .* \\(command: deploy 4711 \\(pid ")
                            .containsPattern("\n  2\\d\\.\\d s left")
                            .contains("\n  1 of 3 steps\n    FINISH\n      \"first\" done")
                            .containsPattern("\n      \"slow\" running for \\d")
                            .contains("\n      \"third\" waiting");
                }
            });
        }
    }

    @Test
    void theStatusForProgramsIsOneObjectOnOneLine() throws IOException {
        try (Child app = app("--step=orders:quick");
                Child status = Child.stop(environment, "--status", "--json")) {
            assertThat(status.awaitExit()).as("%s", status).isZero();
            assertThat(status.out()).hasSize(1);
            Map<String, Object> object = JsonText.object(status.out().get(0));
            assertThat(object)
                    .containsEntry("state", "RUNNING")
                    .containsEntry("pid", Long.toString(app.pid()))
                    .containsEntry("directory", directory.toString())
                    .containsEntry("name", "process")
                    .containsKeys("startedMillis", "timeoutMillis", "steps", "work", "triggers");
        }
    }

    @Test
    void whereNobodyLivesTheStatusIsFourAndAWordEachWay() {
        try (Child status = Child.stop(environment, "--status");
                Child json = Child.stop(environment, "--status", "--json")) {
            assertThat(status.awaitExit()).as("%s", status).isEqualTo(4);
            assertThat(status.out()).isEmpty();
            assertThat(status.err())
                    .containsExactly("stop: no application of this version lives at " + directory
                            + "/process");
            assertThat(json.awaitExit()).isEqualTo(4);
            assertThat(json.out()).singleElement().asString().contains("\"NO_APPLICATION\"");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void anApplicationThatWasKilledHasNoStatusAlthoughItsFilesAreThere() {
        try (Child app = app()) {
            app.signal("KILL").awaitExit();
            assertThat(Child.filesIn(directory)).contains("process.status");
            try (Child status = Child.stop(environment, "--status")) {
                assertThat(status.awaitExit()).as("%s", status).isEqualTo(4);
            }
        }
    }

    /** What is put after the first three lines of a status, and how often: up to what is read of one, and beyond. */
    static Stream<Arguments> padding() {
        return Stream.of(
                arguments("", "=\n", 130_000),
                arguments("pad=", "\\\\", 130_000),
                arguments("work=", "1\\t\\t\\t\\n", 26_000),
                arguments("steps=", "FINISH\\trunning\\t\\tx\\n", 11_000),
                arguments("", "=\n", 500_000));
    }

    @ParameterizedTest
    @MethodSource("padding")
    void whateverIsInAStatusALookTakesTheInterpretedCommandSecondsAtMost(
            String before, String padding, int times) throws IOException {
        try (Child app = app()) {
            String pad = Matcher.quoteReplacement(before + padding.repeat(times));
            rewriteStatus("requests=.*", pad + (before.isEmpty() ? "requests=" : ""));
            // Of processor time, so that it is no matter what else this machine does.
            try (Child status = Child.stopBy(
                    List.of("sh", "-c", "ulimit -t 15 && exec \"$@\"", "sh"),
                    Map.of("STOP_DIR", directory.toString(), "JAVA_TOOL_OPTIONS", "-Xint"),
                    "--status")) {
                assertThat(status.awaitExit()).as("%s", status.errText()).isZero();
            }
            assertThat(app.isAlive()).isTrue();
        }
    }

    @Test
    void aDirectoryThatIsNoneIsFive() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        try (Child none = Child.stop(environment, "--status", "--dir", directory + "/none");
                Child noDirectory = Child.stop(environment, "--status", "--dir", file.toString())) {
            assertThat(none.awaitExit()).as("%s", none).isEqualTo(5);
            assertThat(none.err()).singleElement().asString().contains("does not exist");
            assertThat(noDirectory.awaitExit()).isEqualTo(5);
            assertThat(noDirectory.err()).singleElement().asString().contains("is not a directory");
        }
    }

    @Test
    void anotherUserLearnsNothing() {
        List<String> foreign = Needs.foreignUser();
        Path shared = Needs.ownDirectory(directory, "shared", "rwxr-xr-x");
        try (Child app = Child.appAt(shared);
                Child status =
                        Child.stopBy(foreign, Map.of("STOP_DIR", shared.toString()), "--status");
                Child byPid = Child.stopBy(foreign, Map.of(), "--pid", Long.toString(app.pid()))) {
            assertThat(status.awaitExit()).as("%s", status).isEqualTo(5);
            assertThat(status.err())
                    .singleElement()
                    .asString()
                    .contains("process.lock belongs to uid ", "run the command as that user");
            assertThat(byPid.awaitExit()).as("%s", byPid).isEqualTo(5);
            assertThat(byPid.err())
                    .singleElement()
                    .asString()
                    .contains("process " + app.pid() + " belongs to another user");
            assertThat(app.isAlive()).isTrue();
        }
    }

    // ---- by its process

    @Test
    void anApplicationIsFoundByItsProcessWhereverItsDirectoryIs() {
        try (Child app = app()) {
            String pid = Long.toString(app.pid());
            try (Child status = Child.stop(Map.of(), "--status", "--pid", pid)) {
                assertThat(status.awaitExit()).as("%s", status).isZero();
                assertThat(status.out()).first().asString().endsWith(directory + "/process");
            }
            try (Child command = Child.stop(Map.of(), "--pid=" + pid)) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void aProcessWithoutAPlaceAndOneThatIsNotThereAreToldApart() {
        long ended;
        try (Child app = Child.fixture("StopApp", "--signals").start()) {
            app.awaitLine("up");
            ended = app.pid();
            try (Child deaf = Child.stop(Map.of(), "--pid", Long.toString(ended))) {
                assertThat(deaf.awaitExit()).as("%s", deaf).isEqualTo(4);
                assertThat(deaf.err())
                        .containsExactly(
                                "stop: process " + ended + " does not listen to the stop command");
            }
            app.signal("KILL").awaitExit();
        }
        try (Child gone = Child.stop(Map.of(), "--pid", Long.toString(ended))) {
            assertThat(gone.awaitExit()).as("%s", gone).isEqualTo(4);
            assertThat(gone.err()).containsExactly("stop: there is no process " + ended);
        }
    }

    @Test
    void aCommandThatWaitsForAnApplicationIsNotTakenForIt() {
        try (Child app = app("--step=slow:60000");
                Child waiting = Child.stop(environment)) {
            app.awaitLine("step slow");
            try (Child command = Child.stop(Map.of(), "--pid", Long.toString(waiting.pid()))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            }
        }
    }

    @Test
    void aProcessThatHasTheLockOfAnotherOpenIsNotTakenForItWhateverPidTheStatusTells()
            throws IOException {
        try (Child app = app();
                Child reader = Child.program(
                        Map.of(), "sh", "-c", "exec sleep 600 9<" + directory + "/process.lock")) {
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> Files.exists(Path.of("/proc/" + reader.pid() + "/fd/9")));
            // As it is after the pid of the application has become that of the other.
            rewriteStatus("pid=.*", "pid=" + reader.pid());
            try (Child command = Child.stop(Map.of(), "--pid", Long.toString(reader.pid()))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
                assertThat(command.err())
                        .containsExactly("stop: process " + reader.pid()
                                + " does not listen to the stop command");
            }
            assertThat(app.isAlive()).isTrue();
            try (Child command = Child.stop(Map.of(), "--pid", Long.toString(app.pid()))) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
    }

    /** Replaces a line of the status, which the application writes again only when something has happened. */
    private void rewriteStatus(String line, String by) throws IOException {
        Path status = directory.resolve("process.status");
        String changed =
                Child.settledStatus(directory).replaceFirst("(?m)^" + line + "\n", by + "\n");
        Path made = Files.writeString(directory.resolve("made"), changed);
        Files.move(made, status, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aProcessWithTwoPlacesIsAskedForOneOfThem() {
        try (Child app = Child.fixture("TwoStopsApp", "second")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child command = Child.stop(Map.of(), "--pid", Long.toString(app.pid()))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
                assertThat(command.err())
                        .singleElement()
                        .asString()
                        .contains("has several places: ", "; name one");
            }
        }
    }

    @Test
    void anApplicationInAContainerIsFoundFromOutsideByItsProcess() {
        Needs.root("unshare", "mount");
        Needs.works("unshare", "-pfm", "--mount-proc", "mount", "-t", "tmpfs", "none", "/mnt");
        // A directory that only the container sees, under a path that out here leads elsewhere.
        String inside = "mount -t tmpfs -o mode=700 none " + directory + " && exec \"$@\"";
        try (Child container = Child.fixture("StopApp", "--command")
                .by("unshare", "-pfm", "--mount-proc", "--kill-child", "sh", "-c", inside, "sh")
                .env("STOP_DIR", directory.toString())
                .start()) {
            container.awaitLine("up");
            assertThat(Child.filesIn(directory)).isEmpty();
            long init = ProcessHandle.of(container.pid())
                    .orElseThrow()
                    .children()
                    .findFirst()
                    .orElseThrow()
                    .pid();
            try (Child command = Child.stop(Map.of(), "--pid", Long.toString(init))) {
                assertThat(command.awaitExit()).as("%s\n%s", command, container).isZero();
            }
            assertThat(container.awaitExit()).isZero();
        }
    }

    // ---- names that the locale of the command cannot write

    /** Runs its arguments with a control directory whose name is not ASCII; by octal numbers, whatever encoding is here. */
    private String[] inUmlauts(String before) {
        String script = "export LC_ALL=C.UTF-8 STOP_DIR='" + directory
                + "'/\"$(printf 'k\\303\\244se')\"; mkdir -p -m 700 \"$STOP_DIR\" && " + before
                + "exec \"$@\"";
        return new String[] {"sh", "-c", script, "sh"};
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX"})
    void whatTheLocaleCannotWriteIsNotInTheWayOfTheListAndIsFoundByItsProcess(String locale) {
        Map<String, String> poor =
                Map.of("STOP_DIR", directory.toString(), "LC_ALL", locale, "LANG", locale);
        // Files that only look as if they were an application's, by a name that none can have.
        Needs.works(
                "sh",
                "-c",
                "cd \"$1\" && for e in lock status; do : > \"$(printf 'k\\303\\244se')\".$e; done",
                "sh",
                directory.toString());
        try (Child plain = app();
                Child umlauts =
                        Child.fixture("StopApp", "--command").by(inUmlauts("")).start()) {
            umlauts.awaitLine("up");
            String pid = Long.toString(umlauts.pid());
            try (Child list = Child.stop(poor, "--list")) {
                assertThat(list.awaitExit()).as("%s", list).isZero();
                assertThat(list.out())
                        .anyMatch(line -> line.startsWith(plain.pid() + " "))
                        .anyMatch(line -> line.startsWith(pid + " "));
                assertThat(list.err()).isEmpty();
            }
            try (Child command = Child.stop(poor, "--pid", pid)) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(umlauts.awaitExit()).as("%s", umlauts).isZero();
            assertThat(plain.isAlive()).isTrue();
        }
    }

    @Test
    void anApplicationInAContainerIsFoundThoughTheLocaleCannotWriteItsDirectory() {
        Needs.root("unshare", "mount");
        Needs.works("unshare", "-pfm", "--mount-proc", "mount", "-t", "tmpfs", "none", "/mnt");
        String mount = "mount -t tmpfs -o mode=700 none \"$STOP_DIR\" && ";
        try (Child container = Child.fixture("StopApp", "--command")
                .by("unshare", "-pfm", "--mount-proc", "--kill-child")
                .by(inUmlauts(mount))
                .start()) {
            container.awaitLine("up");
            long init = ProcessHandle.of(container.pid())
                    .orElseThrow()
                    .children()
                    .findFirst()
                    .orElseThrow()
                    .pid();
            try (Child command = Child.stop(Map.of("LC_ALL", "C"), "--pid", Long.toString(init))) {
                assertThat(command.awaitExit()).as("%s\n%s", command, container).isZero();
            }
            assertThat(container.awaitExit()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STOP_DIR='%s/'\"$u\"", "STOP_NAME=\"$u\"", "TMPDIR='%s/'\"$u\""})
    void aVariableThatTheLocaleCannotWriteIsRefusedByName(String variable) {
        String set = String.format(variable, directory);
        try (Child command = Child.stopBy(
                List.of("sh", "-c", "u=$(printf 'k\\303\\244se'); " + set + " exec \"$@\"", "sh"),
                Map.of("LC_ALL", "C"),
                "--status")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(2);
            assertThat(command.err())
                    .first()
                    .asString()
                    .startsWith("stop: " + set.substring(0, set.indexOf('=')) + " is \"")
                    .contains("; allowed: ");
            assertThat(command.errText()).doesNotContain("\tat ");
        }
    }

    // ---- all of them

    @Test
    void theListShowsEachApplicationOnceWhereverItIs() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        try (Child first = app();
                Child second = Child.appAt(other);
                Child list = Child.stop(environment, "--list");
                Child json = Child.stop(environment, "--list", "--json")) {
            assertThat(list.awaitExit()).as("%s", list).isZero();
            assertThat(list.out()).first().asString().startsWith("PID ");
            for (Child app : List.of(first, second)) {
                String pid = Long.toString(app.pid());
                assertThat(list.out().stream().filter(line -> line.startsWith(pid + " ")))
                        .singleElement()
                        .asString()
                        .matches(pid + " +RUNNING +\\d+ s +0 +process +" + directory + ".*");
            }
            assertThat(json.awaitExit()).isZero();
            for (String line : json.out()) {
                assertThat(JsonText.object(line)).containsKeys("pid", "state", "directory");
            }
            assertThat(json.out())
                    .anyMatch(line -> line.contains("\"pid\":\"" + second.pid() + "\""));
        }
    }

    @Test
    void aListThatIsInterruptedSaysSoAndNotThatNobodyIsThere() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try (Child app = app()) {
            Thread.currentThread().interrupt();
            int code = ToolProvider.findFirst("stop")
                    .orElseThrow()
                    .run(new PrintWriter(out), new PrintWriter(err), "--list");
            assertThat(Thread.interrupted()).as("it stays interrupted").isTrue();
            assertThat(code).isEqualTo(130);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString()).isEqualTo("stop: interrupted\n");
            assertThat(app.isAlive()).isTrue();
        }
    }
}
