package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What the environment tells a stop: how long it may take at most, and where its last words go. */
class EnvironmentTest {
    @TempDir
    private Path directory;

    private static Child.Builder app(String... arguments) {
        return Child.fixture("StopApp", arguments);
    }

    // ---- STOP_GRACE_SECONDS

    @ParameterizedTest
    @ValueSource(strings = {"ten", "0", "-5", "1.5", "30s"})
    void aBadGracePeriodFailsTheStartNamingItAndWhatIsAllowed(String value) {
        try (Child app = app("--signals").env("STOP_GRACE_SECONDS", value).start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.out()).isEmpty();
            assertThat(app.errText())
                    .contains("STOP_GRACE_SECONDS is \"" + value
                            + "\"; allowed: a whole number of seconds, 1 or more");
        }
    }

    @Test
    void aGracePeriodThatIsTooShortIsSaidAtTheStart() {
        try (Child app = app("--signals", "--timeout-ms=30000")
                .env("STOP_GRACE_SECONDS", "30")
                .start()) {
            app.awaitLine("up");
            assertThat(app.awaitErr("WARNING"))
                    .contains(
                            "the stop may take 31.0 s", "STOP_GRACE_SECONDS is 30", "29 s at most");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void aGracePeriodThatFitsIsNotMentioned() {
        try (Child app = app("--signals", "--timeout-ms=29000")
                .env("STOP_GRACE_SECONDS", "30")
                .start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).doesNotContain("GRACE", "WARNING");
        }
    }

    // ---- STOP_TERMINATION_LOG

    /** An application that was stopped, with its last words in that file. */
    private static Child stoppedWith(Path log, String... arguments) {
        Child app = app(arguments).env("STOP_TERMINATION_LOG", log.toString()).start();
        app.awaitLine("up");
        app.signal("TERM").awaitExit();
        return app;
    }

    @Test
    void theTerminationLogGetsTheShortFormInPlaceOfWhatWasInIt() throws IOException {
        Path log = Files.writeString(directory.resolve("log"), "what an earlier one has left");
        try (Child app = stoppedWith(log, "--signals", "--step=one:quick")) {
            assertThat(app.exitCode()).as("%s", app).isZero();
        }
        assertThat(log).content().matches("stopped cleanly in \\d+ ms \\(signal SIGTERM\\)");
        try (Child app = stoppedWith(log, "--signals", "--step=one:throw")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(1);
        }
        assertThat(log).content().contains("but step \"one\" failed after ").doesNotContain("\n");
    }

    @Test
    void theTerminationLogTellsThatTheProcessWasEndedByForce() throws IOException {
        Path log = Files.createFile(directory.resolve("log"));
        try (Child app = stoppedWith(
                log, "--signals", "--timeout-ms=500", "--step=one:quick", "--foreign-hook=hang")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
        }
        assertThat(log).content().startsWith("halted with exit code 3 (signal SIGTERM): ");
    }

    @Test
    void theTerminationLogIsCutAtFourThousandAndNinetySixBytesBetweenTwoCharacters()
            throws IOException {
        Path log = Files.createFile(directory.resolve("log"));
        try (Child app = stoppedWith(log, "--signals", "--step=one:throw-long")) {
            assertThat(app.exitCode()).as("%s", app).isEqualTo(1);
        }
        byte[] bytes = Files.readAllBytes(log);
        assertThat(bytes).hasSizeBetween(4_096 - 2, 4_096);
        // Fails on half a character.
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        assertThat(text).startsWith("stopped in ").endsWith("€€€");
    }

    @Test
    void whatIsNotARegularFileIsNoTerminationLogAndKeepsNobodyWaiting() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), "untouched");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        Path folder = Files.createDirectory(directory.resolve("folder"));
        Path missing = directory.resolve("missing");
        Needs.programs("mkfifo");
        Path fifo = directory.resolve("fifo");
        Needs.works("mkfifo", fifo.toString());
        for (Path log : new Path[] {link, folder, missing, fifo}) {
            try (Child app = stoppedWith(log, "--signals", "--step=one:quick")) {
                assertThat(app.exitCode()).as("%s", app).isZero();
                assertThat(app.errText()).contains("\nstop: stopped cleanly in ");
            }
        }
        assertThat(target).hasContent("untouched");
        assertThat(folder).isEmptyDirectory();
        assertThat(missing).doesNotExist();
        assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    @Test
    void withoutTheVariableAnAbsentTerminationLogStaysAbsent() {
        Path usual = Path.of("/dev/termination-log");
        assumeTrue(
                Files.notExists(usual, LinkOption.NOFOLLOW_LINKS),
                () -> "needs a machine without " + usual);
        try (Child app = app("--signals").start()) {
            app.awaitLine("up");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).doesNotContain("note:");
        }
        assertThat(usual).doesNotExist();
    }
}
