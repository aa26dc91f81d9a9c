package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A control directory that is not there, cannot be written to, is full, or vanishes. */
class DirectoryFaultsTest {
    @TempDir
    private Path parent;

    private Path directory;
    private Map<String, String> environment;

    @BeforeEach
    void thePlace() {
        directory = parent.resolve("control");
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child.Builder app(String... arguments) {
        return Child.fixture("StopApp", arguments).env("STOP_DIR", directory.toString());
    }

    private void assertUnusable(Child app, Child command, String... words) {
        assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
        assertThat(app.awaitErr("ControlDirectoryException")).contains(words);
        assertThat(app.out()).isEmpty();
        assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
        assertThat(command.out()).isEmpty();
        assertThat(command.said())
                .singleElement()
                .asString()
                .startsWith("stop: ")
                .contains(words);
    }

    @Test
    void aDirectoryThatIsMissingFailsStartAndCommandAndIsNamed() {
        try (Child app = app("--command").start();
                Child command = Child.stop(environment)) {
            assertUnusable(app, command, directory + " does not exist");
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void aFileInThePlaceOfTheDirectoryFailsStartAndCommandAndIsNamed() throws IOException {
        Files.writeString(directory, "mine");
        try (Child app = app("--command").start();
                Child command = Child.stop(environment)) {
            assertUnusable(app, command, directory + " is not a directory");
        }
        assertThat(directory).hasContent("mine");
    }

    @Test
    void aDirectoryThatCannotBeWrittenToFailsStartAndCommandAndIsNamed() {
        List<String> foreign = Needs.foreignUser();
        Needs.directory(parent, "control", "rwxr-xr-x", 0);
        try (Child app = app("--command").by(foreign.toArray(String[]::new)).start();
                Child command = Child.stopBy(foreign, environment)) {
            assertUnusable(app, command, directory.toString(), "permission denied");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void anUnusableDefaultPlaceIsSaidOnceAndTheOtherTriggersRemain() {
        try (Child app = Child.fixture("StopApp", "--command", "--signals")
                .env("TMPDIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            assertThat(app.awaitErr("WARNING")).contains(directory + " does not exist");
            app.signal("TERM");
            assertThat(app.awaitExit()).isZero();
            assertThat(app.err().stream().filter(line -> line.contains("WARNING")))
                    .hasSize(1);
        }
    }

    /** What a file system of a few pages runs out of. */
    enum Full {
        SPACE("size=64k,nr_inodes=100", "head -c 100000 /dev/zero >> fill"),
        FILES(
                "size=1m,nr_inodes=12",
                "touch fill1 fill2 fill3 fill4 fill5 fill6 fill7 fill8 fill9" + " fill10 fill11");

        private final String size;
        private final String filling;

        Full(String size, String filling) {
            this.size = size;
            // Several times: while a file is being replaced, the room of the other is not free yet.
            this.filling =
                    "for i in 1 2 3 4 5; do { " + filling + "; } 2> /dev/null; sleep 0.07; done; ";
        }
    }

    /** Runs a script in a mount namespace of its own, where the control directory is such a file system. */
    private Child.Builder onSmallDisk(String script, Full full, String... arguments) {
        Needs.root("unshare", "mount");
        Needs.works("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt");
        Needs.directory(parent, "control", "rwx------", 0);
        return app(arguments)
                .by(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o mode=700," + full.size + " none '" + directory + "' && "
                                + script,
                        "sh");
    }

    @ParameterizedTest
    @EnumSource(Full.class)
    void aFullDirectoryFailsStartAndCommandIsNamedAndGetsNoFileMore(Full full) {
        String command = Child.javaProgram() + " -jar " + Child.jar("stop.cli.jar")
                + " --timeout 1s; echo command $?; \"$@\"; echo app $?; ls";
        String script = "cd '" + directory + "' && " + full.filling + command;
        try (Child both = onSmallDisk(script, full, "--command").start()) {
            assertThat(both.awaitExit()).as("%s", both).isZero();
            assertThat(both.out()).containsSubsequence("command 5", "app 1");
            assertThat(both.out()).as("files").noneMatch(line -> line.contains("process"));
            assertThat(both.awaitErr("cannot be used"))
                    .contains(directory.toString(), "No space left");
            assertThat(both.awaitErr("ControlDirectoryException"))
                    .contains(directory.toString(), "No space left");
        }
    }

    /**
     * The disk fills up after the request was taken: there is no room for the report, but for an empty
     * file, which says that it has stopped. Without even that, the end of the application says so.
     */
    @ParameterizedTest
    @CsvSource({"SPACE, 1, 'stopped, but without a report'", "FILES, 4, 'ended before it answered'"
    })
    void aDirectoryThatFillsUpDuringTheStopNeitherHoldsTheStopUpNorIsItSuccess(
            Full full, int code, String words) {
        Path go = parent.resolve("go");
        String script = "cd '" + directory + "' && { \"$@\" & } && "
                + "until [ -e process.status ]; do sleep 0.02; done; "
                + Child.javaProgram() + " -jar " + Child.jar("stop.cli.jar") + " & stop=$!; "
                + "until grep -q '^requests=.' process.status; do sleep 0.02; done; "
                + full.filling + "touch '" + go + "'; wait $stop; echo command $?; wait; "
                + "rm fill*; ls";
        try (Child both = onSmallDisk(
                        script, full, "--command", "--hold-ms=1000", "--step=s:until-" + go)
                .start()) {
            assertThat(both.awaitExit()).as("%s", both).isZero();
            assertThat(both.out()).contains("command " + code, "stopped CLEAN");
            assertThat(String.join("\n", both.out()) + String.join("\n", both.err()))
                    .contains(words);
            assertThat(both.awaitErr("cannot write the answer"))
                    .contains("process.stopped", "No space left");
            assertThat(both.out()).as("files").noneMatch(line -> line.startsWith("process."));
        }
    }

    @Test
    void aDirectoryThatIsDeletedAndMadeAgainReachesTheApplicationAgain() throws IOException {
        Needs.ownDirectory(parent, "control", "rwx------");
        try (Child app = app("--command").start()) {
            app.awaitLine("up");
            for (String name : Child.filesIn(directory)) {
                Files.delete(directory.resolve(name));
            }
            Files.delete(directory);
            app.awaitErr("the stop command cannot reach this process");
            Needs.ownDirectory(parent, "control", "rwx------");
            app.awaitErr("it is there again");
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void aCommandThatComesRightAfterTheDirectoryWasMadeAgainIsAnswered() throws IOException {
        Needs.ownDirectory(parent, "control", "rwx------");
        try (Child app = app("--command").start()) {
            app.awaitLine("up");
            Files.move(directory, parent.resolve("away"));
            Needs.ownDirectory(parent, "control", "rwx------");
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void aLockFileThatACleanerDeletedIsThereAgainAndTheApplicationIsStopped() throws IOException {
        Needs.ownDirectory(parent, "control", "rwx------");
        try (Child app = app("--command").start()) {
            app.awaitLine("up");
            Files.delete(directory.resolve("process.lock"));
            Files.delete(directory.resolve("process.status"));
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> Child.filesIn(directory).size() == 2);
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                assertThat(command.said()).isEmpty();
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void withoutAnyInotifyInstanceTheDirectoryIsPolledWhichIsSaidOnce() {
        Needs.programs("unshare");
        String limit = "echo 0 > /proc/sys/user/max_inotify_instances";
        Needs.works("unshare", "-U", "-r", "sh", "-c", limit);
        Needs.ownDirectory(parent, "control", "rwx------");
        try (Child app = app("--command")
                .by("unshare", "-U", "-r", "sh", "-c", limit + " && exec \"$@\"", "sh")
                .start()) {
            app.awaitLine("up");
            assertThat(app.awaitErr("cannot watch"))
                    .contains(directory.toString(), "ten times a second");
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.err().stream().filter(line -> line.contains("cannot watch")))
                    .hasSize(1);
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
