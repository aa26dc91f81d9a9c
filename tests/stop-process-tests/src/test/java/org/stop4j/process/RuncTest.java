package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Real containers: the application as process 1 of an image that holds a JRE and the jars alone, that cannot
 * be written to and has no {@code /tmp}, run by a user who is not root and has no entry anywhere.
 */
class RuncTest {
    private static final int RUNS = 5;

    @TempDir
    private static Path parent;

    private static Image image;

    @BeforeAll
    static void anImage() throws IOException {
        Needs.root("runc", "ldd");
        image = Image.in(parent);
        // Where control groups or namespaces are forbidden, runc says so here.
        try (Container trial =
                Container.start(parent, image, List.of("/jre/bin/java", "-version"))) {
            trial.process().awaitExit();
            assumeTrue(
                    trial.process().exitCode() == 0,
                    () -> "runc does not work here: " + trial.process());
        }
    }

    private static Container up(String... arguments) throws IOException {
        Container container = Container.start(parent, image, Image.application(arguments));
        container.process().awaitLine("up");
        return container;
    }

    @Test
    void theHookOfTheContainerThatItStopsExitsWithZeroEveryTimeAndSoDoesTheContainer()
            throws IOException {
        for (int run = 0; run < RUNS; run++) {
            try (Container container = up("--command", "--signals", "--step=one:quick");
                    Child hook = container.exec(Image.stop("--reason", "preStop"))) {
                assertThat(hook.awaitExit())
                        .as("run %s: %s\n%s", run, hook, container.process())
                        .isZero();
                assertThat(hook.out()).first().asString().contains("preStop");
                assertThat(container.process().awaitExit())
                        .as("%s", container.process())
                        .isZero();
            }
        }
    }

    @Test
    void aHookThatDoesNotWaitExitsWithZeroAndTheContainerTakesItsTimeToStop() throws IOException {
        try (Container container = up("--command", "--signals", "--step=slow:300");
                Child hook = container.exec(Image.stop("--no-wait"))) {
            assertThat(hook.awaitExit()).as("%s\n%s", hook, container.process()).isZero();
            assertThat(container.process().awaitExit())
                    .as("%s", container.process())
                    .isZero();
        }
    }

    @Test
    void theHookTellsThatAStepHasFailed() throws IOException {
        try (Container container = up("--command", "--step=bad:throw");
                Child hook = container.exec(Image.stop())) {
            assertThat(hook.awaitExit()).as("%s\n%s", hook, container.process()).isEqualTo(1);
            assertThat(String.join("\n", hook.out())).contains("failed \"bad\"");
            assertThat(container.process().awaitExit())
                    .as("%s", container.process())
                    .isEqualTo(1);
        }
    }

    @Test
    void theCommandInAnotherContainerStopsTheApplicationThroughASharedDirectory()
            throws IOException {
        Path shared = Needs.directory(parent, "shared", "rwx------", Needs.FOREIGN_UID);
        try (Container application = Container.startAt(
                shared, parent, image, Image.application("--command", "--step=one:quick"))) {
            application.process().awaitLine("up");
            try (Container other =
                    Container.startAt(shared, parent, image, Image.stop("--reason", "sidecar"))) {
                assertThat(other.process().awaitExit())
                        .as("%s\n%s", other.process(), application.process())
                        .isZero();
                assertThat(other.process().out()).first().asString().contains("sidecar");
            }
            assertThat(application.process().awaitExit()).isZero();
        }
        assertThat(Child.filesIn(shared)).isEmpty();
    }

    @Test
    void theCommandInAnotherContainerSeesThatTheContainerOfTheApplicationWasKilled()
            throws IOException {
        Path shared = Needs.directory(parent, "doomed", "rwx------", Needs.FOREIGN_UID);
        try (Container application = Container.startAt(
                shared, parent, image, Image.application("--command", "--step=slow:60000"))) {
            application.process().awaitLine("up");
            try (Container other =
                    Container.startAt(shared, parent, image, Image.stop("--timeout", "1440m"))) {
                application.process().awaitLine("step slow");
                application.kill("KILL");
                assertThat(other.process().awaitExit())
                        .as("%s", other.process())
                        .isEqualTo(4);
                assertThat(other.process().errText())
                        .contains("(pid 1)", "ended before it answered");
            }
        }
    }

    @Test
    void whereThereIsNoDirectoryAtAllTheHookSaysSoAndSigtermStopsAllTheSame() throws IOException {
        try (Container container = Container.startNowhere(
                parent, image, Image.application("--command", "--signals"))) {
            container.process().awaitLine("up");
            assertThat(container.process().awaitErr("/tmp")).contains("does not exist", "STOP_DIR");
            try (Child hook = container.exec(Image.stop())) {
                assertThat(hook.awaitExit()).as("%s", hook).isEqualTo(5);
                assertThat(hook.errText()).contains("/tmp does not exist");
            }
            container.kill("TERM");
            assertThat(container.process().awaitExit())
                    .as("%s", container.process())
                    .isZero();
        }
    }
}
