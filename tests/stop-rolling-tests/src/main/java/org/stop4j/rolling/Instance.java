package org.stop4j.rolling;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running {@link Server}: a JVM with an environment of its own; killed at the latest when closed. */
final class Instance implements Target, AutoCloseable {
    /** How an instance is asked to end. */
    enum Signal {
        /** SIGTERM: to end in order. */
        TERM,
        /** SIGKILL: the control, which must lose what is in flight. */
        KILL
    }

    /** The variable by which a program tells that it runs in a pod; behind a late balancer it waits. */
    static final Map<String, String> IN_A_CLUSTER = Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1");

    /** How programs say it: those of the examples, and a web server of Spring Boot. */
    private static final Pattern PORT =
            Pattern.compile("^listening on (?<port>\\d+)$| started on port (?<boot>\\d+) \\(http");

    private static final int PATIENCE_SECONDS = 60;
    private static final int READY_POLL_MILLIS = 20;

    private final String name;
    private final Server server;
    private final Path directory;
    private final Process process;
    private final List<String> lines = new ArrayList<>(); // guarded by itself
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final CompletableFuture<Long> endedNanos;

    private Instance(Server server, String name, Map<String, String> environment) {
        this.name = name;
        this.server = server;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(server.arguments());
        try {
            directory = Files.createTempDirectory("stop-rolling");
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // Nothing of this machine's own settings reaches it, STOP_* and TMPDIR least of all.
            builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
            builder.environment().put("STOP_DIR", directory.toString());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        endedNanos = process.onExit().thenApply(ended -> System.nanoTime());
        Thread reader = new Thread(this::read, "rolling-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts one and waits until it is ready. */
    static Instance start(Server server, String name, Map<String, String> environment)
            throws InterruptedException {
        Instance instance = new Instance(server, name, environment);
        try {
            instance.awaitReady();
            return instance;
        } catch (InterruptedException | RuntimeException e) {
            instance.close();
            throw e;
        }
    }

    private void read() {
        try (BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                }
                Matcher said = PORT.matcher(line);
                if (said.find()) {
                    String plain = said.group("port");
                    port.complete(Integer.valueOf(plain == null ? said.group("boot") : plain));
                }
            }
            port.completeExceptionally(new IOException("it ended without saying it"));
        } catch (IOException | NumberFormatException e) {
            port.completeExceptionally(e);
        }
    }

    private void awaitReady() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        get(port, "its port");
        try (Client client = server.protocol().client(this, Reuse.KEPT)) {
            while (!client.ready()) {
                if (process.waitFor(READY_POLL_MILLIS, TimeUnit.MILLISECONDS)
                        || System.nanoTime() - until > 0) {
                    throw new IllegalStateException("was never ready: " + this);
                }
            }
        }
    }

    private <T> T get(CompletableFuture<T> future, String what) throws InterruptedException {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("waited in vain for " + what + ": " + this, e);
        }
    }

    String name() {
        return name;
    }

    @Override
    public int port() {
        return port.join();
    }

    @Override
    public Whereabouts whereabouts(int localPort) {
        return new Whereabouts(name, true);
    }

    /** Sends the signal; returns when, as of {@link System#nanoTime}: the moment before. */
    long signal(Signal signal) {
        long nanos = System.nanoTime();
        if (signal == Signal.TERM) {
            process.destroy();
        } else {
            process.destroyForcibly();
        }
        return nanos;
    }

    /** Waits for the end after a signal; fails after a minute. */
    Stopped awaitEnd(long signalledNanos) throws InterruptedException {
        long ended = get(endedNanos, "its end");
        return new Stopped(name, signalledNanos, ended, process.exitValue());
    }

    @Override
    public String toString() {
        synchronized (lines) {
            return name + ", pid " + process.pid() + ", " + server.arguments() + "\n  "
                    + String.join("\n  ", lines);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
