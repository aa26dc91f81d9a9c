package org.stop4j.spring;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker in a process of its own, on loopback, with a directory that is gone when it is. */
abstract class Server implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private final Process process;

    /** Starts it and waits until it takes connections; who has taken one of its ports meanwhile costs an attempt. */
    Server(String name) throws IOException {
        directory = Files.createTempDirectory(name);
        for (int left = 2; ; left--) {
            int own = freePort();
            Process its = start(own, freePort());
            if (comesUp(its, own)) {
                port = own;
                process = its;
                return;
            }
            its.destroyForcibly();
            if (left == 0) {
                throw new IllegalStateException(name + " does not start: " + said());
            }
        }
    }

    /** What it says when it is ready; empty if it says nothing. */
    abstract String ready();

    /** Has what it needs below the directory. */
    abstract ProcessBuilder program(Path directory, int port, int otherPort) throws IOException;

    private Process start(int port, int otherPort) throws IOException {
        ProcessBuilder builder = program(directory, port, otherPort);
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    /** That somebody listens is not enough: another may have been faster to take the port. */
    private boolean comesUp(Process process, int port) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !process.isAlive() || (isTaken(port) && output().contains(ready())));
        return process.isAlive();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    private static boolean isTaken(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort() != port; // otherwise it has met itself
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String said() throws IOException {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    /** The end of what it has said. */
    @Override
    public String toString() {
        try {
            return process + ", port " + port + ": " + said();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final int port() {
        return port;
    }

    /** SIGSTOP: it is there, and answers nothing. */
    final void pause() throws Exception {
        signal("STOP");
    }

    /** SIGCONT. */
    final void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("no process " + process.pid());
        }
    }

    /** SIGKILL. */
    final void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("it is not gone");
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        FileSystemUtils.deleteRecursively(directory);
    }

    /** A program on the PATH; null if there is none. */
    static @Nullable Path onPath(String program) {
        for (String one : System.getenv("PATH").split(":", -1)) {
            Path path = Path.of(one, program);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        return null;
    }
}
