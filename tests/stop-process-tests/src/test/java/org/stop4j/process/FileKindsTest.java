package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Things in the places of the control files that nobody of this product has put there. */
class FileKindsTest {
    private static final String FORGED = "stop4j 1 request\nid=forged\n";

    @TempDir
    private Path parent;

    private Path directory;
    private Path target;
    private Map<String, String> environment;

    enum Kind {
        SYMBOLIC_LINK("is a symbolic link"),
        DANGLING_LINK("is a symbolic link"),
        HARD_LINK("has 2 links"),
        FIFO("is a FIFO"),
        DIRECTORY("is a directory"),
        WRITABLE_BY_ALL("is writable by everyone");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        boolean isRegular() {
            return this == HARD_LINK || this == WRITABLE_BY_ALL;
        }

        void put(Path place, Path target) throws IOException {
            switch (this) {
                case SYMBOLIC_LINK -> Files.createSymbolicLink(place, target);
                case DANGLING_LINK ->
                    Files.createSymbolicLink(place, target.resolveSibling("nothing"));
                case HARD_LINK -> Files.createLink(place, target);
                case FIFO -> Needs.works("mkfifo", place.toString());
                case DIRECTORY -> Files.createDirectory(place);
                case WRITABLE_BY_ALL -> {
                    Path made = Files.writeString(place.resolveSibling("made"), FORGED);
                    Files.setPosixFilePermissions(
                            made, PosixFilePermissions.fromString("rw-rw-rw-"));
                    Files.move(made, place);
                }
            }
        }
    }

    @BeforeEach
    void aPrivatePlaceAndAFileElsewhere() throws IOException {
        directory = Needs.ownDirectory(parent, "control", "rwx------");
        target = Files.writeString(parent.resolve("target"), FORGED);
        environment = Map.of("STOP_DIR", directory.toString());
    }

    private Child start() {
        return Child.fixture("StopApp", "--command")
                .env("STOP_DIR", directory.toString())
                .start();
    }

    private void assertTheTargetIsUntouched() throws IOException {
        assertThat(target).hasContent(FORGED);
        assertThat(parent.resolve("nothing")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aRequestThatIsNotAPlainFileIsIgnoredSaidOnceAndInTheCommandsWay(Kind kind)
            throws IOException {
        Path request = directory.resolve("process.stop");
        try (Child app = start()) {
            app.awaitLine("up");
            kind.put(request, target);
            assertThat(app.awaitErr("ignored " + request)).contains(kind.words);
            try (Child command = Child.stop(environment)) {
                // A plain file of our own that does not count is replaced; the rest is somebody's.
                assertThat(command.awaitExit())
                        .as("%s", command)
                        .isEqualTo(kind.isRegular() ? 0 : 5);
                if (!kind.isRegular()) {
                    assertThat(command.said())
                            .singleElement()
                            .asString()
                            .contains(request.toString(), kind.words, "remove it");
                    Files.delete(request);
                    assertThat(app.isAlive()).isTrue();
                    try (Child second = Child.stop(environment)) {
                        assertThat(second.awaitExit()).as("%s\n%s", second, app).isZero();
                    }
                }
            }
            assertThat(app.awaitExit()).isZero();
            assertThat(app.err().stream().filter(line -> line.contains("ignored")))
                    .hasSize(1);
        }
        assertThat(Child.filesIn(directory)).isEmpty();
        assertTheTargetIsUntouched();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsNotAPlainFileInThePlaceOfTheLockFailsTheStartAndTheCommandNamingIt(Kind kind)
            throws IOException {
        Path lock = directory.resolve("process.lock");
        kind.put(lock, target);
        try (Child app = start();
                Child command = Child.stop(environment)) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains(lock.toString(), kind.words);
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
            assertThat(command.said())
                    .singleElement()
                    .asString()
                    .contains(lock.toString(), kind.words);
        }
        assertThat(Child.filesIn(directory)).containsExactly("process.lock");
        assertTheTargetIsUntouched();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsNotAPlainFileInThePlaceOfTheAnswerIsExitCodeFiveForTheCommandAndNamed(Kind kind)
            throws IOException {
        Path answer = directory.resolve("process.stopped");
        try (Child app = start()) {
            app.awaitLine("up");
            kind.put(answer, target);
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s", command).isEqualTo(5);
                assertThat(command.said())
                        .singleElement()
                        .asString()
                        .contains(answer.toString(), kind.words);
            }
            assertThat(Child.filesIn(directory))
                    .containsExactly("process.lock", "process.status", "process.stopped");
        }
        assertTheTargetIsUntouched();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "stopped", "status", "ack"})
    void aDirectoryInThePlaceOfAFileFailsTheStartNamingIt(String ending) throws IOException {
        Path inTheWay = Files.createDirectory(directory.resolve("process." + ending));
        try (Child app = start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(app.awaitErr("ControlDirectoryException"))
                    .contains(inTheWay + " is a directory; remove it");
        }
        assertThat(Child.filesIn(directory)).containsExactly("process." + ending);
    }

    @Test
    void otherThingsInThePlacesOfItsFilesAreReplacedAtTheStartAndNothingBehindThemIsTouched()
            throws IOException {
        Kind.SYMBOLIC_LINK.put(directory.resolve("process.status"), target);
        Kind.DANGLING_LINK.put(directory.resolve("process.stopped"), target);
        Kind.FIFO.put(directory.resolve("process.ack"), target);
        Kind.SYMBOLIC_LINK.put(directory.resolve("process.stop"), target);
        try (Child app = start()) {
            app.awaitLine("up");
            assertThat(Files.isRegularFile(
                            directory.resolve("process.status"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
            assertThat(Child.filesIn(directory)).containsExactly("process.lock", "process.status");
            try (Child command = Child.stop(environment)) {
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
        assertTheTargetIsUntouched();
    }

    @Test
    void aFifoInThePlaceOfTheAcknowledgementHoldsNobodyUp() throws IOException {
        try (Child app = Child.fixture("StopApp", "--command", "--step=slow:800")
                .env("STOP_DIR", directory.toString())
                .start()) {
            app.awaitLine("up");
            try (Child command = Child.stop(environment)) {
                app.awaitLine("step slow");
                Kind.FIFO.put(directory.resolve("process.ack"), target);
                assertThat(command.awaitExit()).as("%s", command).isZero();
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
        assertThat(Child.filesIn(directory)).isEmpty();
    }
}
