package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process of a test: started with exactly the environment it is told, its lines collected, killed at
 * the latest when the test ends.
 */
final class Child implements AutoCloseable {
    /** Far more than anything here needs; a wait that long has failed. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private Child(Process process) {
        this(process, true, true);
    }

    private Child(Process process, boolean readsOut, boolean readsErr) {
        this.process = process;
        if (readsOut) {
            readers.add(collect(process.getInputStream(), out));
        }
        if (readsErr) {
            readers.add(collect(process.getErrorStream(), err));
        }
    }

    private static Thread collect(InputStream from, List<String> lines) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader text = new BufferedReader(
                            new InputStreamReader(from, StandardCharsets.UTF_8))) {
                        for (String line = text.readLine(); line != null; line = text.readLine()) {
                            synchronized (lines) {
                                lines.add(line);
                            }
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "test-reader");
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    /** A fixture on the class path. */
    static Builder fixture(String simpleName, String... arguments) {
        return new Builder(simpleName, arguments);
    }

    /** The fixture StopApp, asked by the command at this directory, with these arguments besides; it is up. */
    static Child appAt(Path directory, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--command"));
        all.addAll(List.of(arguments));
        Child app = fixture("StopApp", all.toArray(String[]::new))
                .env("STOP_DIR", directory.toString())
                .start();
        app.awaitLine("up");
        return app;
    }

    /** Any program. */
    static Child program(Map<String, String> environment, String... command) {
        return new Child(launch(environment, List.of(command)));
    }

    /** The same; its standard output is a pipe that nobody reads. */
    static Child programThatNobodyReads(Map<String, String> environment, String... command) {
        return new Child(launch(environment, List.of(command)), false, true);
    }

    /** {@code java -jar stop.jar}, with the options. */
    static Child stop(Map<String, String> environment, String... options) {
        return stopBy(List.of(), environment, options);
    }

