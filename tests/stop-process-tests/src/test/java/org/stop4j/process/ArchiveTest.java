package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The archive from which the command starts faster: made by {@code --prepare}, used, and never in the way. */
class ArchiveTest {
    @TempDir
    private Path directory;

    private Installed installed;
    private Path control;

    @BeforeEach
    void install() {
        installed = Installed.in(directory);
        control = Needs.ownDirectory(directory, "control", "rwx------");
    }

    /** Stops an application by the launcher; returns from where the VM has taken the command's main class. */
    private String mainClassComesFrom() throws IOException {
        Path loaded = directory.resolve("loaded");
        Path home = javaThatLogs(loaded);
        Map<String, String> environment =
                Map.of("STOP_DIR", control.toString(), "JAVA_HOME", home.toString());
        try (Child app = Child.appAt(control);
                Child stop = installed.run(environment, "--quiet")) {
            assertThat(stop.awaitExit()).as("%s", stop).isZero();
            assertThat(stop.out()).as("%s", stop).isEmpty();
            assertThat(stop.err()).as("%s", stop).isEmpty();
            assertThat(app.awaitExit()).isZero();
        }
        return Files.readAllLines(loaded).stream()
                .filter(line -> line.contains(" org.stop4j.cli.Main source: "))
                .map(line -> line.substring(line.indexOf("source: ")))
                .findFirst()
                .orElseThrow();
    }

    /** The Java of these tests, which writes down the classes that it loads. */
    private Path javaThatLogs(Path to) throws IOException {
        Path real = Path.of(System.getProperty("java.home"));
        Path home = directory.resolve("java");
        if (!Files.exists(home)) {
            Files.createDirectories(home.resolve("bin"));
            Files.copy(real.resolve("release"), home.resolve("release"));
            Path program = home.resolve("bin/java");
            Files.writeString(program, """
                    #!/bin/sh
                    for flag; do
                        shift
                        case $flag in
                            -cp) set -- "$@" "-Xlog:class+load:file=%s" -cp ;;
                            *) set -- "$@" "$flag" ;;
                        esac
                    done
                    exec "%s" "$@"
                    """.formatted(to, real.resolve("bin/java")));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return home;
    }

    private static void assertFromTheArchive(String source) {
        assertThat(source).contains("shared objects file");
    }

    private static void assertFromTheJar(String source) {
        assertThat(source).contains("stop.jar");
    }

    @Test
    void prepareMakesAnArchiveThatTheNextStopUses() throws Exception {
        assertFromTheJar(mainClassComesFrom());
        installed.prepare();
        assertFromTheArchive(mainClassComesFrom());
    }

    @Test
    void prepareLeavesTheArchiveAndNothingElse() {
        List<String> before = Child.filesIn(installed.lib());
        Path archive = installed.prepare();
        List<String> after = new ArrayList<>(Child.filesIn(installed.lib()));
        assertThat(after.remove(archive.getFileName().toString())).isTrue();
        assertThat(after).isEqualTo(before);
        assertThat(installed.prepare()).isEqualTo(archive);
    }

    @Test
    void nobodyElseCanWriteTheArchive() throws Exception {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(installed.prepare())))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void prepareRemovesTheArchiveOfTheJarBefore() throws Exception {
        Path old = installed.prepare();
        Files.setLastModifiedTime(installed.jar(), FileTime.fromMillis(1_700_000_000_000L));
        assertThat(installed.prepare()).isNotEqualTo(old);
        assertThat(old).doesNotExist();
    }

    @Test
    void aReplacedJarIsRunAndNotTheArchiveOfTheOneBefore() throws Exception {
        installed.prepare();
        Files.setLastModifiedTime(installed.jar(), FileTime.fromMillis(1_700_000_000_000L));
        assertFromTheJar(mainClassComesFrom());
    }

    /** What can happen to a file. */
    enum Damage {
        EMPTY,
        CUT_SHORT,
        RANDOM,
        TEXT,
        A_DIRECTORY,
        UNREADABLE
    }

    @ParameterizedTest
    @EnumSource
    void aUselessArchiveIsNotNoticed(Damage damage) throws Exception {
        Path archive = installed.prepare();
        byte[] content = Files.readAllBytes(archive);
        switch (damage) {
            case EMPTY -> Files.write(archive, new byte[0]);
            case CUT_SHORT -> Files.write(archive, Arrays.copyOf(content, 100_000));
            case RANDOM -> {
                new SplittableRandom(4711).nextBytes(content);
                Files.write(archive, content);
            }
            case TEXT -> Files.writeString(archive, "not an archive");
            case A_DIRECTORY -> {
                Files.delete(archive);
                Files.createDirectory(archive);
            }
            case UNREADABLE ->
                Files.setPosixFilePermissions(
                        archive, PosixFilePermissions.fromString("---------"));
        }
        String source = mainClassComesFrom();
        // Root reads also what nobody may read.
        if (damage == Damage.UNREADABLE && Needs.isRoot()) {
            assertFromTheArchive(source);
        } else {
            assertFromTheJar(source);
        }
    }

    @Test
    void whoCannotWriteBesideTheJarGetsAnArchiveInACacheOfHisOwn() throws Exception {
        List<String> asForeigner = Needs.foreignUser();
        Path home = Needs.directory(directory, "home", "rwxr-xr-x", Needs.FOREIGN_UID);
        Map<String, String> environment = Map.of("HOME", home.toString());
        Path cache = home.resolve(".cache/stop");
        try (Child prepare = installed.runBy(asForeigner, environment, "--prepare")) {
            assertThat(prepare.awaitExit()).as("%s", prepare).isZero();
            assertThat(prepare.out()).first().asString().startsWith("stop: made " + cache);
        }
        assertThat(Installed.archivesIn(installed.lib())).isEmpty();
        assertThat(Installed.archivesIn(cache)).hasSize(1);
        assertThat(Child.filesIn(cache)).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwx------");
    }

    @Test
    void whereNothingCanBeWrittenPrepareSaysSo() {
        List<String> asForeigner = Needs.foreignUser();
        Path home = Needs.ownDirectory(directory, "home", "rwxr-xr-x");
        try (Child prepare =
                installed.runBy(asForeigner, Map.of("HOME", home.toString()), "--prepare")) {
            assertThat(prepare.awaitExit()).as("%s", prepare).isEqualTo(1);
            assertThat(prepare.out()).isEmpty();
            assertThat(prepare.err())
                    .containsExactly(
                            "stop: no archive: " + home.resolve(".cache") + ": permission denied");
        }
    }

    @Test
    void aNormalRunMakesNoArchive() throws Exception {
        assertFromTheJar(mainClassComesFrom());
        assertThat(Installed.archivesIn(installed.lib())).isEmpty();
    }
}
