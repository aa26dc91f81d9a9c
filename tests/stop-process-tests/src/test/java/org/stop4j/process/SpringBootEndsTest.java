package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Applications of Spring Boot that somebody else has a say in the end of: a main, devtools, actuator. */
class SpringBootEndsTest {
    private static final String CLEAN = "stop: stopped cleanly in ";

    @TempDir
    private Path directory;

    private Child own(String line, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--app.held=true");
        return BootChild.app(
                line + "/tomcat",
                "OwnEndings",
                "main is done",
                directory,
                all.toArray(String[]::new));
    }

    private Child stop(String... options) {
        return Child.stop(Map.of("STOP_DIR", directory.toString()), options);
    }

    // ---- a hook and a handler of SIGTERM of its own

    @Test
    void aHandlerFromBeforeTheStartIsCalledTooAndAHookComesAfterTheLastStep() throws IOException {
        try (Child app = own("boot-3.5", "--app.handler=before", "--app.last-lines=1");
                Socket request = BootChild.send(app, "/held")) {
            app.awaitLine("held");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(BootChild.answer(request, app)).endsWith("let go\n");
            assertThat(app.out())
                    .as("%s", app)
                    .anyMatch(line -> line.startsWith(
                            "INFO stop4j: handled by somebody else, too: [SIGTERM by "))
                    .contains("own handler")
                    .containsSubsequence("INFO LastLines: slf4j line 0.", "own hook")
                    .noneMatch(line -> line.contains("memory leak"));
            assertThat(app.errText()).contains(CLEAN);
        }
    }

    @Test
    void aHandlerFromBeforeTheStartThatExitsKeepsItsCodeAndLosesNothing() throws IOException {
        try (Child app = own("boot-4.1", "--app.handler=before", "--app.handler.exit=7");
                Socket request = BootChild.send(app, "/held")) {
            app.awaitLine("held");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(7);
            assertThat(BootChild.answer(request, app)).endsWith("let go\n");
            assertThat(app.errText())
                    .contains(CLEAN)
                    .contains("done \"bean applicationTaskExecutor\"");
        }
    }

    @Test
    void aHandlerFromAfterTheStartHasSigtermForItselfAndTheCommandStopsAllTheSame() {
        try (Child app = own("boot-4.1", "--app.handler=after")) {
            app.signal("TERM").awaitLine("own handler");
            try (Child command = stop()) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).as("%s", app).contains("own hook");
            assertThat(app.errText()).contains(CLEAN);
        }
    }

    @Test
    void aHandlerFromAfterTheStartThatExitsKeepsItsCodeAndLosesNothing() throws IOException {
        try (Child app = own("boot-3.5", "--app.handler=after", "--app.handler.exit=7");
                Socket request = BootChild.send(app, "/held")) {
            app.awaitLine("held");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isEqualTo(7);
            assertThat(BootChild.answer(request, app)).endsWith("let go\n");
            assertThat(app.errText())
                    .contains(CLEAN)
                    .contains("done \"bean applicationTaskExecutor\"");
        }
    }

    // ---- devtools

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5", "boot-4.1"})
    void aRestartByDevtoolsLivesOnWithAStopThatTakesSignalAndCommand(
            String line, @TempDir Path watched) throws IOException {
        try (Child app = BootChild.appWithDevtools(line, directory, watched)) {
            Files.createFile(watched.resolve("changed"));
            app.awaitLines("INFO JobApplication: Started ", 2);
            assertThat(app.out())
                    .as("%s", app)
                    .anyMatch(said -> said.startsWith("INFO stop4j: stopped cleanly in "));
            assertThat(app.err()).as("nothing ended").isEmpty();
            if (line.equals("boot-3.5")) {
                app.signal("TERM");
            } else {
                try (Child command = stop()) {
                    assertThat(command.awaitExit()).as("%s", command).isZero();
                }
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.err().stream().filter(said -> said.startsWith(CLEAN)))
                    .as("%s", app)
                    .hasSize(1);
            assertThat(app.out()).noneMatch(said -> said.contains("memory leak"));
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    // ---- actuator

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5", "boot-4.1"})
    void theShutdownOfActuatorIsOneOrderedStopAfterWhichNothingKeepsTheProcess(String line)
            throws IOException {
        // On another port than the application's, in one of them.
        String port = line.equals("boot-3.5") ? "" : "0";
        try (Child app = BootChild.app(
                        line + "/tomcat.actuator",
                        directory,
                        "--app.held=true",
                        "--management.endpoints.web.exposure.include=shutdown",
                        "--management.endpoint.shutdown.access=unrestricted",
                        "--management.server.port=" + port);
                Socket request = BootChild.send(app, "/held")) {
            app.awaitLine("held");
            List<Integer> ports = BootChild.ports(app);
            assertThat(BootChild.post(app, ports.get(ports.size() - 1), "/actuator/shutdown"))
                    .contains("Shutting down");
            assertThat(BootChild.answer(request, app)).endsWith("let go\n");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out().stream()
                            .filter(said -> said.startsWith("INFO stop4j: stopped cleanly in ")))
                    .as("%s", app)
                    .hasSize(1)
                    .allMatch(said -> said.contains("the application context is closed"));
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    // ---- a main that is more than Spring

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5", "boot-4.1"})
    void aMainGoesOnAfterAContextAndTwoOthersAreStoppedByOneSignal(String line) {
        try (Child app = BootChild.app(line + "/tomcat", "Parts", "second is up", directory)) {
            assertThat(app.out())
                    .as("%s", app)
                    .containsSubsequence("early is closed", "main goes on");
            assertThat(app.err()).as("nothing ended").isEmpty();
            assertThat(Child.filesIn(directory))
                    .containsExactly(
                            "process.lock", "process.status", "second.lock", "second.status");
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.err().stream().filter(said -> said.startsWith(CLEAN)))
                    .as("%s", app)
                    .hasSize(2);
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }
}