    /** The same, run by another command: {@code setpriv …}, {@code nsenter …}. */
    static Child stopBy(List<String> prefix, Map<String, String> environment, String... options) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(javaProgram(), "-XX:TieredStopAtLevel=1", "-jar", jar("stop.cli.jar")));
        command.addAll(List.of(options));
        return new Child(launch(environment, command));
    }

    private static Process launch(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        // Nothing of this machine's own settings reaches a child, STOP_* and TMPDIR least of all.
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Java that runs the tests runs the children. */
    static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A jar that the build has made before these tests, named by a system property. */
    static String jar(String property) {
        String path = System.getProperty(property);
        assertThat(path).as("system property %s, set by the build", property).isNotNull();
        assertThat(Path.of(path))
                .as("run `mvn verify`: these tests need the jars of the build")
                .exists();
        return path;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<String> out() {
        return copy(out);
    }

    List<String> err() {
        return copy(err);
    }

    /** What the command says on standard error besides how the stop goes on. */
    List<String> said() {
        return err().stream()
                .filter(line -> !line.matches("stop: (RUNNING|DRAINING|STOPPING|STOPPED)\\b.*"))
                .toList();
    }

    /** The last line on standard output: with {@code --json}, the result. */
    String lastOut() {
        List<String> lines = out();
        assertThat(lines).as("standard output of %s", this).isNotEmpty();
        return lines.get(lines.size() - 1);
    }

    private static List<String> copy(List<String> lines) {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Waits for a line on standard output that begins so, and returns it. */
    String awaitLine(String beginning) {
        return Awaitility.await("line \"" + beginning + "\" of " + this)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> {
                            List<String> soFar = out();
                            if (!isAlive()) {
                                joinReaders();
                                soFar = out();
                                if (soFar.stream().noneMatch(line -> line.startsWith(beginning))) {
                                    throw new AssertionError(
                                            "ended without \"" + beginning + "\": " + this);
                                }
                            }
                            return soFar.stream()
                                    .filter(line -> line.startsWith(beginning))
                                    .findFirst()
                                    .orElse("");
                        },
                        line -> line.startsWith(beginning));
    }

    /** Waits until so many lines on standard output begin so. */
    void awaitLines(String beginning, int count) {
        Awaitility.await(count + " lines \"" + beginning + "\" of " + this)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> countLines(beginning) >= count);
    }

    long countLines(String beginning) {
        return out().stream().filter(line -> line.startsWith(beginning)).count();
    }

    /** Writes a line to its standard input. */
    Child tell(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + '\n').getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("to " + this, e);
        }
        return this;
    }

    /** Waits for a line on standard error that contains this, and returns it. */
    String awaitErr(String part) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(err())
                        .as("standard error of %s", this)
                        .anyMatch(line -> line.contains(part)));
        return err().stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }

    /** Waits until its standard error, which nobody reads, takes no more: a pipe has 64 KiB. */
    void awaitFullErr() {
        awaitFull(process.getErrorStream());
    }

    /** The same of its standard output. */
    void awaitFullOut() {
        awaitFull(process.getInputStream());
    }

    private void awaitFull(InputStream pipe) {
        Awaitility.await("a full pipe of " + this)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> pipe.available() > 60_000);
    }

    /** Everything on standard error, lines and all. */
    String errText() {
        return String.join("\n", err());
    }

    /** Sends a signal by its name without SIG; to this process alone. */
    Child signal(String name) {
        return signal(name, pid());
    }

    /** Has it stand still: whoever waits for it waits until it is killed. */
    void freeze() {
        signal("STOP");
        // The signal waits for the first of its threads that is given a processor.
        Awaitility.await("all threads of " + this + " stand still")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(threadStates()).containsOnly("T"));
    }

    private List<String> threadStates() throws IOException {
        List<String> states = new ArrayList<>();
        try (var threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                int afterName = stat.lastIndexOf(')') + 2;
                states.add(stat.substring(afterName, afterName + 1));
            }
        }
        return states;
    }

    /** Sends a signal to a process that this one has started. */
    Child signal(String name, long pid) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .waitFor();
            assertThat(code).as("kill -%s", name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    /** Waits for the end, and for the last of its lines; returns the exit code, 128 + n for a signal. */
    int awaitExit() {
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the end of %s", this)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        joinReaders();
        return process.exitValue();
    }

    /** Waits for the end; returns how long that took, which it also prints, as a measurement. */
    Duration measureExit(String what) {
        long from = System.nanoTime();
        awaitExit();
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        System.out.println("measured: " + what + ": " + took.toMillis() + " ms");
        return took;
    }

    int exitCode() {
        return process.exitValue();
    }

    private void joinReaders() {
        for (Thread reader : readers) {
            try {
                reader.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The status of a StopApp that is up, when it has told its last: it is written again only when something happens. */
    static String settledStatus(Path directory) {
        return Awaitility.await("the status of an application at " + directory)
                .atMost(PATIENCE)
                .until(
                        () -> Files.readString(directory.resolve("process.status")),
                        // The last of its triggers.
                        status -> status.contains("the test"));
    }

    /** What is in a directory; a test that ends well leaves nothing. */
    static List<String> filesIn(Path directory) {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "pid " + pid() + " " + process.info().commandLine().orElse("") + "\nout: "
                + String.join("\n     ", out()) + "\nerr: " + String.join("\n     ", err());
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Describes a fixture's JVM. */
    static final class Builder {
        private final String simpleName;
        private final List<String> arguments;
        private final Map<String, String> environment = new HashMap<>();
        private final List<String> options = new ArrayList<>();
        private final List<String> prefix = new ArrayList<>();
        private final List<String> jars = new ArrayList<>();
        private boolean modulePath;
        private boolean readsErr = true;
        private String java = javaProgram();

        private Builder(String simpleName, String... arguments) {
            this.simpleName = simpleName;
            this.arguments = List.of(arguments);
        }

        Builder env(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Options for the JVM. */
        Builder jvm(String... more) {
            options.addAll(List.of(more));
            return this;
        }

        /** A command that runs the JVM: {@code nohup}, {@code setpriv …}, {@code unshare …}. */
        Builder by(String... command) {
            prefix.addAll(List.of(command));
            return this;
        }

        /** Another Java than that of the tests. */
        Builder java(String program) {
            java = program;
            return this;
        }

        /** More jars, from a system property that the build sets. */
        Builder with(String property) {
            jars.add(System.getProperty(property, ""));
            assertThat(jars)
                    .as("system property %s, set by the build", property)
                    .doesNotContain("");
            return this;
        }

        /** Its standard error is a pipe that nobody reads. */
        Builder nobodyReadsErr() {
            readsErr = false;
            return this;
        }

        Builder on(PathKind kind) {
            modulePath = kind == PathKind.MODULE_PATH;
            return this;
        }

        Child start() {
            List<String> path = new ArrayList<>(jars);
            path.addAll(
                    List.of(jar("stop.core.jar"), jar("stop.http.jar"), jar("stop.fixtures.jar")));
            String joined = String.join(":", path);
            List<String> command = new ArrayList<>(prefix);
            command.add(java);
            command.add("-XX:TieredStopAtLevel=1");
            command.addAll(options);
            String main = "org.stop4j.fixtures." + simpleName;
            command.addAll(
                    modulePath
                            ? List.of("-p", joined, "-m", "org.stop4j.fixtures/" + main)
                            : List.of("-cp", joined, main));
            command.addAll(arguments);
            return new Child(launch(environment, command), true, readsErr);
        }
    }

    /** How a fixture finds the library. */
    enum PathKind {
        CLASS_PATH,
        MODULE_PATH
    }
}
