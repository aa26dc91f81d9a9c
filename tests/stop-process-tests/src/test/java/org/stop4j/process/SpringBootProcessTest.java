package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Spring Boot with the starter, as a process: real signals, the command, exit codes, the report. */
class SpringBootProcessTest {
    private static final int LINES = 300;
    private static final String TIMEOUT = "--stop.timeout=3s";

    /** The promise is 4 s from the signal on; the rest is for a machine that has much else to do. */
    private static final Duration GONE = Duration.ofSeconds(12);

    /** Far more than what is to be done takes, and less than what is waited for at most, where nothing is to come. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private static final String HANGS = "org.stop4j.spring.apps.Hanging.hang(Hanging.java:";

    @TempDir
    private Path directory;

    private Child stop(String... options) {
        return Child.stop(Map.of("STOP_DIR", directory.toString()), options);
    }

    // ---- the example

    @Test
    void sigtermEndsTheExampleCleanlyAndItsReportNamesServerLifecyclesAndBeans() {
        try (Child app = BootChild.example(directory)) {
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.errText())
                    .containsPattern("stop: stopped cleanly in .*signal SIGTERM.*exit code 0")
                    .containsPattern("(?s)\n  DRAIN .*\"lifecycle webServerGracefulShutdown\" .*"
                            + "\"lifecycle webServerStartStop\" .*"
                            + "\n  FINISH .*\"last orders\" .*"
                            + "\n  CLOSE .*\"bean taskScheduler\" .*\"bean dataSource\" ");
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @Test
    void theStopCommandStopsTheExample() {
        try (Child app = BootChild.example(directory);
                Child command = stop("--reason", "deploy 4711")) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).contains("(command: deploy 4711 ");
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @Test
    void theStatusNamesStepsAndWhatIsInFlight() throws IOException {
        try (Child app = BootChild.example(directory);
                Socket request = BootChild.send(app, "/job?id=7&ms=60000")) {
            Awaitility.await().atMost(Child.PATIENCE).untilAsserted(() -> {
                try (Child status = stop("--status")) {
                    assertThat(status.awaitExit()).as("%s", status).isZero();
                    assertThat(String.join("\n", status.out()))
                            .contains("last orders")
                            .contains("parts of the context")
                            .contains("GET /job");
                }
            });
        }
    }

    @Test
    void thatItHasStoppedIsInTheLogOfTheExample() {
        try (Child app = BootChild.example(directory)) {
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertThat(app.out())
                    .as("%s", app)
                    .anyMatch(line -> line.startsWith("INFO stop4j: stopped cleanly in "));
        }
    }

    @Test
    void aListenerWhoseBrokerIsGoneIsNamedAndDoesNotKeepTheExample() {
        try (Child app = BootChild.example(
                directory,
                "--spring.profiles.active=kafka",
                "--spring.kafka.bootstrap-servers=127.0.0.1:1")) {
            app.signal("TERM").measureExit("a Kafka listener without a broker");
            assertThat(app.exitCode()).as("%s", app).isZero();
            assertThat(app.errText())
                    .contains("done \"lifecycle org.springframework.kafka.config"
                            + ".internalKafkaListenerEndpointRegistry\"");
        }
    }

    // ---- the last lines of the log

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5/tomcat", "boot-4.1/netty"})
    void logbackHasAllLinesOfTheLastStepAndThatItHasStopped(String lineAndServer) {
        try (Child app = BootChild.appWithPlatformLogging(
                lineAndServer, directory, "--app.last-lines=" + LINES)) {
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertLines(app, "slf4j");
            assertLines(app, "system");
            assertThat(app.out())
                    .as("%s", app)
                    .anyMatch(line -> line.startsWith("INFO stop4j: stopped cleanly in "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5", "boot-4.1"})
    void log4jHasAllLinesOfTheLastStepAndThatItHasStopped(String line) {
        try (Child app =
                BootChild.app(line + "/tomcat.log4j", directory, "--app.last-lines=" + LINES)) {
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertLines(app, "slf4j");
            assertLines(app, "system");
            assertThat(app.out())
                    .as("%s", app)
                    .anyMatch(said -> said.startsWith("INFO stop4j: stopped cleanly in "));
        }
    }

    @Test
    void whatIsLoggedByTheJdksLoggerIsThereWithoutAnotherJar() {
        try (Child app = BootChild.app("boot-3.5/tomcat", directory, "--app.last-lines=" + LINES)) {
            assertThat(app.signal("TERM").awaitExit()).as("%s", app).isZero();
            assertLines(app, "slf4j");
            assertLines(app, "system");
        }
    }

    private static void assertLines(Child app, String logger) {
        for (int i = 0; i < LINES; i++) {
            assertThat(app.out())
                    .as("%s", app)
                    .contains("INFO LastLines: " + logger + " line " + i + ".");
        }
    }

    // ---- what hangs

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5/tomcat", "boot-4.1/tomcat", "boot-4.1/netty"})
    void aPreDestroyThatHangsForEverIsNamedAndTheProcessIsGone(String lineAndServer) {
        try (Child app = BootChild.app(lineAndServer, directory, TIMEOUT, "--app.hangs=true")) {
            Duration took = app.signal("TERM")
                    .measureExit("a @PreDestroy that hangs, timeout 3 s, " + lineAndServer);
            assertThat(took).as("%s", app).isLessThan(GONE);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.out()).contains("interrupted in vain");
            assertThat(String.join("\n", app.out()))
                    .as("the log")
                    .containsPattern("(?s)WARN stop4j: step \"bean hanging\" is over its limit of "
                            + ".*\n\tat [^\n]*\\Q" + HANGS);
            assertThat(app.errText())
                    .as("the report")
                    .containsPattern("(?s)stop: stopped in .*exit code 3.*\n    hung "
                            + "\"bean hanging\" .*\n        at [^\n]*\\Q" + HANGS);
        }
    }

    @Test
    void aPreDestroyThatHangsIsNamedWithItsStackToTheCommand() {
        try (Child app = BootChild.app("boot-3.5/tomcat", directory, TIMEOUT, "--app.hangs=true");
                Child command = stop()) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(1);
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(3);
            assertThat(command.errText() + String.join("\n", command.out()))
                    .containsPattern("(?s)hung \"bean hanging\" .*at [^\n]*\\Q" + HANGS);
        }
    }

    // ---- other ends

    @Test
    void anExitElsewhereClosesTheContextByTheStopAndKeepsItsCode() throws IOException {
        try (Child app = BootChild.app("boot-3.5/tomcat", directory, "--app.exits=true")) {
            assertThat(BootChild.get(app, "/exit?code=7")).endsWith("exits\n");
            assertThat(app.measureExit("an exit elsewhere")).as("%s", app).isLessThan(SOON);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(7);
            assertThat(app.errText())
                    .contains("stop: stopped cleanly in ")
                    .contains("done \"lifecycle webServerStartStop\"")
                    .contains("done \"bean applicationTaskExecutor\"");
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @Test
    void anExitByTheThreadOfARequestDoesNotKeepTheProcess() throws IOException {
        try (Child app = BootChild.app("boot-3.5/tomcat", directory, TIMEOUT, "--app.exits=true");
                Socket request = BootChild.send(app, "/exit?code=7&own=true")) {
            Duration took = app.measureExit("an exit by the thread of a request, timeout 3 s");
            assertThat(took).as("%s", app).isLessThan(GONE);
            // Its own, unless it is halted: Boot's hook goes on to wait for that thread.
            assertThat(app.exitCode()).as("%s", app).isIn(3, 7);
            assertThat(app.errText())
                    .as("what could not end is named")
                    .contains("org.stop4j.spring.apps.Exits.exit(Exits.java:");
        }
    }

    @Test
    void theStatusInTheMiddleOfAStopNamesLifecyclesAndBeans() {
        try (Child app = BootChild.app(
                "boot-3.5/tomcat", directory, "--stop.timeout=60s", "--app.slow=true")) {
            app.signal("TERM").awaitLine("slow begun");
            Awaitility.await().atMost(Child.PATIENCE).untilAsserted(() -> {
                try (Child status = stop("--status")) {
                    assertThat(status.awaitExit()).as("%s", status).isZero();
                    assertThat(String.join("\n", status.out()))
                            .contains("lifecycle webServerStartStop")
                            .contains("lifecycle slow")
                            .contains("bean applicationTaskExecutor");
                }
            });
        }
    }

    @Test
    void theSecondSigtermCutsTheTimeOfALifecycle() {
        try (Child app = BootChild.app(
                "boot-3.5/tomcat", directory, "--stop.timeout=20s", "--app.slow=true")) {
            app.signal("TERM").awaitLine("slow begun");
            long from = System.nanoTime();
            Awaitility.await().until(() -> System.nanoTime() - from > 350_000_000);
            Duration took =
                    app.signal("TERM").measureExit("the second signal, reserves of 2 s and 2 s");
            assertThat(took).as("%s", app).isLessThan(GONE);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(143);
            assertThat(app.errText())
                    .contains("interrupted \"lifecycle slow\"")
                    .contains("at org.stop4j.spring.apps.Slow.stop(Slow.java:")
                    .doesNotContain("did not call back")
                    .contains("done \"lifecycle webServerStartStop\"");
        }
    }
}
