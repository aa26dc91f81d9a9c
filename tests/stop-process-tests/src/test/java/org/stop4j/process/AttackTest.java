package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A user who does his worst to the application and the command of another, in a directory of both. */
class AttackTest {
    private static final int ATTACKER_UID = Needs.FOREIGN_UID + 1;
    private static final int COMMANDS = 6;
    private static final int REFUSALS = 1_000;

    @TempDir
    private Path parent;

    /** Runs as this user; skips when that cannot be. */
    private static List<String> as(int uid) {
        Needs.foreignUser();
        return uid == 0
                ? List.of()
                : List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
    }

    /** In a mount namespace of its own, in which this directory can only be read; skips where that is forbidden. */
    private static String[] readingOnly(Path directory) {
        Needs.root("unshare", "mount");
        String mount = "mount --bind '" + directory + "' '" + directory
                + "' && mount -o remount,bind,ro '" + directory + "' && ";
        Needs.works("unshare", "-m", "sh", "-c", mount + "true");
        return new String[] {"unshare", "-m", "sh", "-c", mount + "exec \"$@\"", "sh"};
    }

    private static Child attacker(Path directory) {
        for (int i = 0; i < 5; i++) {
            List<String> mkfifo = new ArrayList<>(as(ATTACKER_UID));
            mkfifo.addAll(List.of(
                    "mkfifo", "-m", "666", directory.resolve("fifo-" + i).toString()));
            Needs.works(mkfifo.toArray(String[]::new));
        }
        Child attacker = Child.fixture("Attacker", directory.toString())
                .by(as(ATTACKER_UID).toArray(String[]::new))
                .start();
        attacker.awaitLine("attacking");
        return attacker;
    }

