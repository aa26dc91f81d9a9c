package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Directories that more than one user writes to. */
class SharedDirectoryTest {
    @TempDir
    private Path parent;

    private static Child app(Path directory) {
        Child app = Child.fixture("StopApp", "--command")
                .env("STOP_DIR", directory.toString())
                .start();
        app.awaitLine("up");
        return app;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0700", "1777", "0777", "0770"})
    void theCommandStopsTheApplicationInADirectoryOfEveryKind(String mode) {
        Path directory = Needs.ownDirectory(parent, "place", "rwx------");
        Needs.works("chmod", mode, directory.toString());
        try (Child app = app(directory);
                Child command = Child.stop(Map.of("STOP_DIR", directory.toString()))) {
            assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0700", "1777"})
    void anEmptyRequestStopsWhereOnlyItsOwnerCanHavePutItThere(String mode) throws IOException {
        Path directory = Needs.ownDirectory(parent, "place", "rwx------");
        Needs.works("chmod", mode, directory.toString());
        try (Child app = Child.fixture("StopApp", "--command", "--hold-ms=100")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            Files.createFile(directory.resolve("process.stop"));
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
        assertThat(Child.filesIn(directory))
                .as("the answer stays for whoever made the empty request")
                .containsExactly("process.stopped");
    }

    @Test
    void anEmptyRequestIsRefusedWhereOthersMayRenameFilesAndTheReasonIsSaidOnce()
            throws IOException {
        Path directory = Needs.ownDirectory(parent, "place", "rwxrwxrwx");
        Path request = directory.resolve("process.stop");
        try (Child app = app(directory)) {
            Files.createFile(request);
            assertThat(app.awaitErr("ignored " + request))
                    .contains("is empty", "others may rename files");
            try (Child command = Child.stop(Map.of("STOP_DIR", directory.toString()))) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.err().stream().filter(line -> line.contains("ignored")))
                    .hasSize(1);
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
