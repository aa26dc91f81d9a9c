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

    private static String main() {
        return "org.stop4j.spring.apps.JobApplication";
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
        List<String> command = new ArrayList<>();
        command.add(Child.javaProgram());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(what);
        command.add("--server.port=0");
        command.add("--spring.main.banner-mode=off");
        command.add("--logging.pattern.console=%level %logger{0}: %msg%n");
        command.addAll(List.of(arguments));
        Child child = Child.program(
                Map.of("STOP_DIR", directory.toString()), command.toArray(String[]::new));
        try {
            child.awaitLine("INFO " + mainOf(what) + ": Started ");
        } catch (Throwable e) {
            child.close();
            throw e;
        }
        return child;
    }

    private static String mainOf(List<String> what) {
        return what.contains("-jar") ? "OrdersApplication" : "JobApplication";
    }

    static int port(Child child) {
        for (String line : child.out()) {
            Matcher said = PORT.matcher(line);
            if (said.find()) {
                return Integer.parseInt(said.group(1));
            }
        }
        throw new AssertionError("no port in the lines of " + child);
    }

    /** Sends a request; whoever closes the socket gives its answer up. */
    static Socket send(Child child, String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(child));
        socket.setSoTimeout((int) Child.PATIENCE.toMillis());
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a request and reads all of its answer. */
    static String get(Child child, String path) throws IOException {
        try (Socket socket = send(child, path)) {
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).as("answer to %s of %s", path, child).startsWith("HTTP/1.1 200");
            return answer;
        }
    }
}