    private static Child app(List<String> user, Path directory) {
        Child app = Child.fixture("StopApp", "--command", "--step=one:quick")
                .by(user.toArray(String[]::new))
                .env("STOP_DIR", directory.toString())
                .start();
        app.awaitLine("up");
        return app;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Needs.FOREIGN_UID})
    void whoExchangesFilesBetweenLookAndOpenNeitherStopsNorAnswersNorMakesAnybodyWait(int uid) {
        List<String> victim = as(uid);
        Path directory = Needs.directory(parent, "place", "rwxrwxrwx", 0);
        Map<String, String> environment = Map.of("STOP_DIR", directory.toString());
        try (Child app = app(victim, directory)) {
            try (Child attacker = attacker(directory)) {
                attacker.awaitLine("exchanged 1000");
                assertThat(app.out())
                        .as("without any request of its user")
                        .doesNotContain("state STOPPING");
                for (int i = 0; i < COMMANDS && app.isAlive(); i++) {
                    try (Child command = Child.stopBy(victim, environment, "--timeout", "1s")) {
                        int code = command.awaitExit();
                        assertThat(code).as("%s\n%s", command, app).isIn(0, 3, 4, 5);
                        assertThat(command.errText()).doesNotContain("\tat ");
                        assertThat(code != 0 || app.out().contains("stopped CLEAN"))
                                .as("%s\n%s", command, app)
                                .isTrue();
                    }
                }
                assertThat(app.out() + app.errText()).doesNotContain("command: forged");
            }
            // And neither is broken by it: undisturbed, they find together.
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        if (!app.isAlive()) {
                            return true;
                        }
                        clearTraps(directory);
                        try (Child command = Child.stopBy(victim, environment, "--timeout", "5s")) {
                            return command.awaitExit() == 0 && app.awaitExit() == 0;
                        }
                    });
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void whoExchangesFilesForFifosMakesRootNotWaitWhoCanOnlyReadThere() {
        Path directory = Needs.directory(parent, "place", "rwx------", ATTACKER_UID);
        String[] readingOnly = readingOnly(directory);
        try (Child app = app(as(ATTACKER_UID), directory);
                Child attacker = attacker(directory)) {
            attacker.awaitLine("exchanged 1000");
            // Each look opens two files, in vain to write, and a FIFO may come before it would
            // read.
            try (Child root = Child.fixture("LookingApp", Integer.toString(REFUSALS))
                    .by(readingOnly)
                    .env("STOP_DIR", directory.toString())
                    .start()) {
                assertThat(root.awaitExit()).as("%s", root).isZero();
                assertThat(root.out()).containsExactly("refused " + REFUSALS);
            }
            assertThat(attacker.isAlive()).isTrue();
            assertThat(app.isAlive()).isTrue();
        }
    }

    @Test
    void rootReadsWhereItCannotWriteOnlyWhatNobodyElseCanExchange() {
        Path anothers = Needs.directory(parent, "anothers", "rwx------", ATTACKER_UID);
        Path own = Needs.directory(parent, "own", "rwx------", 0);
        try (Child app = app(as(ATTACKER_UID), anothers);
                Child ownApp = app(List.of(), own);
                Child look = Child.stopBy(
                        List.of(readingOnly(anothers)),
                        Map.of("STOP_DIR", anothers.toString()),
                        "--status");
                Child ownLook = Child.stopBy(
                        List.of(readingOnly(own)),
                        Map.of("STOP_DIR", own.toString()),
                        "--status")) {
            assertThat(look.awaitExit()).as("%s", look).isEqualTo(5);
            assertThat(look.err())
                    .singleElement()
                    .asString()
                    .contains(anothers + "/process.lock", "Read-only file system");
            assertThat(ownLook.awaitExit()).as("%s", ownLook).isZero();
            assertThat(ownLook.out()).first().asString().contains("pid " + ownApp.pid());
            assertThat(app.isAlive()).isTrue();
        }
    }

    /** What belongs to the attacker, wherever he was when he was killed. */
    private static void clearTraps(Path directory) throws IOException {
        for (String name : Child.filesIn(directory)) {
            Path file = directory.resolve(name);
            try {
                Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
                if (owner.equals(ATTACKER_UID)) {
                    Files.delete(file);
                }
            } catch (NoSuchFileException e) {
                // It was the application's own, which has removed it.
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "process.lock",
                "process.status",
                "process.stop",
                "process.stopped",
                "process.ack"
            })
    void inAStickyDirectoryWhoTakesANameFirstIsNamedAndGetsNothingMore(String name)
            throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        Path squatted = Files.writeString(directory.resolve(name), "stop4j 1 request\nid=forged\n");
        Files.setAttribute(squatted, "unix:uid", ATTACKER_UID);
        Files.setPosixFilePermissions(squatted, PosixFilePermissions.fromString("rw-r--r--"));
        Map<String, String> environment = Map.of("STOP_DIR", directory.toString());
        List<String> victim = as(Needs.FOREIGN_UID);
        try (Child app = Child.fixture("StopApp", "--command")
                .by(victim.toArray(String[]::new))
                .env("STOP_DIR", directory.toString())
                .start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains(squatted.toString(), "uid " + ATTACKER_UID);
        }
        try (Child command = Child.stopBy(victim, environment, "--timeout", "300ms")) {
            // What is no answer, lock or place for a request is no matter to the command alone.
            boolean inTheWay = !name.endsWith("status") && !name.endsWith("ack");
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(inTheWay ? 5 : 4);
            assertThat(command.err()).isNotEmpty();
        }
        assertThat(Child.filesIn(directory)).containsExactly(name);
        assertThat(squatted).hasContent("stop4j 1 request\nid=forged\n");
    }

    @Test
    void anotherUserWhoFillsTheDirectoryWithFilesDoesNotKeepTheApplicationFromStarting()
            throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        List<String> litter = new ArrayList<>(as(ATTACKER_UID));
        litter.addAll(List.of(
                "sh", "-c", "cd '" + directory + "' && seq -f process.%g.tmp 20000 | xargs touch"));
        Needs.works(litter.toArray(String[]::new));
        try (Child app = app(as(Needs.FOREIGN_UID), directory);
                Child command = Child.stopBy(
                        as(Needs.FOREIGN_UID), Map.of("STOP_DIR", directory.toString()))) {
            assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).hasSize(20_000);
    }
}
