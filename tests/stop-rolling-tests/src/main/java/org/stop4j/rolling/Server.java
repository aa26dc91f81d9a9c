package org.stop4j.rolling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server to be measured: a program that is started as {@code java ARGUMENTS}, takes a free port and says which: {@code
 * listening on PORT}, or as Spring Boot does; serves {@code /job?id=X&ms=N&bytes=B} (works N ms, answers B bytes that
 * begin with X and a line end) and {@code /ready}; and ends by itself after SIGTERM.
 *
 * @param arguments what {@code java} needs to run it
 */
record Server(String name, Protocol protocol, List<String> arguments) {
    /** A line of Spring Boot, and a server of it; perhaps without the starter, which must lose requests. */
    private static final Pattern BOOT = Pattern.compile("(boot-\\d+\\.\\d+)-([a-z]+(\\.alone)?)");

    private static final String BOOT_MAIN = "org.stop4j.spring.apps.JobApplication";
    private static final String BOOT_PORT = "--server.port=0";
    /** Starting is most of what such a server does here. */
    private static final String BOOT_OPTION = "-XX:TieredStopAtLevel=1";

    /**
     * Reads {@code [PROTOCOL:]WHAT}, where the protocol is http1 if none is named, and WHAT is a jar; or the
     * name of an example, whose jar is {@code examples/WHAT/target/WHAT.jar}; or {@code boot-3.5-tomcat}, with the class
     * path in {@code tests/boot-lines/boot-3.5/target/tomcat}.
     *
     * @throws IllegalArgumentException if there is no such file or protocol
     */
    static Server of(String text, Path root) {
        int colon = text.indexOf(':');
        Protocol protocol = colon < 0 ? Protocol.HTTP1 : Protocol.of(text.substring(0, colon));
        String what = text.substring(colon + 1);
        Matcher boot = BOOT.matcher(what);
        if (boot.matches()) {
            Path lines = root.resolve("tests").resolve("boot-lines");
            Path file = lines.resolve(boot.group(1)).resolve("target").resolve(boot.group(2));
            boolean http2 = protocol == Protocol.H2C;
            return new Server(
                    what,
                    protocol,
                    List.of(
                            BOOT_OPTION,
                            "-cp",
                            classPath(file),
                            BOOT_MAIN,
                            BOOT_PORT,
                            "--server.http2.enabled=" + http2));
        }
        Path jar = what.endsWith(".jar")
                ? Path.of(what)
                : root.resolve("examples").resolve(what).resolve("target").resolve(what + ".jar");
        String name = String.valueOf(existing(jar).getFileName()).replaceFirst("\\.jar$", "");
        return new Server(
                name,
                protocol,
                name.equals("spring-boot")
                        ? List.of(BOOT_OPTION, "-jar", jar.toString(), BOOT_PORT)
                        : List.of("-jar", jar.toString(), "--port=0"));
    }

    private static String classPath(Path file) {
        try {
            return Files.readString(existing(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no " + file + ": build it first");
        }
        return file;
    }

    @Override
    public String toString() {
        return name + " " + protocol.word();
    }
}
