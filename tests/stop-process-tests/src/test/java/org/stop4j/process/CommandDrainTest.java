package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code --drain} and {@code --resume}. */
class CommandDrainTest {
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

    private void assertSays(int code, String words, String... options) {
        try (Child command = Child.stop(environment, options)) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(code);
            assertThat(code == 0 ? command.out() : command.err())
                    .singleElement()
                    .asString()
                    .contains(words);
            assertThat(code == 0 ? command.err() : command.out()).isEmpty();
        }
    }

    @Test
    void aDrainIsUndoneByAResumeAndBothAreDoneWhenTheCommandEnds() {
        try (Child app = app()) {
            for (int i = 0; i < 3; i++) {
                assertSays(0, "(pid " + app.pid() + ") is drained", "--drain", "--reason=m");
                app.awaitLines("state DRAINING", i + 1);
                assertSays(0, "(pid " + app.pid() + ") runs", "--resume");
                app.awaitLines("state RUNNING", i + 1);
            }
            assertThat(app.awaitErr("draining: ")).contains("command: m (pid ");
            assertThat(app.isAlive()).isTrue();
        }
    }

    @Test
    void whatIsDoneAlreadyIsDone() {
        try (Child app = app()) {
            assertSays(0, "runs", "--resume");
            assertSays(0, "is drained", "--drain");
            assertSays(0, "is drained", "--drain");
            assertThat(app.countLines("state DRAINING")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"--drain, is drained", "--resume, runs"})
    void whatNoThreadCanBeMadeForIsSaidAndDoneAsSoonAsOneCanBe(String ask, String done) {
        List<String> user = Needs.foreignUser();
        Needs.programs("prlimit");
        Path place = Needs.directory(directory, "place", "rwx------", Needs.FOREIGN_UID);
        environment = Map.of("STOP_DIR", place.toString());
        try (Child app = Child.fixture("StopApp", "--command")
                .by(user.toArray(String[]::new))
                .env("STOP_DIR", place.toString())
                .start()) {
            app.awaitLine("up");
            limitThreads(user, app, 1);
            try (Child command = Child.stop(environment, ask)) {
                assertThat(app.awaitErr("cannot " + ask.substring(2) + " now"))
                        .contains("no thread can be made");
                limitThreads(user, app, 1_000);
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                assertThat(command.out()).singleElement().asString().contains(done);
            }
            // Whoever takes requests is still there.
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
        assertThat(Child.filesIn(place)).isEmpty();
    }

    /** By its own user, for which no capability is needed; what lives already goes on. */
    private static void limitThreads(List<String> user, Child app, int most) {
        List<String> prlimit = new ArrayList<>(user);
        prlimit.addAll(List.of("prlimit", "--pid=" + app.pid(), "--nproc=" + most + ":"));
        Needs.works(prlimit.toArray(String[]::new));
    }

    @Test
    void aDrainedApplicationIsStoppedAsAnyOther() {
        try (Child app = app("--step=one:quick")) {
            assertSays(0, "is drained", "--drain");
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.out()).contains("step one");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void anApplicationThatStopsIsDrainedAndCannotBeResumed() {
        try (Child app = app("--step=slow:60000")) {
            assertSays(0, "has taken the request", "--no-wait");
            app.awaitLine("step slow");
            assertSays(0, "is stopping", "--drain");
            assertSays(1, "is stopping, which cannot be undone", "--resume");
        }
    }

    @Test
    void anApplicationWithoutAnOrderedStopSaysThatItCannotAndLivesOn() {
        try (Child app = Child.fixture("ChannelApp", "take")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            assertSays(1, "cannot drain: it takes only requests to stop", "--drain");
            assertSays(1, "cannot resume: it takes only requests to stop", "--resume");
            assertThat(app.isAlive()).isTrue();
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
        }
    }

    @Test
    void aLegacyApplicationIsNotAskedForItWouldStop() {
        try (Child app =
                Child.fixture("LegacyApp").env("TMPDIR", directory.toString()).start()) {
            app.awaitLine("up");
            try (Child command =
                    Child.stop(Map.of("TMPDIR", directory.toString()), "--drain", "--timeout=1")) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            }
            assertThat(app.isAlive()).isTrue();
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @Test
    void whereNobodyLivesItIsFour() {
        assertSays(4, "no application", "--drain");
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
