package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What an earlier run left behind neither stops the next one nor counts as its answer. */
class StaleFilesTest {
    private static final String DEAD_REQUEST = "stop4j 1 request\nid=dead-1\npid=1\ntimeout-ms=1\n";
    private static final String OTHERS_ANSWER = """
            stop4j 1 stopped
            instance=old
            pid=1
            outcome=CLEAN
            summary=stopped cleanly long ago
            requests=dead-1,dead-2
            """;

    @TempDir
    private Path directory;

    private Map<String, String> environment;

    @BeforeEach
    void thePlace() {
        environment = Map.of("STOP_DIR", directory.toString());
    }

    /** Everything an earlier run can have left. */
    private void leave(String request, String answer) throws IOException {
        Files.writeString(directory.resolve("process.stop"), request);
        Files.writeString(directory.resolve("process.stopped"), answer);
        Files.writeString(directory.resolve("process.ack"), "stop4j 1 ack\nid=dead-1\n");
        Files.writeString(
                directory.resolve("process.status"), "stop4j 1 status\nrequests=dead-1\n");
        Files.writeString(directory.resolve("process.lock"), "");
        Files.writeString(directory.resolve("process.dead-1.tmp"), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", DEAD_REQUEST, DEAD_REQUEST + "instance=another\n", "garbage"})
    void staleFilesDoNotStopTheNextStartAndAreRemoved(String request) throws IOException {
        leave(request, request.isEmpty() ? "" : OTHERS_ANSWER);
        // Made right before: as near to the start as it can be from outside.
        try (Child app = Child.fixture("StopApp", "--command", "--step=one:quick")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
            // The application looks at requests in order: had it taken the stale one, it would say
            // so.
            try (Child command = Child.stop(environment, "--reason", "the live one")) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                assertThat(command.out()).first().asString().contains("the live one");
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", OTHERS_ANSWER})
    void aStaleAnswerIsNeverSuccessWithoutAnApplication(String answer) throws IOException {
        Files.writeString(directory.resolve("process.stopped"), answer);
        try (Child command = Child.stop(environment, "--timeout", "700ms")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.out()).isEmpty();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", OTHERS_ANSWER})
    void aStaleAnswerIsNeverSuccessWhileTheApplicationStillStops(String answer) throws IOException {
        try (Child app = Child.fixture("StopApp", "--command", "--step=slow:60000")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            Files.writeString(directory.resolve("process.stopped"), answer);
            try (Child command = Child.stop(environment, "--timeout", "1500ms")) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(3);
                assertThat(command.said()).last().asString().contains("has not finished");
            }
        }
    }

    @Test
    void anAnswerToAnotherRequestIsNotSuccessHoweverFreshItIs() throws IOException {
        try (Child app = Child.fixture("StopApp", "--command", "--step=slow:60000")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child command = Child.stop(environment, "--timeout", "2500ms")) {
                app.awaitLine("step slow");
                Path fresh = Files.writeString(directory.resolve("fresh"), OTHERS_ANSWER);
                Files.move(fresh, directory.resolve("process.stopped"));
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(3);
                assertThat(command.out()).isEmpty();
            }
        }
    }

    @Test
    void garbageInThePlaceOfTheAnswerIsSaidOnceAndReplacedByTheAnswer() throws IOException {
        try (Child app = Child.fixture("StopApp", "--command", "--step=slow:1500")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child command = Child.stop(environment)) {
                app.awaitLine("step slow");
                Path fresh = Files.writeString(directory.resolve("fresh"), "garbage\n");
                Files.move(fresh, directory.resolve("process.stopped"));
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains("process.stopped is not in the format of the stop protocol");
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
