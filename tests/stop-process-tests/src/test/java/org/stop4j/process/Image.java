package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The smallest image of an application: the JRE that {@code jlink} makes of what the library needs, what that
 * is linked with, and the jars. No shell, and no {@code /tmp}.
 */
final class Image {
    private final Path root;

    private Image(Path root) {
        this.root = root;
    }

    /** Makes it in a new directory; skips where a JDK cannot. */
    static Image in(Path parent) throws IOException {
        Path root = Needs.ownDirectory(parent, "image", "rwxr-xr-x");
        Path jre = root.resolve("jre");
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        assumeTrue(Files.isExecutable(jlink), "needs " + jlink);
        Needs.works(
                jlink.toString(),
                "--add-modules=java.base,jdk.unsupported",
                "--no-man-pages",
                "--no-header-files",
                "--output=" + jre);
        Image image = new Image(root);
        for (String folder : List.of("proc", "dev", "control", "app")) {
            Files.createDirectory(root.resolve(folder));
        }
        for (String jar :
                List.of("stop.core.jar", "stop.http.jar", "stop.fixtures.jar", "stop.cli.jar")) {
            Files.copy(Path.of(Child.jar(jar)), root.resolve("app").resolve(jar));
        }
        image.copyWhatItIsLinkedWith(jre);
        return image;
    }

    private void copyWhatItIsLinkedWith(Path jre) throws IOException {
        List<Path> linked;
        try (var all = Files.walk(jre)) {
            linked = all.filter(
                            file -> file.toString().endsWith(".so") || file.endsWith("bin/java"))
                    .toList();
        }
        for (Path binary : linked) {
            try (Child ldd = Child.program(Map.of(), "ldd", binary.toString())) {
                assertThat(ldd.awaitExit()).as("%s", ldd).isZero();
                for (String line : ldd.out()) {
                    // "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)", or the loader without
                    // "=>"
                    String library = line.replaceFirst(".*=>", "").trim().split(" ", 2)[0];
                    if (library.startsWith("/") && !library.startsWith(root.toString())) {
                        copy(Path.of(library));
                    }
                }
            }
        }
    }

    private void copy(Path library) throws IOException {
        Path copy = root.resolve(library.toString().substring(1));
        Files.createDirectories(copy.getParent());
        Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path root() {
        return root;
    }

    /** In the image: the application. */
    static List<String> application(String... arguments) {
        return command(
                List.of(
                        "-cp",
                        "/app/stop.core.jar:/app/stop.http.jar:/app/stop.fixtures.jar",
                        "org.stop4j.fixtures.StopApp"),
                arguments);
    }

    /** In the image: the {@code stop} command. */
    static List<String> stop(String... options) {
        return command(List.of("-jar", "/app/stop.cli.jar"), options);
    }

    private static List<String> command(List<String> what, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/jre/bin/java", "-XX:TieredStopAtLevel=1"));
        command.addAll(what);
        command.addAll(List.of(arguments));
        return command;
    }
}
