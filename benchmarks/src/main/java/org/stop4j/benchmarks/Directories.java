package org.stop4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Temporary directories of one measure, deleted when it is over. */
final class Directories implements AutoCloseable {
    private static final int SHARED_MODE = 01777;

    private final Path root;

    Directories() {
        try {
            root = Files.createTempDirectory("stop-measure");
            // Others must get through to a shared one.
            Files.setAttribute(root, "unix:mode", 0711);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that only this user can write to. */
    Path ofItsOwn() {
        return make(0700);
    }

    /** One that everybody can write to, as {@code /tmp} is. */
    Path shared() {
        return make(SHARED_MODE);
    }

    private Path make(int mode) {
        try {
            Path directory = Files.createTempDirectory(root, "control");
            Files.setAttribute(directory, "unix:mode", mode);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The environment that names a control directory. */
    static Map<String, String> environment(Path directory) {
        return Map.of("STOP_DIR", directory.toString());
    }

    @Override
    public void close() {
        try (var files = Files.walk(root)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
