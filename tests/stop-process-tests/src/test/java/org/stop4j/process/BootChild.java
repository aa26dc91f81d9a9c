package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Applications of Spring Boot as processes; what they log comes as {@code LEVEL LOGGER: MESSAGE}. */
final class BootChild {
    private static final Pattern PORT = Pattern.compile(" started on port (\\d+) ");

    private static final String APPS = "org.stop4j.spring.apps.";

    private BootChild() {}

    /** The example, up, asked by the command at this directory. */
    static Child example(Path directory, String... arguments) {
        return up(directory, List.of("-jar", Child.jar("stop.spring.boot.jar")), arguments);
    }

    /** The application of the rolling tests on a line and a server, {@code boot-3.5/tomcat}, up. */
    static Child app(String lineAndServer, Path directory, String... arguments) {
        return up(directory, List.of("-cp", classPath(lineAndServer), main()), arguments);
    }

    /** The same; what is logged by the JDK's logger goes to SLF4J directly. */
    static Child appWithPlatformLogging(String lineAndServer, Path directory, String... arguments) {
        String path = Child.jar("stop.platform.logging.jar") + ':' + classPath(lineAndServer);
        return up(directory, List.of("-cp", path, main()), arguments);
    }

    /** The same as another main class, {@code Parts}, which is up when it says so in a line that begins so. */
    static Child app(
            String lineAndServer, String main, String upWith, Path directory, String... arguments) {
        List<String> what = List.of("-cp", classPath(lineAndServer), APPS + main);
        return up(Child.program(environment(directory), command(what, arguments)), upWith);
    }

    /** With devtools, and whatever is made in a directory makes it begin anew. */
    static Child appWithDevtools(String line, Path directory, Path watched) {
        String classes = Child.jar("stop.boot.apps.classes") + "/:";
        List<String> what = List.of(
                "-Dspring.devtools.restart.enabled=true",
                "-cp",
                classes + classPath(line + "/tomcat.devtools"),
                main());
        return up(
                directory,
                what,
                "--spring.devtools.restart.additional-paths=" + watched,
                "--spring.devtools.restart.poll-interval=100ms",
                "--spring.devtools.restart.quiet-period=50ms");
    }

    /** Not up yet, and what it says on standard output is read by nobody. */
    static Child appThatNobodyReads(String lineAndServer, Path directory, String... arguments) {
        List<String> what = List.of("-cp", classPath(lineAndServer), main());
        return Child.programThatNobodyReads(environment(directory), command(what, arguments));
    }

    /** A database in a process of its own, which has no data. */
    static Database database(String line) {
        Child process = Child.program(
                Map.of(),
                Child.javaProgram(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(line + "/tomcat.jdbc"),
                "org.h2.tools.Server",
                "-tcp",
                "-tcpPort",
                "0",
                "-ifNotExists");
        try {
            String said = process.awaitLine("TCP server running at ");
            Matcher port = Pattern.compile("tcp://[^ ]*:(\\d+) ").matcher(said);
            assertThat(port.find()).as(said).isTrue();
            return new Database(
                    process, "jdbc:h2:tcp://127.0.0.1:" + port.group(1) + "/mem:ledger");
        } catch (Throwable e) {
            process.close();
            throw e;
        }
    }

    record Database(Child process, String url) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    private static String main() {
        return APPS + "JobApplication";
    }

    private static String classPath(String lineAndServer) {
        String[] parts = lineAndServer.split("/", 2);
        Path file = Path.of(Child.jar("stop.boot.lines"), parts[0], "target", parts[1]);
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("run `mvn verify`: it makes the class paths", e);
        }
    }

    private static Child up(Path directory, List<String> what, String... arguments) {
        return up(
                Child.program(environment(directory), command(what, arguments)),
                "INFO " + mainOf(what) + ": Started ");
    }

    private static Child up(Child child, String upWith) {
        try {
            child.awaitLine(upWith);
        } catch (Throwable e) {
            child.close();
            throw e;
        }
        return child;
    }

    private static Map<String, String> environment(Path directory) {
        return Map.of("STOP_DIR", directory.toString());
    }

    private static String[] command(List<String> what, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Child.javaProgram());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(what);
        command.add("--server.port=0");
        command.add("--spring.main.banner-mode=off");
        command.add("--logging.pattern.console=%level %logger{0}: %msg%n");
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    private static String mainOf(List<String> what) {
        return what.contains("-jar") ? "OrdersApplication" : "JobApplication";
    }

    static int port(Child child) {
        return ports(child).get(0);
    }

    /** All it has listened on by now, in the order in which it says so. */
    static List<Integer> ports(Child child) {
        List<Integer> ports = new ArrayList<>();
        for (String line : child.out()) {
            Matcher said = PORT.matcher(line);
            if (said.find()) {
                ports.add(Integer.parseInt(said.group(1)));
            }
        }
        assertThat(ports).as("the ports in the lines of %s", child).isNotEmpty();
        return ports;
    }

    /** Sends a request; whoever closes the socket gives its answer up. */
    static Socket send(Child child, String path) throws IOException {
        return send(port(child), "GET", path);
    }

    private static Socket send(int port, String method, String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Child.PATIENCE.toMillis());
        socket.getOutputStream()
                .write((method + " " + path
                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a request and reads all of its answer. */
    static String get(Child child, String path) throws IOException {
        try (Socket socket = send(child, path)) {
            return answer(socket, child);
        }
    }

    /** Sends a POST without a body, and reads all of its answer. */
    static String post(Child child, int port, String path) throws IOException {
        try (Socket socket = send(port, "POST", path)) {
            return answer(socket, child);
        }
    }

    /** All of the answer, which is a good one. */
    static String answer(Socket request, Child child) throws IOException {
        String answer = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).as("an answer of %s", child).startsWith("HTTP/1.1 200");
        return answer;
    }
}
