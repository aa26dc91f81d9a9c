package org.stop4j.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One running instance of the service, with a control directory of its own; killed when closed. */
final class Service implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final String name;
    private final Path control;
    private final Process process;
    private final int port;

    /** Starts one and waits until it listens. */
    Service(String name, Path jar, Map<String, String> environment) throws IOException {
        this.name = name;
        control = Files.createTempDirectory("stop-demo");
        List<String> command = List.of(javaProgram(), "-jar", jar.toString(), "--port=0");
        process = start(command, environment, ProcessBuilder.Redirect.PIPE);
        BufferedReader lines = process.inputReader();
        port = port(lines.readLine());
        System.out.println(name + ": pid " + process.pid() + ", port " + port);
    }

    private static int port(String line) throws IOException {
        String beginning = "listening on ";
        if (line == null || !line.startsWith(beginning)) {
            throw new IOException("the service did not start; it said: " + line);
        }
        return Integer.parseInt(line.substring(beginning.length()));
    }

    private static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Process start(
            List<String> command, Map<String, String> environment, ProcessBuilder.Redirect output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("STOP_"));
        builder.environment().put("STOP_DIR", control.toString());
        builder.environment().putAll(environment);
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(output)
                .start();
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it by the command and waits for the end of both; returns whether both exited with 0. */
    boolean stop(Path command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process stop = start(
                List.of(command.toString(), "--reason", "demo"),
                Map.of(),
                ProcessBuilder.Redirect.INHERIT);
        int commandExit = end(stop, "the stop command");
        long commandMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        int serviceExit = end(process, name);
        long serviceMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        System.out.println("the command took   " + commandMillis + " ms, exit code " + commandExit);
        System.out.println(
                "the service ended  after " + serviceMillis + " ms, exit code " + serviceExit);
        boolean leftNothing = leavesNothing();
        return commandExit == 0 && serviceExit == 0 && leftNothing;
    }

    private static int end(Process process, String what) throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(what + " did not end in " + PATIENCE_SECONDS + " s");
        }
        return process.exitValue();
    }

    private boolean leavesNothing() throws IOException {
        try (Stream<Path> left = Files.list(control)) {
            List<Path> files = left.toList();
            files.forEach(file -> System.err.println("left behind: " + file));
            return files.isEmpty();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        try (Stream<Path> left = Files.list(control)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(control);
    }
}
