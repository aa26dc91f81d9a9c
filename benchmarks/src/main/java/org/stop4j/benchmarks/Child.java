package org.stop4j.benchmarks;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process that a measure starts, with exactly the environment it is told; killed when closed. */
final class Child implements AutoCloseable {
    /** Far more than anything here needs: a wait that long has failed. */
    private static final long PATIENCE_SECONDS = 60;

    /** A JVM as an exec'd command is started: C1 alone starts fastest. */
    static final String FAST_START = "-XX:TieredStopAtLevel=1";

    private final List<String> command;
    private final Path errors;
    private final Process process;
    private final BufferedReader lines;
    private final long startedNanos;
    private long endedNanos;

    private Child(Map<String, String> environment, List<String> command) {
        this.command = List.copyOf(command);
        try {
            errors = Files.createTempFile("stop-measure", ".err");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().putAll(environment);
            startedNanos = System.nanoTime();
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static Child start(Map<String, String> environment, List<String> command) {
        return new Child(environment, command);
    }

    /** Runs a program that must exit with 0; returns the nanoseconds from before its start to its end. */
    static long timed(Map<String, String> environment, List<String> command) {
        try (Child child = start(environment, command)) {
            child.awaitExit(0);
            return child.endedNanos - child.startedNanos;
        }
    }

    /** Runs a program that must exit with 0; returns the rest of the line of its errors that begins so. */
    static String said(Map<String, String> environment, List<String> command, String beginning) {
        try (Child child = start(environment, command)) {
            child.awaitExit(0);
            for (String line : Files.readAllLines(child.errors)) {
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length());
                }
            }
            throw child.failed("did not say \"" + beginning + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a program can be run here and exits with 0. */
    static boolean works(List<String> command) {
        try (Child child = start(Map.of(), command)) {
            return child.awaitExit() == 0;
        } catch (UncheckedIOException notThere) {
            return false;
        }
    }

    /** The command line of a class of this package on this JVM's own class path. */
    static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(javaProgram());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A started {@link App}, which is up. */
    static Child app(Map<String, String> environment, String withOrWithout) {
        Child app = start(environment, java(App.class, withOrWithout));
        app.line("up");
        return app;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** The next line of its standard output, which must begin so. */
    String line(String beginning) {
        try {
            String line = CompletableFuture.supplyAsync(this::readLine)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || !line.startsWith(beginning)) {
                throw failed("said \"" + line + "\" instead of \"" + beginning + "\"");
            }
            return line;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw failed("said no \"" + beginning + "\": " + e);
        }
    }

    private @Nullable String readLine() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM and waits for the end, which must be with this exit code; returns how long it took. */
    long terminate(int code) {
        long before = System.nanoTime();
        process.toHandle().destroy(); // by itself, it would close what there is to read
        awaitExit(code);
        return endedNanos - before;
    }

    /** Lets it run on for so long; it must not end meanwhile. */
    void rest(long seconds) {
        try {
            if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw failed("ended with " + process.exitValue() + " while it should run");
            }
        } catch (InterruptedException e) {
            throw failed("interrupted");
        }
    }

    /** Waits for its end; returns the exit code, 128 + n for a signal. */
    int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw failed("did not end within " + PATIENCE_SECONDS + " s");
            }
            endedNanos = System.nanoTime();
        } catch (InterruptedException e) {
            throw failed("interrupted");
        }
        return process.exitValue();
    }

    /** Waits for its end, which must be with this exit code. */
    void awaitExit(int code) {
        int actual = awaitExit();
        if (actual != code) {
            throw failed("ended with " + actual + " instead of " + code);
        }
    }

    /** When it was seen to have ended, in {@link System#nanoTime}. */
    long endedNanos() {
        return endedNanos;
    }

    private IllegalStateException failed(String how) {
        String said;
        try {
            said = Files.readString(errors);
        } catch (IOException e) {
            said = "(unreadable: " + e + ")";
        }
        return new IllegalStateException(command + " " + how + "; on standard error: " + said);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            Files.deleteIfExists(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
