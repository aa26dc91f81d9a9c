package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Work in flight, and the time in which others learn that no more is to be sent. */
class InFlightTest {
    private static final String KUBERNETES = "KUBERNETES_SERVICE_HOST";

    @TempDir
    private Path directory;

    private static Child start(Child.Builder app) {
        Child child = app.start();
        child.awaitLine("up");
        return child;
    }

    private static Child.Builder app(String... arguments) {
        return Child.fixture("StopApp", arguments);
    }

    @Test
    void whatIsInFlightIsWaitedForAndTheStopIsClean() {
        try (Child app = start(app("--signals", "--work=export:500", "--step=CLOSE/pool:quick"))) {
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out())
                    .containsSubsequence("work done export", "step pool", "stopped CLEAN");
            assertThat(app.errText()).contains("done \"work in flight\" ").contains(", 1 ended");
        }
    }

    @Test
    void whatDoesNotEndIsNamedOnTheScreenOfTheCommandWithItsStack() {
        Map<String, String> place = Map.of("STOP_DIR", directory.toString());
        try (Child app = Child.appAt(
                        directory,
                        "--timeout-ms=2000",
                        "--work=GET /export:deaf",
                        "--step=CLOSE/pool:quick");
                Child command = Child.stop(place)) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(1);
            assertThat(command.errText() + String.join("\n", command.out()))
                    .contains("of 1 still 1 in flight: \"GET /export\" for ")
                    .contains("in work-GET /export")
                    .contains("Fault.deaf(Fault.java:");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(3);
            assertThat(app.out()).contains("step pool");
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theStatusFileNamesWhatIsInFlight() {
        try (Child app = Child.appAt(directory, "--work=GET /export:quick", "--gate")) {
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .untilAsserted(() -> assertThat(read(directory.resolve("process.status")))
                            .contains("\nin-flight=1\n")
                            .containsPattern("\nwork=\\d+\t\twork-GET /export\tGET /export\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the quiet wait

    @Test
    void underKubernetesTheProcessGoesOnServingForAtLeastThreeSeconds() {
        try (Child app = start(app("--signals", "--gate").env(KUBERNETES, "10.0.0.1"))) {
            Duration took = app.signal("TERM").measureExit("stop under Kubernetes, no traffic");
            assertThat(took).isGreaterThan(Duration.ofSeconds(3));
            assertThat(app.exitCode()).as("%s", app).isZero();
            assertThat(app.errText())
                    .containsPattern("done \"quiet wait\" [23]\\.\\d s, quiet after 3\\.\\d s;"
                            + " 0 admitted meanwhile");
        }
    }

    @Test
    void aSecondSignalEndsTheWait() {
        try (Child app = start(app("--signals", "--gate").env(KUBERNETES, "10.0.0.1"))) {
            app.signal("TERM").awaitLine("state DRAINING");
            long from = System.nanoTime();
            // Sooner, it would be the same one again.
            Awaitility.await().until(() -> System.nanoTime() - from > 350_000_000);
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).contains("cut short after ").contains(" by a second signal");
        }
    }

    @Test
    void whoHasNoTrafficDoesNotWaitForItUnderKubernetesEither() {
        try (Child app = start(app("--signals").env(KUBERNETES, "10.0.0.1"))) {
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).doesNotContain("quiet");
        }
    }

    @Test
    void elsewhereThereIsNoWait() {
        try (Child app = start(app("--signals", "--gate"))) {
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.errText()).doesNotContain("quiet");
        }
    }
}
