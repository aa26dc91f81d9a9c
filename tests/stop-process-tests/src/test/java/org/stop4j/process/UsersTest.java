package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stop4j.ControlDirectory;
import org.stop4j.StopAnswer;
import org.stop4j.StopClient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Two users: root, who runs these tests, and one who is nobody here. */
class UsersTest {
    private static final String UID = Integer.toString(Needs.FOREIGN_UID);

    @TempDir
    private Path parent;

    private List<String> foreign = List.of();

    @BeforeEach
    void twoUsers() {
        foreign = Needs.foreignUser();
    }

    private Child foreignApp(Path directory) {
        Child app = app(foreign, directory);
        app.awaitLine("up");
        return app;
    }

    private static Child app(List<String> user, Path directory) {
        return Child.fixture("StopApp", "--command")
                .by(user.toArray(String[]::new))
                .env("STOP_DIR", directory.toString())
                .start();
    }

    private static Map<String, String> at(Path directory) {
        return Map.of("STOP_DIR", directory.toString());
    }

    /** Still there after two commands' worth of looks: it takes the request of its own user, after all. */
    private void assertOnlyItsOwnUserStops(Child app, Path directory) {
        assertThat(app.isAlive()).isTrue();
        try (Child command = Child.stopBy(foreign, at(directory), "--reason", "its own user")) {
            assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            assertThat(command.out()).first().asString().contains("its own user");
        }
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void aRequestOfAnotherUserIsIgnoredSaidOnceWithItsOwnerAndCannotStop() throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        Path request = directory.resolve("process.stop");
        // Root's application, so that the other user is the foreign one.
        try (Child app = app(List.of(), directory)) {
            app.awaitLine("up");
            for (String content : List.of("", "stop4j 1 request\nid=forged\n")) {
                Path made = Files.writeString(directory.resolve("made"), content);
                Files.setAttribute(made, "unix:uid", Needs.FOREIGN_UID);
                Files.move(made, request);
                assertThat(app.awaitErr("ignored " + request))
                        .contains("belongs to uid " + UID, "allowed: uid 0");
                try (Child command = Child.stop(at(directory))) {
                    assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
                    assertThat(command.said())
                            .singleElement()
                            .asString()
                            .contains(request.toString(), "belongs to uid " + UID, "remove it");
                }
                Files.delete(request);
            }
            assertThat(app.isAlive()).isTrue();
            try (Child command = Child.stop(at(directory))) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.err().stream().filter(line -> line.contains("ignored")))
                    .hasSize(1);
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theCommandOfAnotherUserIsExitCodeFiveNamesTheOwnerAndLeavesNothing() {
        Path directory = Needs.stickyDirectory(parent, "shared");
        try (Child app = app(List.of(), directory)) {
            app.awaitLine("up");
            try (Child command = Child.stopBy(foreign, at(directory))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains(
                                "process.lock", "belongs to uid 0", "run the command as that user");
            }
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
            assertThat(app.isAlive()).isTrue();
        }
    }

    @Test
    void theCommandOfAnotherUserCannotEvenWriteIntoAPrivateDirectory() {
        Path directory = Needs.directory(parent, "private", "rwxr-xr-x", 0);
        try (Child app = app(List.of(), directory)) {
            app.awaitLine("up");
            try (Child command = Child.stopBy(foreign, at(directory))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains(directory.toString(), "permission denied");
            }
            assertThat(app.isAlive()).isTrue();
        }
    }

    @Test
    void rootsCommandStopsAnotherUsersApplicationInThatUsersPrivateDirectory() {
        Path directory = Needs.directory(parent, "private", "rwx------", Needs.FOREIGN_UID);
        try (Child app = foreignApp(directory);
                Child command =
                        Child.stop(at(directory), "--reason", "by root", "--until=exited")) {
            assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            assertThat(command.out()).first().asString().contains("by root");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.errText())
                    .as("root's acknowledgement is read")
                    .doesNotContain("ignored");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void whoOwnsAProcessCannotLeadRootToAnotherApplicationByExchangingTheDirectoryAfterTheLook()
            throws Exception {
        Path directory = Needs.directory(parent, "private", "rwx------", Needs.FOREIGN_UID);
        Path roots = Needs.directory(parent, "roots", "rwx------", 0);
        try (Child app = foreignApp(directory);
                Child other = app(List.of(), roots)) {
            other.awaitLine("up");
            // What `stop --pid` does, in its two halves.
            ControlDirectory found = ControlDirectory.ofProcess(app.pid()).orElseThrow();
            Files.move(directory, parent.resolve("away"));
            Files.createSymbolicLink(directory, roots);
            StopClient client = StopClient.at(found);
            assertThat(client.status()).isEmpty();
            try (StopAnswer stop = client.stop();
                    StopAnswer drain = client.drain()) {
                for (StopAnswer answer : List.of(stop, drain)) {
                    assertThat(answer.result()).isEqualTo(StopAnswer.Result.NO_APPLICATION);
                    assertThat(answer.message())
                            .contains("another one, pid " + other.pid() + ", has its place");
                }
            }
            assertThat(other.out()).containsExactly("up");
            assertThat(Child.filesIn(roots)).containsExactly("process.lock", "process.status");
        }
    }

    @Test
    void aProcessWhoseStatusNamesNoInstanceIsNotFoundSinceNothingWouldTellItFromAnotherLater()
            throws IOException {
        Path directory = Needs.directory(parent, "private", "rwx------", Needs.FOREIGN_UID);
        try (Child app = foreignApp(directory)) {
            Path status = directory.resolve("process.status");
            String nameless = Child.settledStatus(directory).replaceFirst("(?m)^instance=.*\n", "");
            Path made = Files.writeString(directory.resolve("made"), nameless);
            Files.setAttribute(made, "unix:uid", Needs.FOREIGN_UID);
            Files.move(made, status, StandardCopyOption.ATOMIC_MOVE);
            try (Child command = Child.stop(Map.of(), "--pid", Long.toString(app.pid()))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
                assertThat(command.err())
                        .containsExactly("stop: process " + app.pid()
                                + " does not listen to the stop command");
            }
            assertThat(app.isAlive()).isTrue();
        }
    }

    @Test
    void rootsCommandStopsRootsApplicationInAnotherUsersPrivateDirectory() {
        Path directory = Needs.directory(parent, "private", "rwx------", Needs.FOREIGN_UID);
        try (Child app = app(List.of(), directory)) {
            app.awaitLine("up");
            try (Child command = Child.stop(at(directory), "--timeout", "10s")) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void rootsCommandInAStickyDirectoryIsExitCodeFiveAndNamesTheOwner() {
        Path directory = Needs.stickyDirectory(parent, "shared");
        try (Child app = foreignApp(directory)) {
            try (Child command = Child.stop(at(directory))) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains("process.lock", "belongs to uid " + UID, "as that user");
            }
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
            assertOnlyItsOwnUserStops(app, directory);
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void aRequestThatRootLeftInAUsersPrivateDirectoryIsNotInTheWayOfThatUser() throws IOException {
        Path directory = Needs.directory(parent, "private", "rwx------", Needs.FOREIGN_UID);
        Files.createFile(directory.resolve("process.stop")); // as root's legacy command does
        try (Child command = Child.stopBy(foreign, at(directory))) {
            command.awaitErr("no application holds");
            try (Child app = app(foreign, directory)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                assertThat(app.awaitExit()).isZero();
            }
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theAnswerOfAnotherUserIsExitCodeFiveAndNamesHim() throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        Path answer = Files.createFile(directory.resolve("process.stopped"));
        Files.setAttribute(answer, "unix:uid", Needs.FOREIGN_UID);
        try (Child command = Child.stop(at(directory))) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
            assertThat(command.said())
                    .singleElement()
                    .asString()
                    .contains(answer.toString(), "belongs to uid " + UID);
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.stopped");
    }

    @Test
    void aLockOfAnotherUserFailsTheStartAndNamesHim() throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        Path lock = Files.createFile(directory.resolve("process.lock"));
        Files.setAttribute(lock, "unix:uid", Needs.FOREIGN_UID);
        try (Child app = app(List.of(), directory)) {
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains(lock.toString(), "belongs to uid " + UID);
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.lock");
    }

    @Test
    void aLockOfRootFailsTheStartOfAnotherUserAndNamesRoot() throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        Path lock = Files.createFile(directory.resolve("process.lock"));
        Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-------"));
        try (Child app = app(foreign, directory)) {
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains(lock.toString(), "belongs to uid 0");
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.lock");
    }

    @Test
    void whatAnotherUserLeftAndCannotBeRemovedFailsTheStartAndNamesHim() throws IOException {
        Path directory = Needs.stickyDirectory(parent, "shared");
        Files.createFile(directory.resolve("process.stopped")); // root's, in a sticky directory
        try (Child app = app(foreign, directory)) {
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains("process.stopped", "cannot be removed", "STOP_DIR");
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.stopped");
    }
}
