package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Control directories on file systems of every kind, and with names of every kind. */
class DirectoryKindsTest {
    @TempDir
    private Path parent;

    private Path directory;

    @BeforeEach
    void thePlace() {
        directory = Needs.ownDirectory(parent, "control", "rwx------");
    }

    /** The application, which is the script's arguments, and the command: their exit codes, and what is left. */
    private static String bothIn(String directory, String between) {
        return "cd " + directory + " && export STOP_DIR=\"$PWD\" && { \"$@\" & app=$!; } && "
                + "until [ -e process.status ]; do sleep 0.02; done; " + between
                + command() + "; echo command $?; wait $app; echo app $?; ls -A";
    }

    private static String command() {
        return Child.javaProgram() + " -XX:TieredStopAtLevel=1 -jar " + Child.jar("stop.cli.jar")
                + " --timeout 20s";
    }

    private Child run(String script, String... prefix) {
        return Child.fixture("StopApp", "--command", "--step=one:quick")
                .by(prefix)
                .by("sh", "-c", script, "sh")
                .env("STOP_DIR", directory.toString())
                .start();
    }

    /** Runs in a mount namespace of its own; skips where this mount is forbidden. */
    private Child mounted(String mount, String script) {
        Needs.root("unshare", "mount");
        Needs.works("unshare", "-m", "sh", "-c", mount);
        return run(mount + " && " + script, "unshare", "-m");
    }

    private static void assertStopped(Child both) {
        assertThat(both.awaitExit()).as("%s", both).isZero();
        assertThat(both.out()).as("%s", both).containsSubsequence("command 0", "app 0");
        assertThat(both.out()).as("files left").noneMatch(line -> line.startsWith("process."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount -t tmpfs -o mode=700 none '%1$s'",
                "mount -t tmpfs none '%2$s' && mkdir '%2$s/l' '%2$s/u' '%2$s/w' && chmod 700 '%2$s/u' &&"
                        + " mount -t overlay -o 'lowerdir=%2$s/l,upperdir=%2$s/u,workdir=%2$s/w' none '%1$s'",
                "mount --bind '%2$s' '%1$s' && chmod 700 '%1$s'",
                "truncate -s 16M '%2$s/disk' && mkfs.ext4 -q '%2$s/disk' &&"
                        + " mount -o loop '%2$s/disk' '%1$s' && rmdir '%1$s/lost+found' && chmod 700 '%1$s'"
            })
    void theCommandStopsTheApplicationOnEveryFileSystem(String how) {
        Path other = Needs.ownDirectory(parent, "other", "rwx------");
        String mount = String.format(how, directory, other);
        try (Child both = mounted(
                "rm -rf '" + other + "'/* && " + mount, bothIn("'" + directory + "'", ""))) {
            assertStopped(both);
        }
    }

    @Test
    void aDirectoryThatCanOnlyBeReadFailsStartAndCommandAndIsNamed() {
        String mount = "mount --bind '" + directory + "' '" + directory
                + "' && mount -o remount,bind,ro '" + directory + "'";
        try (Child both =
                mounted(mount, "{ \"$@\"; echo app $?; " + command() + "; echo command $?; }")) {
            assertThat(both.awaitExit()).as("%s", both).isZero();
            assertThat(both.out()).containsExactly("app 1", "command 5");
            assertThat(both.awaitErr("ControlDirectoryException"))
                    .contains(directory.toString(), "Read-only file system");
            assertThat(both.awaitErr("stop: "))
                    .contains(directory.toString(), "Read-only file system");
        }
    }

    @Test
    void anApplicationWhoseFileSystemIsTakenAwayIsReachedInTheDirectoryBelow() {
        String script = bothIn(
                "'" + directory + "'",
                "cd / && umount -l '" + directory + "'; cd '" + directory
                        + "'; until [ -e process.status ]; do sleep 0.02; done; ");
        try (Child both = mounted("mount -t tmpfs -o mode=700 none '" + directory + "'", script)) {
            assertStopped(both);
        }
    }

    @Test
    void aDirectoryThatItsOwnerMayNotEnterFailsStartAndCommandAndIsNamed() {
        List<String> foreign = Needs.foreignUser();
        Path closed = Needs.directory(parent, "closed", "rw-------", Needs.FOREIGN_UID);
        Map<String, String> environment = Map.of("STOP_DIR", closed.toString());
        try (Child app = Child.fixture("StopApp", "--command")
                        .by(foreign.toArray(String[]::new))
                        .env("STOP_DIR", closed.toString())
                        .start();
                Child command = Child.stopBy(foreign, environment)) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains(closed.toString(), "permission denied");
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
            assertThat(command.err())
                    .singleElement()
                    .asString()
                    .contains(closed.toString(), "permission denied");
        }
    }

    /** By their octal numbers, so that the encoding of these tests themselves is no matter. */
    @ParameterizedTest
    @CsvSource({
        "blanks,           '  two  blanks '",
        "umlauts,          'k\\303\\244se-\\342\\202\\254'",
        "line feed,        'one\\ntwo'",
        "quotes and stars, '\\047\\042*$x;\\134'",
        "leading dash,     '-rf'"
    })
    void theNameOfTheDirectoryMayHoldAnything(String kind, String octal) {
        String made =
                "export LANG=C.UTF-8 LC_ALL=C.UTF-8; cd '" + directory + "'; d=\"$(printf -- '"
                        + octal.replace("'", "'\\''") + "')\"; mkdir -m 700 -- \"./$d\" && ";
        try (Child both = run(made + bothIn("\"./$d\"", ""))) {
            assertStopped(both);
        }
        assertThat(Child.filesIn(directory)).as(kind).hasSize(1);
    }

    @Test
    void thePathOfTheDirectoryMayBeFourThousandCharactersLong() {
        StringBuilder path = new StringBuilder(directory.toString());
        while (path.length() < 3_990) {
            path.append('/').append("x".repeat(Math.min(200, 3_999 - path.length())));
        }
        try (Child both =
                run("mkdir -p -m 700 '" + path + "' && " + bothIn("'" + path + "'", ""))) {
            assertStopped(both);
        }
    }

    @Test
    void aPathThatIsTooLongForTheSystemIsExitCodeFiveAndSaysSo() {
        String path = directory + "/x".repeat(3_000);
        try (Child command = Child.stop(Map.of("STOP_DIR", path), "--timeout", "1s")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
            assertThat(command.err()).singleElement().asString().contains("File name too long");
        }
    }
}
