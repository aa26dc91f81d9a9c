package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Go library's command with our application, and our command with an application of the Go library. */
class LegacyGoTest {
    @TempDir
    private Path parent;

    /** Only root can open the files of mode 0110 that the Go library makes. */
    enum User {
        ROOT,
        NOT_ROOT;

        List<String> prefix() {
            if (this == NOT_ROOT && Needs.isRoot()) {
                return Needs.foreignUser();
            }
            if (this == ROOT) {
                Needs.root();
            }
            return List.of();
        }
    }

    private Child fixture(List<String> user, Path directory, String name, String... arguments) {
        return Child.fixture(name, arguments)
                .by(user.toArray(String[]::new))
                .env("TMPDIR", directory.toString())
                .start();
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void theLegacyCommandStopsOurApplicationEachTimeAndFindsItsAnswer(User who) {
        List<String> user = who.prefix();
        Path directory = Needs.ownDirectory(parent, "tmp", "rwx------");
        Needs.works("chmod", "1777", directory.toString());
        // Twice: the legacy command cannot open the file of its first run, if that is still there.
        for (int run = 0; run < 2; run++) {
            try (Child app = fixture(
                    user, directory, "StopApp", "--command", "--hold-ms=300", "--step=s:quick")) {
                app.awaitLine("up");
                try (Child command = fixture(user, directory, "LegacyCommand")) {
                    assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                    assertThat(command.out()).containsExactly("asked");
                }
                assertThat(app.awaitExit()).as("%s", app).isZero();
                assertThat(app.out()).containsSubsequence("step s", "stopped CLEAN");
                assertThat(app.awaitErr("stopping:")).contains("a command of an older kind");
            }
            assertThat(Child.filesIn(directory))
                    .as("the answer stays: who polls every two seconds may not have seen it yet")
                    .containsExactly("process.stopped");
        }
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void ourCommandStopsALegacyApplicationSaysSoAndRemovesBothFiles(User who) {
        List<String> user = who.prefix();
        Path directory = Needs.ownDirectory(parent, "tmp", "rwx------");
        Needs.works("chmod", "1777", directory.toString());
        try (Child app = fixture(user, directory, "LegacyApp")) {
            app.awaitLine("up");
            try (Child command = Child.stopBy(user, Map.of("TMPDIR", directory.toString()))) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains("no application holds", "process.lock", "older kind");
                assertThat(command.out())
                        .singleElement()
                        .asString()
                        .contains("stopped, says an application of an older kind");
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.out()).containsExactly("up", "stopped");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theLegacyStandInsOfTheseTestsFailAsTheOriginalsDo() {
        List<String> user = User.NOT_ROOT.prefix();
        Path directory = Needs.ownDirectory(parent, "tmp", "rwx------");
        Needs.works("chmod", "1777", directory.toString());
        try (Child alone = Child.fixture("LegacyCommand")
                .by(user.toArray(String[]::new))
                .env("TMPDIR", directory.toString())
                .env("STOP_TIMEOUT_SECONDS", "1")
                .start()) {
            assertThat(alone.awaitExit()).as("it times out").isEqualTo(1);
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.stop");
        try (Child again = fixture(user, directory, "LegacyCommand")) {
            assertThat(again.awaitExit()).as("it cannot open its own file").isEqualTo(1);
            assertThat(again.out()).first().asString().startsWith("failed ");
        }
    }
}
