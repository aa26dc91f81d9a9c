package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Where one of many stops is played: its processes, its random instants, and what is true of every stop,
 * whatever was injected. All of them share a directory, so that each meets what the one before has left.
 */
final class Stage implements AutoCloseable {
    /** Long enough for everything that happens between the start of a command and its end, mostly. */
    private static final int LONGEST_DELAY_MILLIS = 500;

    private final Path directory;
    private final Random random;
    private final ScheduledExecutorService later;
    private final List<Child> children = new ArrayList<>();
    private final List<Child> applications = new ArrayList<>();
    private final List<Child> commands = new ArrayList<>();
    private final List<Future<?>> signals = new ArrayList<>();

    Stage(Path directory, Random random, ScheduledExecutorService later) {
        this.directory = directory;
        this.random = random;
        this.later = later;
    }

    Path file(String ending) {
        return directory.resolve("process." + ending);
    }

    Path directory() {
        return directory;
    }

    Random random() {
        return random;
    }

    /** Runs a program that must succeed. */
    static void run(String... command) {
        try (Child program = Child.program(Map.of(), command)) {
            assertThat(program.awaitExit()).as("%s", program).isZero();
        }
    }

    /** A tiny application, up; it has a step that takes no time. */
    Child application(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--command", "--signals", "--step=tiny:quick"));
        all.addAll(List.of(arguments));
        Child application = Child.fixture("StopApp", all.toArray(String[]::new))
                .env("STOP_DIR", directory.toString())
                .start();
        children.add(application);
        applications.add(application);
        application.awaitLine("up");
        return application;
    }

    Child command(String... options) {
        Child command = Child.stop(Map.of("STOP_DIR", directory.toString()), options);
        children.add(command);
        commands.add(command);
        return command;
    }

    /** Sends {@code KILL} or {@code TERM} at a random instant, or not, if it has ended before. */
    void signalAtARandomInstant(Child child, String signal) {
        ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
        Runnable send = () -> {
            // Whether it was too late tells its exit code.
            boolean sent = signal.equals("KILL") ? process.destroyForcibly() : process.destroy();
            assertThat(sent || !process.isAlive()).isTrue();
        };
        signals.add(
                later.schedule(send, random.nextInt(LONGEST_DELAY_MILLIS), TimeUnit.MILLISECONDS));
    }

    /** Leaves a file of long ago. */
    void leave(String ending, String content) throws IOException {
        Files.setLastModifiedTime(
                Files.writeString(file(ending), content), FileTime.fromMillis(1_000));
    }

    /** Waits until the application says that it has taken so many requests. */
    void awaitTaken(int requests) {
        Awaitility.await()
                .atMost(Child.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    try (var lines = Files.lines(file("status"))) {
                        return lines.filter(line -> line.startsWith("requests="))
                                .anyMatch(line -> line.split(",").length == requests);
                    }
                });
    }

    /** The exit code of a child, which must be one of these. */
    int exit(Child child, Integer... right) {
        int code = child.awaitExit();
        assertThat(right).as("exit code of %s\namong%s", child, children).contains(code);
        return code;
    }

    /** The application was perhaps not stopped, for nobody was left to ask it: then somebody does. */
    void stopIfStillThere(Child application) {
        if (Files.exists(file("stop")) || application.isAlive()) {
            // It may be stopping already: then this one joins, or finds it gone.
            int code = exit(command("--timeout", "3s"), 0, 4);
            assertThat(code == 0 || !application.isAlive())
                    .as("%s", application)
                    .isTrue();
        }
        exit(application, 0);
    }

    /** Clears what a killed process has left, by a start and a stop as every other. */
    void stopOnceMoreIfSomethingIsLeft() {
        if (!Child.filesIn(directory).isEmpty()) {
            Child application = application();
            exit(command(), 0);
            exit(application, 0);
        }
    }

    /** What is true at the end of every stop. */
    void judge() {
        for (Future<?> signal : signals) {
            if (!signal.cancel(false)) {
                assertThat(signal).as("the signal was sent").succeedsWithin(Child.PATIENCE);
            }
        }
        for (Child application : applications) {
            assertThat(application.countLines("stopped ")).as("%s", application).isLessThan(2);
            if (application.exitCode() == 0) {
                assertThat(application.out()).as("%s", application).contains("stopped CLEAN");
            }
        }
        for (Child command : commands) {
            if (command.exitCode() == 0) {
                assertThat(applications)
                        .as("one that has really stopped, as says %s", command)
                        .anyMatch(application -> application.out().contains("stopped CLEAN"));
            }
            List<String> screen = new ArrayList<>(command.out());
            screen.addAll(command.err());
            assertThat(screen)
                    .as("%s", command)
                    .noneMatch(line -> line.startsWith("\tat ") || line.contains("in thread"));
        }
        assertThat(Child.filesIn(directory)).as("files left by %s", children).isEmpty();
    }

    @Override
    public void close() {
        children.forEach(Child::close);
    }
}
