package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the build has put together for installing, copied into a directory of the test; without its archive. */
final class Installed {
    /** The file names of archives. */
    private static final List<String> ARCHIVES = List.of(".jsa", ".aot");

    private final Path root;

    private Installed(Path root) {
        this.root = root;
    }

    /** Copies it; all may read it. */
    static Installed in(Path directory) {
        Path built = Path.of(Child.jar("stop.dist"));
        Path root = Needs.ownDirectory(directory, "opt", "rwxr-xr-x");
        try (Stream<Path> files = Files.walk(built)) {
            for (Path file : files.toList()) {
                Path copy = root.resolve(built.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (!isArchive(file)) {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            Files.setPosixFilePermissions(
                    root.resolve("lib"), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Installed(root);
    }

    private static boolean isArchive(Path file) {
        return ARCHIVES.stream().anyMatch(file.toString()::endsWith);
    }

    Path launcher() {
        return root.resolve("bin/stop");
    }

    Path lib() {
        return root.resolve("lib");
    }

    Path jar() {
        return lib().resolve("stop.jar");
    }

    /** The archives in a directory. */
    static List<Path> archivesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Installed::isArchive).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name that an archive for this Java and the jar as it is must have. */
    String archiveName(String javaVersion, String kind) {
        try {
            long seconds = Files.getLastModifiedTime(jar()).toMillis() / 1_000;
            return "stop-" + javaVersion + "-" + Files.size(jar()) + "-" + seconds + "." + kind;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it, with the Java of these tests unless the environment names another. */
    Child run(Map<String, String> environment, String... options) {
        return runBy(List.of(), environment, options);
    }

    Child runBy(List<String> prefix, Map<String, String> environment, String... options) {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        all.putIfAbsent("HOME", root.toString());
        List<String> command = new ArrayList<>(prefix);
        command.add(launcher().toString());
        command.addAll(List.of(options));
        return Child.program(all, command.toArray(String[]::new));
    }

    /** Makes the archive for the Java of these tests; returns it. */
    Path prepare() {
        try (Child prepare = run(Map.of(), "--prepare")) {
            assertThat(prepare.awaitExit()).as("%s", prepare).isZero();
            List<Path> made = archivesIn(lib());
            assertThat(made).as("%s", prepare).hasSize(1);
            assertThat(prepare.out()).first().asString().contains(made.get(0).toString());
            assertThat(Files.isRegularFile(made.get(0), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
            return made.get(0);
        }
    }
}
