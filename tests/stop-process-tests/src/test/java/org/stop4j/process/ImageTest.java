package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The image: the command with a Java of its own. */
class ImageTest {
    private static final long LARGEST = 40_000_000L;

    @TempDir
    private Path directory;

    private final Path image = Path.of(System.getProperty("stop.image", ""));

    @BeforeEach
    void needsAnImage() {
        assumeTrue(
                Files.isExecutable(image.resolve("bin/java")),
                "there is no " + image + ": the JDK of this build has no jlink");
    }

    private static long size(Path of) {
        try (Stream<Path> files = Files.walk(of)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theImageWithoutItsArchiveIsUnder40Megabytes() {
        Needs.programs("strip");
        long all = size(image);
        long archives = Installed.archivesIn(image.resolve("lib")).stream()
                .mapToLong(ImageTest::size)
                .sum();
        System.out.println("measured: image: " + all + " bytes, " + archives
                + " of them for its archive, on JDK " + Runtime.version());
        assertThat(all - archives).isLessThan(LARGEST);
    }

    @Test
    void theImageHasAnArchive() {
        assertThat(Installed.archivesIn(image.resolve("lib"))).hasSize(1);
    }

    @Test
    void theImageStopsAnApplicationWhereThereIsNoOtherJava() throws Exception {
        // A JAVA_HOME of the application is not the image's.
        Map<String, String> environment = Map.of(
                "STOP_DIR", directory.toString(),
                "PATH", Files.createDirectory(directory.resolve("tools")).toString(),
                "JAVA_HOME", "/nowhere");
        for (String tool : new String[] {"stat", "readlink"}) {
            Files.createSymbolicLink(
                    directory.resolve("tools").resolve(tool), Path.of("/usr/bin", tool));
        }
        try (Child app = Child.appAt(directory);
                Child stop = Child.program(
                        environment, image.resolve("bin/stop").toString(), "--quiet")) {
            assertThat(stop.awaitExit()).as("%s", stop).isZero();
            assertThat(stop.err()).as("%s", stop).isEmpty();
            assertThat(app.awaitExit()).isZero();
        }
    }
}
