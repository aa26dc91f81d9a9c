package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One of the two is not there, not yet there, or goes away in the middle. */
class CommandFaultsTest {
    @TempDir
    private Path parent;

    private Path directory;
    private Map<String, String> environment;

    @BeforeEach
    void aPrivatePlace() {
        directory = Needs.ownDirectory(parent, "control", "rwx------");
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child app(String... arguments) {
        return Child.appAt(directory, arguments);
    }

    private void assertNothingIsLeft() {
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void withoutAnApplicationTheCommandSaysSoAtOnceWaitsAndExitsWithFour() {
        try (Child command = Child.stop(environment, "--timeout", "2s")) {
            assertThat(command.awaitErr("no application holds"))
                    .contains(directory.resolve("process.lock").toString());
            assertThat(command.isAlive())
                    .as("it waits for one of an older kind")
                    .isTrue();
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.said()).last().asString().contains("timed out after 2000 ms");
            assertThat(command.out()).isEmpty();
        }
        assertNothingIsLeft();
    }

    @Test
    void noWaitWithoutAnApplicationExitsWithFourAtOnce() {
        try (Child command = Child.stop(environment, "--no-wait", "--timeout", "1440m")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.said()).singleElement().asString().contains("process.lock");
        }
        assertNothingIsLeft();
    }

    @Test
    void theFreeLockOfAKilledApplicationIsExitCodeFourWithoutWaiting() {
        try (Child app = app()) {
            app.signal("KILL");
            assertThat(app.awaitExit()).isEqualTo(137);
        }
        try (Child command = Child.stop(environment, "--timeout", "1440m")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.said())
                    .singleElement()
                    .asString()
                    .contains("no application: nobody holds", "process.lock");
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
        try (Child next = app();
                Child command = Child.stop(environment)) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(next.awaitExit()).isZero();
        }
        assertNothingIsLeft();
    }

    @Test
    void anApplicationThatIsKilledWhileTheCommandWaitsIsExitCodeFourWithoutWaitingOn() {
        String ofTheKilled;
        try (Child app = app("--step=slow:60000");
                Child command = Child.stop(environment, "--timeout", "1440m")) {
            app.awaitLine("step slow");
            app.signal("KILL");
            ofTheKilled = "-" + app.pid() + "-";
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.said())
                    .singleElement()
                    .asString()
                    .contains("pid " + app.pid(), "ended before it answered");
        }
        assertThat(Child.filesIn(directory))
                .as("the killed application's own, a file that it was just writing included")
                .filteredOn(file -> !file.contains(ofTheKilled))
                .containsExactly("process.lock", "process.status");
    }

    @Test
    void aCommandThatIsKilledIsNotHeldForAndTheApplicationFinishes() {
        try (Child app = app("--hold-ms=600000", "--step=one:1500", "--step=two:quick");
                Child command = Child.stop(environment)) {
            app.awaitLine("step one");
            command.signal("KILL");
            assertThat(command.awaitExit()).isEqualTo(137);
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).containsSubsequence("step two", "stopped CLEAN");
        }
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void aCommandThatIsEndedBySignalTakesItsRequestBack(String signal) {
        try (Child command = Child.stopBy(Needs.defaultSignal(signal), environment)) {
            command.awaitErr("no application holds");
            Awaitility.await()
                    .atMost(Child.PATIENCE)
                    .until(() -> Child.filesIn(directory).equals(List.of("process.stop")));
            command.signal(signal);
            int number = Map.of("TERM", 15, "INT", 2, "HUP", 1).getOrDefault(signal, 0);
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(128 + number);
            assertThat(command.said()).last().asString().contains("interrupted");
        }
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx------", "rwxrwxrwx"})
    void anApplicationThatStartsWhileTheCommandRunsIsStopped(String permissions) {
        Path place = Needs.ownDirectory(parent, "place", permissions);
        try (Child command = Child.stop(Map.of("STOP_DIR", place.toString()))) {
            command.awaitErr("no application holds");
            try (Child app = Child.fixture("StopApp", "--command")
                    .env("STOP_DIR", place.toString())
                    .start()) {
                assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
                assertThat(app.awaitExit()).as("%s", app).isZero();
            }
        }
        assertThat(Child.filesIn(place)).isEmpty();
    }

    @Test
    void anApplicationThatStartsWhileTwoCommandsRunAnswersBoth() {
        try (Child one = Child.stop(environment);
                Child two = Child.stop(environment)) {
            one.awaitErr("no application holds");
            two.awaitErr("no application holds");
            try (Child app = Child.fixture("ChannelApp", "two")
                    .env("STOP_DIR", directory.toString())
                    .start()) {
                assertThat(one.awaitExit()).as("%s\n%s", one, app).isZero();
                assertThat(two.awaitExit()).as("%s\n%s", two, app).isZero();
                assertThat(app.awaitExit()).as("%s", app).isZero();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aCommandInDeepSleepIsHeldForUntilTheLimitAndStillGetsItsAnswerWhenItWakes() {
        try (Child app = app("--hold-ms=1200", "--step=slow:800");
                Child command = Child.stop(environment)) {
            app.awaitLine("step slow");
            command.signal("STOP");
            app.awaitLine("stopped CLEAN");
            assertThat(app.isAlive()).as("it holds").isTrue();
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(Child.filesIn(directory)).containsExactly("process.stopped");
            command.signal("CONT");
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.out()).first().asString().contains("stopped cleanly");
        }
        assertNothingIsLeft();
    }

    @Test
    void sigtermEndsTheHoldAtOnceWithExitCodeZero() {
        try (Child app = app("--signals", "--hold-ms=600000", "--step=slow:800");
                Child command = Child.stop(environment)) {
            app.awaitLine("step slow");
            command.signal("STOP");
            app.awaitLine("stopped CLEAN");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            command.signal("CONT");
            assertThat(command.awaitExit()).as("%s", command).isZero();
        }
        assertNothingIsLeft();
    }

    @Test
    void aRequestThatJoinsAStopBySignalIsAnsweredAndHeldForToo() {
        try (Child app = app("--signals", "--hold-ms=600000", "--step=slow:3000")) {
            app.signal("TERM");
            app.awaitLine("step slow");
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.out()).first().asString().contains("signal SIGTERM");
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
        assertNothingIsLeft();
    }
}
