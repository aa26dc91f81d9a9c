package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The application as process 1 of a PID namespace, which ends with it: as in a container. */
class ContainerTest {
    private static final int RUNS = 5;

    @TempDir
    private Path directory;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void namespaces() {
        Needs.root("unshare", "nsenter");
        Needs.works("unshare", "-pf", "--mount-proc", "true");
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child container(String... arguments) {
        Child container = Child.fixture("StopApp", arguments)
                .by("unshare", "-pf", "--mount-proc", "--kill-child")
                .env("STOP_DIR", directory.toString())
                .start();
        container.awaitLine("up");
        return container;
    }

    /** What {@code kubectl exec} or a preStop hook does: a process more in the application's namespaces. */
    private Child exec(Child container, String... options) {
        String init = Long.toString(init(container).pid());
        return Child.stopBy(List.of("nsenter", "-p", "-m", "-t", init), environment, options);
    }

    /** Its process 1, as it is seen from here. */
    private static ProcessHandle init(Child container) {
        return ProcessHandle.of(container.pid())
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theCommandInTheContainerOfTheApplicationThatItStopsExitsWithZeroEveryTime() {
        for (int run = 0; run < RUNS; run++) {
            try (Child container = container("--command", "--signals");
                    Child command = exec(container, "--reason", "preStop")) {
                assertThat(command.awaitExit())
                        .as("run %s: %s\n%s", run, command, container)
                        .isZero();
                assertThat(command.out()).first().asString().contains("preStop");
                assertThat(container.awaitExit()).as("%s", container).isZero();
                assertThat(container.awaitErr("stopping:")).contains("preStop (pid ");
            }
            assertThat(Child.filesIn(directory)).isEmpty();
        }
    }

    @Test
    void theSigtermOfTheKubeletAfterTheHookFindsTheContainerEndingWithZero() {
        try (Child container = container("--command", "--signals", "--hold-ms=600000");
                Child command = exec(container)) {
            assertThat(command.awaitExit()).as("%s\n%s", command, container).isZero();
            assertThat(container.awaitExit()).as("%s", container).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void theCommandInAnotherPidNamespaceStopsTheApplicationThroughASharedDirectory() {
        try (Child container = container("--command", "--step=one:quick");
                Child command = Child.stopBy(
                        List.of("unshare", "-pf", "--mount-proc", "--kill-child"), environment)) {
            assertThat(command.awaitExit()).as("%s\n%s", command, container).isZero();
            assertThat(container.awaitExit()).as("%s", container).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void
            aCommandThatIsProcessOneInItsContainerIsNotTakenForTheApplicationThatIsProcessOneInAnother() {
        try (Child container = container("--command", "--step=slow:60000");
                Child waiting = Child.stopBy(
                        List.of("unshare", "-pf", "--mount-proc", "--kill-child"),
                        environment,
                        "--timeout=1440m")) {
            container.awaitLine("step slow");
            String pid = Long.toString(init(waiting).pid());
            try (Child command = Child.stop(Map.of(), "--pid", pid, "--status")) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
                assertThat(command.err())
                        .containsExactly(
                                "stop: process " + pid + " does not listen to the stop command");
            }
            pid = Long.toString(init(container).pid());
            try (Child command = Child.stop(Map.of(), "--pid", pid, "--status")) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.out()).first().asString().contains("STOPPING, pid 1, ");
            }
        }
    }

    @Test
    void theCommandInAnotherPidNamespaceSeesTheApplicationDie() {
        try (Child container = container("--command", "--step=slow:60000");
                Child command = Child.stop(environment, "--timeout", "1440m")) {
            container.awaitLine("step slow");
            assertThat(init(container).destroyForcibly()).isTrue();
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.said())
                    .last()
                    .asString()
                    .contains("(pid 1)", "ended before it answered");
        }
    }

    @Test
    void aRestartedContainerWithTheFilesOfTheOneBeforeDoesNotStopAtBirth() {
        try (Child container = container("--command", "--step=slow:60000");
                Child command = Child.stop(environment, "--no-wait")) {
            assertThat(command.awaitExit()).isZero();
            container.awaitLine("step slow");
        }
        // Killed in the middle of its stop, it has left its lock and a status, both of a process 1.
        Awaitility.await()
                .atMost(Child.PATIENCE)
                .until(() ->
                        Child.filesIn(directory).equals(List.of("process.lock", "process.status")));
        try (Child container = container("--command");
                Child command = exec(container)) {
            assertThat(command.awaitExit()).as("%s\n%s", command, container).isZero();
            assertThat(container.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
