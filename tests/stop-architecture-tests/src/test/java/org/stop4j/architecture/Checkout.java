package org.stop4j.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The files of this project. */
final class Checkout {
    private static final Path ROOT = Path.of(Objects.requireNonNull(
            System.getProperty("stop.basedir"), "system property stop.basedir, set by the build"));

    private Checkout() {}

    static Path file(String name) {
        return ROOT.resolve(name);
    }

    static String name(Path file) {
        return ROOT.relativize(file).toString();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read as UTF-8", e);
        }
    }

    /** The files below a directory whose path, as seen from the root, ends so; none if it does not exist. */
    static List<Path> below(String directory, String ending) {
        Path start = file(directory);
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        try (var files = Files.walk(start)) {
            return files.filter(file -> name(file).endsWith(ending))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files that git has or would add, or nothing if this is no git checkout or there is no git. */
    static Optional<List<Path>> tracked() {
        try {
            Process git = new ProcessBuilder(
                            "git",
                            "-C",
                            ROOT.toString(),
                            "ls-files",
                            "-z",
                            "--cached",
                            "--others",
                            "--exclude-standard")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!git.waitFor(60, TimeUnit.SECONDS) || git.exitValue() != 0 || names.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(List.of(names.split("\0")).stream()
                    .map(Checkout::file)
                    .filter(Files::isRegularFile)
                    .toList());
        } catch (IOException noGit) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
