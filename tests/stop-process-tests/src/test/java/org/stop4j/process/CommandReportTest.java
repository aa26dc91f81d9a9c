package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code stop --report FILE}: a whole page or none, and nothing asked unless it can be written. */
class CommandReportTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path pages;

    private Map<String, String> environment;
    private Path page;

    @BeforeEach
    void thePlace() {
        environment = Map.of("STOP_DIR", directory.toString());
        page = pages.resolve("stop.html");
    }

    private Child stop(String... more) {
        return stopTo(page, more);
    }

    private Child stopTo(Path file, String... more) {
        List<String> options = new ArrayList<>(List.of("--report", file.toString()));
        options.addAll(List.of(more));
        return Child.stop(environment, options.toArray(String[]::new));
    }

    /** The page is there and whole, and nothing else is. */
    private void assertPage(String... words) throws IOException {
        assertThat(Child.filesIn(pages)).containsExactly("stop.html");
        assertThat(Files.readString(page))
                .startsWith("<!DOCTYPE html>")
                .endsWith("</html>\n")
                .contains(words);
    }

    @ParameterizedTest
    @CsvSource({
        "quick, 0, CLEAN, Stopped cleanly",
        "throw, 1, FAILED, java.lang.IllegalStateException: as told",
        "hang, 1, FORCED, Stopped by force"
    })
    void theReportIsWrittenAsAPageHoweverTheStopCameOut(
            String what, int code, String outcome, String words) throws IOException {
        try (Child app = Child.appAt(directory, "--timeout-ms=1500", "--step=one:" + what);
                Child command = stop()) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(code);
            assertThat(command.out()).first().asString().startsWith("stopped ");
            assertThat(command.said()).isEmpty();
            app.awaitExit();
        }
        assertPage(outcome, words, ">one<");
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    @Test
    void whatTheCommandPrintsIsTheSameWithAReport() throws IOException {
        try (Child app = Child.appAt(directory, "--step=one:quick");
                Child command = stop("--json")) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            String json = command.lastOut();
            assertThat(JsonText.at(json, "report", "outcome")).isEqualTo("CLEAN");
            app.awaitExit();
        }
        assertPage("CLEAN");
    }

    @Test
    void aFileOfThisUserIsReplacedAndItsLinksAreNotTouched() throws IOException {
        Files.writeString(page, "yesterday's");
        Path other =
                Files.createLink(directory.resolveSibling(directory.getFileName() + "-link"), page);
        try (Child app = Child.appAt(directory, "--step=one:quick");
                Child command = stop()) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            app.awaitExit();
            assertPage("CLEAN");
            assertThat(other).hasContent("yesterday's");
        } finally {
            Files.delete(other);
        }
    }

    @Test
    void aRelativeFileIsMadeInTheWorkingDirectory() throws IOException {
        List<String> there = List.of("sh", "-c", "cd \"$0\" && exec \"$@\"", pages.toString());
        try (Child app = Child.appAt(directory, "--step=one:quick");
                Child command = Child.stopBy(there, environment, "--report=stop.html")) {
            assertThat(command.awaitExit()).as("%s", command).isZero();
            app.awaitExit();
        }
        assertPage("CLEAN");
    }

    @Test
    void withoutAnApplicationThereIsNoPageAndTheExitCodeIsTheSame() {
        try (Child command = stop("--timeout=300ms")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(4);
            assertThat(command.said())
                    .last()
                    .isEqualTo("stop: there is no report to write to " + page);
        }
        assertThat(Child.filesIn(pages)).isEmpty();
    }

    @Test
    void afterATimeoutThereIsNoPageAndWhatWasThereStays() throws IOException {
        Files.writeString(page, "yesterday's");
        try (Child app = Child.appAt(directory, "--step=slow:30000");
                Child command = stop("--timeout=500ms")) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(3);
            assertThat(command.said())
                    .last()
                    .isEqualTo("stop: there is no report to write to " + page);
            assertThat(app.isAlive()).isTrue();
        }
        assertThat(page).hasContent("yesterday's");
        assertThat(Child.filesIn(pages)).containsExactly("stop.html");
    }

    @Test
    void anApplicationOfTheOlderKindHasNoReportAndTheStopCountsAllTheSame() {
        try (Child app =
                Child.fixture("LegacyApp").env("TMPDIR", directory.toString()).start()) {
            app.awaitLine("up");
            try (Child command = stop()) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.said())
                        .last()
                        .isEqualTo("stop: there is no report to write to " + page);
            }
        }
        assertThat(Child.filesIn(pages)).isEmpty();
    }

    // ---- refused before anything is asked

    /** Exit code 2 and the cause; the application knows of nothing, and all is as it was. */
    private void assertRefused(List<String> prefix, Path file, String cause) {
        List<String> before = Child.filesIn(pages);
        try (Child app = Child.appAt(directory, "--step=one:quick");
                Child command = Child.stopBy(prefix, environment, "--report", file.toString())) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(2);
            assertThat(command.out()).isEmpty();
            assertThat(command.said())
                    .containsExactly(
                            "stop: --report is \"" + file + "\", but " + cause
                                    + "; allowed: a new file, or a regular file of this user,"
                                    + " in a directory that can be written to",
                            "stop: see stop --help");
            assertThat(app.out()).containsExactly("up");
            assertThat(app.isAlive()).isTrue();
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
        }
        assertThat(Child.filesIn(pages)).isEqualTo(before);
    }

    @Test
    void aMissingDirectoryIsRefused() {
        Path gone = pages.resolve("gone");
        assertRefused(List.of(), gone.resolve("stop.html"), gone + ": no such directory");
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
        Path file = Files.createFile(pages.resolve("file"));
        assertRefused(List.of(), file.resolve("stop.html"), file + ": not a directory");
    }

    @Test
    void aDirectoryIsRefused() throws IOException {
        Files.createDirectory(page);
        assertRefused(List.of(), page, page + ": is a directory");
    }

    @Test
    void aSymbolicLinkIsRefusedWhereverItLeads() throws IOException {
        Path other = Files.writeString(
                directory.resolveSibling(directory.getFileName() + "-other"), "not ours to write");
        try {
            Files.createSymbolicLink(page, other);
            assertRefused(List.of(), page, page + ": is a symbolic link");
            assertThat(other).hasContent("not ours to write");
            Files.delete(page);
            Files.createSymbolicLink(page, pages.resolve("nowhere"));
            assertRefused(List.of(), page, page + ": is a symbolic link");
        } finally {
            Files.delete(other);
        }
    }

    @Test
    void aFifoIsRefusedUnopened() {
        Needs.works("mkfifo", page.toString());
        assertRefused(List.of(), page, page + ": is not a regular file");
    }

    @Test
    void aFileOfAnotherUserIsRefused() throws IOException {
        Needs.root();
        Files.createFile(page);
        Files.setAttribute(page, "unix:uid", Needs.FOREIGN_UID);
        assertRefused(
                List.of(), page, page + ": belongs to another user, uid " + Needs.FOREIGN_UID);
    }

    @Test
    void aDirectoryThatCannotBeWrittenToIsRefused() throws IOException {
        List<String> foreigner = Needs.foreignUser();
        Files.setPosixFilePermissions(pages, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertRefused(foreigner, page, pages + ": permission denied");
    }

    // ---- what happens meanwhile

    @Test
    void aLinkThatAppearsMeanwhileIsNotFollowedAndTheStopsExitCodeStays() throws IOException {
        Path go = directory.resolveSibling(directory.getFileName() + "-go");
        Path other = Files.writeString(
                directory.resolveSibling(directory.getFileName() + "-other"), "not ours to write");
        try (Child app = Child.appAt(directory, "--step=one:until-" + go);
                Child command = stop()) {
            app.awaitLine("step one"); // it has been asked, so the place was looked at
            assertThat(Child.filesIn(pages)).as("nothing in the meantime").isEmpty();
            Files.createSymbolicLink(page, other);
            Files.createFile(go);
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.said())
                    .containsExactly("stop: no report written to " + page + ": " + page
                            + ": is a symbolic link");
            app.awaitExit();
            assertThat(other).hasContent("not ours to write");
            assertThat(Child.filesIn(pages)).containsExactly("stop.html");
        } finally {
            Files.delete(other);
            Files.deleteIfExists(go);
        }
    }

    @Test
    void aDirectoryThatVanishesMeanwhileIsSaidAndTheStopsExitCodeStays() throws IOException {
        Path go = directory.resolveSibling(directory.getFileName() + "-go");
        Path folder = Files.createDirectory(pages.resolve("folder"));
        try (Child app = Child.appAt(directory, "--step=one:until-" + go);
                Child command = stopTo(folder.resolve("stop.html"))) {
            app.awaitLine("step one");
            Files.delete(folder);
            Files.createFile(go);
            assertThat(command.awaitExit()).as("%s", command).isZero();
            assertThat(command.out()).first().asString().startsWith("stopped ");
            assertThat(command.said())
                    .containsExactly("stop: no report written to " + folder.resolve("stop.html")
                            + ": " + folder + ": no such directory");
            app.awaitExit();
        } finally {
            Files.deleteIfExists(go);
        }
    }

    @Test
    void aFullDiskIsSaidLeavesNothingAndTheStopsExitCodeStays() throws IOException {
        Needs.root("mount", "umount");
        Path full = Files.createDirectory(pages.resolve("full"));
        Needs.works("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", full.toString());
        try {
            // Three of the four blocks: the empty temporary file of the check fits, the page does
            // not.
            Files.write(full.resolve("ballast"), new byte[12 * 1_024]);
            try (Child app = Child.appAt(directory, "--step=one:quick");
                    Child command = stopTo(full.resolve("stop.html"))) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
                assertThat(command.said())
                        .containsExactly("stop: no report written to " + full.resolve("stop.html")
                                + ": No space left on device");
                app.awaitExit();
            }
            assertThat(Child.filesIn(full)).containsExactly("ballast");
        } finally {
            Needs.works("umount", full.toString());
        }
    }

    @Test
    void theApplicationIsHeldUntilThePageIsThere() throws IOException {
        try (Child app = Child.appAt(directory, "--step=one:quick", "--hold-ms=30000");
                Child command = stop()) {
            Awaitility.await().atMost(Child.PATIENCE).until(() -> !app.isAlive());
            assertThat(Files.exists(page, LinkOption.NOFOLLOW_LINKS)).isTrue();
            assertThat(command.awaitExit()).isZero();
        }
        assertPage("CLEAN");
    }
}
