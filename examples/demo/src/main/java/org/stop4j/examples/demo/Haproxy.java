package org.stop4j.examples.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real haproxy on the loopback address. It tries nothing twice and asks {@code /ready} of each instance
 * twice a second: so it notices up to a second late that one is stopping.
 */
final class Haproxy implements AutoCloseable {
    private static final int INSTANCES = 4;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path directory;
    private final Path admin;
    private final int port;
    private final Process process;
    private int instances;

    /** The program, if there is one on the PATH. */
    static Optional<Path> program() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "haproxy"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts it, in front of nobody yet. */
    Haproxy(Path program) throws IOException, InterruptedException {
        directory = Files.createTempDirectory("stop-demo-haproxy");
        admin = directory.resolve("admin");
        port = freePort();
        Path configuration = Files.writeString(directory.resolve("haproxy.cfg"), configuration());
        process = new ProcessBuilder(program.toString(), "-db", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        long start = System.nanoTime();
        while (!Files.exists(admin)) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS)
                    || System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IOException("haproxy did not start; it said: "
                        + Files.readString(directory.resolve("log")));
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private String configuration() {
        StringBuilder text = new StringBuilder("""
                global
                    stats socket %s mode 600 level admin
                defaults
                    mode http
                    retries 0
                    no option redispatch
                    timeout connect 5s
                    timeout client 30s
                    timeout server 30s
                listen service
                    bind 127.0.0.1:%d
                    balance roundrobin
                    option httpchk GET /ready
                    default-server check inter 500ms fall 2 rise 1
                """.formatted(admin, port));
        for (int i = 1; i <= INSTANCES; i++) {
            text.append("    server instance").append(i).append(" 127.0.0.1:1 disabled\n");
        }
        return text.toString();
    }

    int port() {
        return port;
    }

    /** Leads requests there too, as a controller does that watches a cluster. */
    void add(Service service) throws IOException, InterruptedException {
        instances++;
        String server = "service/instance" + instances;
        tell("set server " + server + " addr 127.0.0.1 port " + service.port());
        tell("set server " + server + " state ready");
        long start = System.nanoTime();
        while (!isUp(instances)) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS)
                    || System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IOException("haproxy never saw " + service.name() + " ready");
            }
        }
    }

    private boolean isUp(int instance) throws IOException {
        return tell("show stat")
                .lines()
                .filter(line -> line.startsWith("service,instance" + instance + ","))
                .anyMatch(line -> line.contains(",UP,") && line.contains(",L7OK,"));
    }

    private String tell(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(admin));
            ByteBuffer line = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            byte[] answer = Channels.newInputStream(channel).readAllBytes();
            return new String(answer, StandardCharsets.US_ASCII);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        for (String file : new String[] {"admin", "haproxy.cfg", "log"}) {
            Files.deleteIfExists(directory.resolve(file));
        }
        Files.delete(directory);
    }
}
