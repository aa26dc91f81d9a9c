package org.stop4j.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Starts the service, keeps 64 connections busy, runs the real {@code stop} command in the middle of it,
 * and prints what became of the requests. Its arguments: the service's jar and the command.
 */
public final class Demo {
    private static final int CONNECTIONS = 64;
    private static final int WARM_UP_REQUESTS = 10 * CONNECTIONS;
    private static final long PATIENCE_SECONDS = 60;

    private Demo() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path control = Files.createTempDirectory("stop-demo");
        boolean good = new Demo().run(Path.of(arguments[0]), Path.of(arguments[1]), control);
        boolean clean = leavesNothing(control);
        System.exit(good && clean ? 0 : 1);
    }

    private boolean run(Path serviceJar, Path command, Path control)
            throws IOException, InterruptedException {
        Process service = start(
                control,
                ProcessBuilder.Redirect.PIPE,
                javaProgram(),
                "-jar",
                serviceJar.toString(),
                "--port=0");
        try (BufferedReader lines = service.inputReader()) {
            int port = port(lines.readLine());
            System.out.println("service: pid " + service.pid() + ", port " + port);

            Counts counts = new Counts();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> clients = connect(port, counts, over);
            while (counts.answeredSoFar() < WARM_UP_REQUESTS && service.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            System.out.println("stop: with " + counts.inFlight() + " requests in flight");

            long start = System.nanoTime();
            Process stop = start(
                    control,
                    ProcessBuilder.Redirect.INHERIT,
                    command.toString(),
                    "--reason",
                    "demo");
            int commandExit = end(stop, "the stop command");
            long commandMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            int serviceExit = end(service, "the service");
            long serviceMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            over.set(true);
            for (Thread client : clients) {
                client.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            }

            counts.print();
            System.out.println(
                    "the command took   " + commandMillis + " ms, exit code " + commandExit);
            System.out.println(
                    "the service ended  after " + serviceMillis + " ms, exit code " + serviceExit);
            return counts.nothingLost() && commandExit == 0 && serviceExit == 0;
        } finally {
            service.destroyForcibly();
        }
    }

    private static List<Thread> connect(int port, Counts counts, AtomicBoolean over) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Thread client = new Thread(new Client(port, i, counts, over), "client-" + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
        return clients;
    }

    private static int port(String line) throws IOException {
        String beginning = "listening on ";
        if (line == null || !line.startsWith(beginning)) {
            throw new IOException("the service did not start; it said: " + line);
        }
        return Integer.parseInt(line.substring(beginning.length()));
    }

    private static Process start(Path control, ProcessBuilder.Redirect output, String... command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("STOP_"));
        builder.environment().put("STOP_DIR", control.toString());
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output)
                .start();
    }

    private static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static int end(Process process, String what) throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(what + " did not end in " + PATIENCE_SECONDS + " s");
        }
        return process.exitValue();
    }

    private static boolean leavesNothing(Path control) throws IOException {
        try {
            Files.delete(control);
            return true;
        } catch (DirectoryNotEmptyException e) {
            System.err.println("files were left behind in " + control);
            return false;
        }
    }
}
