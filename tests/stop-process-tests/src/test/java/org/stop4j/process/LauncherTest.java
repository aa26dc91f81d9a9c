package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * What the launcher makes of its surroundings, seen by a `java` that prints how it was run instead of
 * running anything.
 */
class LauncherTest {
    private static final String VERSION = "17.0.99+1-Test";

    @TempDir
    private Path directory;

    private Installed installed;
    private Path javaHome;

    @BeforeEach
    void install() throws Exception {
        installed = Installed.in(directory);
        javaHome = java("17", VERSION);
    }

    /** A Java that prints `arg [X]` for each of its arguments, and `env [X]` for what it finds set. */
    private Path java(String version, String runtimeVersion) throws Exception {
        Path home = directory.resolve("java-" + version);
        Files.createDirectories(home.resolve("bin"));
        Path program = home.resolve("bin/java");
        Files.writeString(program, """
                #!/bin/sh
                printf 'arg [%s]\\n' "$@"
                env | sed -n 's/^\\(.*JAVA.*OPTIONS\\|JDK_.*\\|CLASSPATH\\)=.*/env [\\1]/p'
                """);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), """
                IMPLEMENTOR="Nobody"
                JAVA_RUNTIME_VERSION="%s"
                JAVA_VERSION="%s"
                """.formatted(runtimeVersion, version));
        return home;
    }

    /** How Java was run, one word a line. */
    private List<String> javaRunBy(Path home, String... options) {
        return javaRun(Map.of("JAVA_HOME", home.toString()), options);
    }

    private List<String> javaRun(Map<String, String> environment, String... options) {
        try (Child stop = installed.run(environment, options)) {
            assertThat(stop.awaitExit()).as("%s", stop).isZero();
            assertThat(stop.err()).isEmpty();
            return stop.out();
        }
    }

    private Path archive(Path in, String version, String kind, String permissions)
            throws Exception {
        Path archive = in.resolve(installed.archiveName(version, kind));
        Files.writeString(archive, "an archive");
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString(permissions));
        return archive;
    }

    private static String used(Path archive) {
        return "arg [-XX:SharedArchiveFile=" + archive + "]";
    }

    // ---- the command line of Java

    @Test
    void argumentsArriveAsTheyAre() {
        assertThat(javaRunBy(javaHome, "--reason", "a  b", "", "*", "$HOME", "it's \"so\"", "-XX"))
                .endsWith(
                        "arg [org.stop4j.cli.Main]",
                        "arg [--reason]",
                        "arg [a  b]",
                        "arg []",
                        "arg [*]",
                        "arg [$HOME]",
                        "arg [it's \"so\"]",
                        "arg [-XX]");
    }

    @Test
    void whatTheApplicationTellsItsJvmDoesNotReachTheCommand() {
        assertThat(javaRun(Map.of(
                        "JAVA_HOME", javaHome.toString(),
                        "JAVA_TOOL_OPTIONS", "-Xmx4g",
                        "JDK_JAVA_OPTIONS", "-Xmx4g",
                        "_JAVA_OPTIONS", "-Xmx4g",
                        "JDK_AOT_VM_OPTIONS", "-Xmx4g",
                        "CLASSPATH", "/app")))
                .noneMatch(line -> line.startsWith("env"));
    }

    @ParameterizedTest
    @CsvSource({
        "17.0.15, G1",
        "21.0.2, G1",
        "24, G1",
        "25, Serial",
        "25.0.3, Serial",
        "26-ea, Serial"
    })
    void theCollectorFollowsTheVersion(String version, String collector) throws Exception {
        Path home = java(version, version + "+1");
        assertThat(javaRunBy(home)).contains("arg [-XX:+Use" + collector + "GC]", "arg [-Xint]");
    }

    @Test
    void aJavaOnThePathIsFollowedToWhereItsVersionIsTold() throws Exception {
        Path archive = archive(installed.lib(), VERSION, "jsa", "rw-r--r--");
        Path bin = Files.createDirectory(directory.resolve("usr-bin"));
        Path alternative = bin.resolve("alternative");
        Files.createSymbolicLink(alternative, javaHome.resolve("bin/java"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of("alternative"));
        assertThat(javaRun(Map.of("JAVA_HOME", "", "PATH", bin + ":/usr/bin:/bin")))
                .contains(used(archive));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../../evil", "17 0", "17\nJAVA_VERSION=x"})
    void aJavaThatDoesNotTellItsVersionIsUsedWithoutAnArchive(String version) throws Exception {
        archive(installed.lib(), VERSION, "jsa", "rw-r--r--");
        Path home = java("", version);
        assertThat(javaRunBy(home, "--quiet"))
                .contains("arg [--quiet]")
                .noneMatch(line -> line.contains("Archive"));
        Files.delete(home.resolve("release"));
        assertThat(javaRunBy(home, "--quiet")).contains("arg [--quiet]");
    }

    @Test
    void aLinkToTheLauncherAndARelativePathWorkAsTheLauncherDoes() throws Exception {
        Path archive = archive(installed.lib(), VERSION, "jsa", "rw-r--r--");
        Path link = directory.resolve("stop");
        Files.createSymbolicLink(link, installed.launcher());
        for (String how : List.of("\"$1\"", "cd \"${1%/*}\"; ./stop", "cd \"${1%/*}\"; sh stop")) {
            try (Child stop = Child.program(
                    Map.of("JAVA_HOME", javaHome.toString()), "sh", "-c", how, "sh", link + "")) {
                assertThat(stop.awaitExit()).as("%s", stop).isZero();
                assertThat(stop.out()).contains(used(archive));
            }
        }
    }

    @Test
    void whatFilesAreInTheDirectoryAtHandChangesNoFlag() throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        Files.createFile(here.resolve("-Xlog:all=error,cds=bogus=off:stderr"));
        try (Child stop = Child.program(
                Map.of("JAVA_HOME", javaHome.toString()),
                "sh",
                "-c",
                "cd \"$1\" && exec \"$2\" --status",
                "sh",
                here.toString(),
                installed.launcher().toString())) {
            assertThat(stop.awaitExit()).as("%s", stop).isZero();
            assertThat(stop.out())
                    .contains("arg [-Xlog:all=error,cds*=off:stderr]", "arg [--status]")
                    .noneMatch(line -> line.contains("bogus"));
        }
    }

    @Test
    void aWrongJavaHomeIsNamed() {
        try (Child stop = installed.run(Map.of("JAVA_HOME", "/nowhere"))) {
            assertThat(stop.awaitExit()).isEqualTo(127);
            assertThat(stop.err())
                    .containsExactly(
                            "stop: JAVA_HOME is \"/nowhere\", but there is no bin/java in it");
        }
    }

    // ---- archives

    @Test
    void anArchiveForThisJavaAndThisJarIsUsed() throws Exception {
        Path archive = archive(installed.lib(), VERSION, "jsa", "rw-r--r--");
        assertThat(javaRunBy(javaHome)).contains(used(archive));
    }

    @Test
    void from25OnItIsAnAotCache() throws Exception {
        Path archive = archive(installed.lib(), "25.0.3+9-LTS", "aot", "rw-r--r--");
        assertThat(javaRunBy(java("25.0.3", "25.0.3+9-LTS")))
                .contains("arg [-XX:AOTCache=" + archive + "]");
    }

    @Test
    void anArchiveForAnotherJavaIsNot() throws Exception {
        archive(installed.lib(), "17.0.98+1-Test", "jsa", "rw-r--r--");
        archive(installed.lib(), VERSION, "aot", "rw-r--r--");
        assertThat(javaRunBy(javaHome)).noneMatch(line -> line.contains("Archive"));
    }

    @Test
    void anArchiveForAJarThatWasReplacedIsNot() throws Exception {
        archive(installed.lib(), VERSION, "jsa", "rw-r--r--");
        Files.setLastModifiedTime(installed.jar(), FileTime.fromMillis(1_700_000_000_000L));
        assertThat(javaRunBy(javaHome)).noneMatch(line -> line.contains("Archive"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-", "rwxrwxrwx", "-w--w--w-"})
    void anArchiveThatOthersCanWriteIsNot(String permissions) throws Exception {
        archive(installed.lib(), VERSION, "jsa", permissions);
        assertThat(javaRunBy(javaHome)).noneMatch(line -> line.contains("Archive"));
    }

    @Test
    void anArchiveOfAnotherUserIsNot() throws Exception {
        Needs.root();
        Path archive = archive(installed.lib(), VERSION, "jsa", "rw-r--r--");
        assertThat(javaRunBy(javaHome)).contains(used(archive));
        Files.setAttribute(archive, "unix:uid", Needs.FOREIGN_UID);
        assertThat(javaRunBy(javaHome)).noneMatch(line -> line.contains("Archive"));
    }

    @Test
    void anArchiveInTheCacheIsUsedOnlyIfNobodyElseCanWriteThere() throws Exception {
        Path cache = Files.createDirectories(directory.resolve("home/.cache/stop"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx------"));
        Path archive = archive(cache, VERSION, "jsa", "rw-r--r--");
        Map<String, String> home = Map.of(
                "JAVA_HOME",
                javaHome.toString(),
                "HOME",
                directory.resolve("home").toString());
        Map<String, String> xdg = Map.of(
                "JAVA_HOME",
                javaHome.toString(),
                "XDG_CACHE_HOME",
                directory.resolve("home/.cache").toString());
        assertThat(javaRun(home)).contains(used(archive));
        assertThat(javaRun(xdg)).contains(used(archive));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(javaRun(home)).noneMatch(line -> line.contains("Archive"));
        if (Needs.isRoot()) {
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx------"));
            Files.setAttribute(cache, "unix:uid", Needs.FOREIGN_UID);
            assertThat(javaRun(home)).noneMatch(line -> line.contains("Archive"));
        }
    }

    // ---- what the launcher does itself

    @Test
    void checkNamesTheJarThatIsMissing() throws Exception {
        Files.deleteIfExists(installed.lib().resolve("stop-check.jar"));
        try (Child stop = installed.run(Map.of(), "check", "pod.yaml")) {
            assertThat(stop.awaitExit()).isEqualTo(2);
            assertThat(stop.err())
                    .containsExactly("stop: no stop-check.jar in " + installed.lib()
                            + ": `stop check` is not part of this installation");
        }
    }

    @Test
    void checkRunsItsOwnJarWithTheArgumentsThatFollow() throws Exception {
        Path jar = installed.lib().resolve("stop-check.jar");
        Files.writeString(jar, "a jar");
        assertThat(javaRunBy(javaHome, "check", "a b.yaml", "--json"))
                .endsWith("arg [-jar]", "arg [" + jar + "]", "arg [a b.yaml]", "arg [--json]");
    }

    @Test
    void prepareTakesNothingBeside() {
        try (Child stop = installed.run(Map.of(), "--prepare", "--quiet")) {
            assertThat(stop.awaitExit()).isEqualTo(2);
            assertThat(stop.err())
                    .containsExactly(
                            "stop: --prepare goes with nothing else; there is also \"--quiet\"");
        }
    }
}
