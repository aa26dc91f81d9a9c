package org.stop4j.cli;

import org.stop4j.ControlDirectory;
import org.stop4j.Phase;
import org.stop4j.Stop;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What {@link Prepare} has a JVM do while it notes which classes the command needs: the command, in
 * process, as its launcher runs it. And the other JVM, that of the application which is stopped.
 *
 * <p>It ends by returning from {@code main} and not as {@link Main} does, by {@code Runtime.halt}, with
 * which the VM would write no archive.
 */
final class Training {
    static final String APPLICATION = "application";
    static final String COMMAND = "command";
    /** What the application prints when it can be stopped. */
    static final String UP = "up";

    private static final String NAME = "training";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Training() {}

    /**
     * Runs one side.
     *
     * @param arguments which side, and the control directory
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals(APPLICATION)) {
            beStopped(Path.of(arguments[1]));
        } else {
            stop(arguments[1]);
        }
    }

    private static void beStopped(Path directory) throws InterruptedException {
        Stop stop = Stop.builder()
                .timeout(LIMIT)
                // The command's JVM goes on after the answer, to write down what it has learned.
                .holdLimit(Duration.ofMillis(1))
                .onCommand(ControlDirectory.fromEnvironment().in(directory).named(NAME))
                .start();
        // Takes long enough for the command to show how far the stop is.
        CountDownLatch never = new CountDownLatch(1);
        stop.step(Phase.FINISH, "work", deadline -> never.await(200, TimeUnit.MILLISECONDS));
        System.out.println(UP);
        stop.await();
    }

    /**
     * Uses nothing that a stop does not: 25 loads all that is in an archive at every start, needed or not.
     */
    private static void stop(String directory) throws InterruptedException {
        // As Main has one. (Main itself would end by halting.)
        Thread hook = new Thread("training");
        Runtime.getRuntime().addShutdownHook(hook);
        Runtime.getRuntime().removeShutdownHook(hook);
        PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Main.run(nowhere, nowhere, "--no-such-option");
        Command command = new Command(System.out, System.err, true); // as Main does
        int code = command.run(
                "--dir",
                directory,
                "--name",
                NAME,
                "--timeout",
                LIMIT.toMillis() + "ms",
                "--reason",
                "training");
        if (code != 0) {
            throw new IllegalStateException("the command ended with " + code);
        }
    }
}
