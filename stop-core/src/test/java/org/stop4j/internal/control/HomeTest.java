package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** The application's place: kept, taken again, left to others, and left behind in order. */
class HomeTest {
    @TempDir
    private Path directory;

    @Test
    void aLockFileThatACleanerRemovedIsThereAgainWithItsStatus() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application()) {
            Files.delete(place.files.lock);
            Files.delete(place.files.status);
            assertThat(Place.next(place.said)).contains("process.lock", "it is there again");
            Awaitility.await().atMost(Place.PATIENCE).until(() -> place.names().size() == 2);
            assertThat(place.names()).containsExactly("process.lock", "process.status");
            end.update();
        }
        assertThat(place.names()).isEmpty();
    }

    @Test
    void aDirectoryThatIsMadeAnewIsTakenAgainWithTheRequestThatIsInIt() throws Exception {
        Place place = new Place(Files.createDirectory(directory.resolve("inner")));
        try (ApplicationEnd end = place.application()) {
            delete(place.directory);
            Files.createDirectory(place.directory);
            try (FileChannel request = place.request("one")) {
                assertThat(request.isOpen()).isTrue();
                assertThat(Place.next(place.asked).id()).isEqualTo("one");
            }
            end.answer("CLEAN", "stopped", "stopped\n  DRAIN", "{}");
            assertThat(place.read(place.files.stopped, Message.STOPPED).get("requests"))
                    .isEqualTo("one");
        }
        assertThat(place.said)
                .allMatch(sentence -> sentence.contains("it is there again")
                        || sentence.contains("cannot reach this process"));
    }

    @Test
    void whoHasLostHisPlaceToAnotherTouchesNothingThereAndSaysSoOnce() throws Exception {
        Place loser = new Place(directory);
        Place winner = new Place(directory);
        try (ApplicationEnd lost = loser.application()) {
            Files.delete(loser.files.lock);
            Files.delete(loser.files.status);
            ApplicationEnd won = ApplicationEnd.open(directory, Place.NAME, winner);
            String status = Files.readString(winner.files.status);
            assertThat(Place.next(loser.said)).contains("cannot reach this process", "is held");
            try (FileChannel request = winner.request("one")) {
                assertThat(request.isOpen()).isTrue();
                lost.update();
                lost.answer("CLEAN", "stopped", "stopped\n  DRAIN", "{}");
                lost.close();
                assertThat(loser.asked).isEmpty();
                assertThat(Files.readString(winner.files.status)).isEqualTo(status);
                assertThat(winner.names())
                        .containsExactly("process.lock", "process.status", "process.stop");
                won.start();
                assertThat(Place.next(winner.asked).id()).isEqualTo("one");
            }
            won.close();
        }
        assertThat(loser.said).isEmpty();
    }

    @Test
    void aStatusThatCannotBeWrittenIsSaidOnceHoweverOftenItIsTried() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application()) {
            Files.delete(place.files.status);
            Files.createDirectories(place.files.status.resolve("in the way"));
            for (int i = 0; i < 5; i++) {
                end.update();
            }
            delete(place.files.status);
        }
        assertThat(place.said).singleElement().asString().contains("process.status");
    }

    @Test
    void whoAsksInTheVeryLastMomentFindsTheAnswerWhenTheApplicationHasGone() throws Exception {
        Place place = new Place(directory);
        // Not started: as if its thread had just looked for the last time.
        try (ApplicationEnd end = ApplicationEnd.open(directory, Place.NAME, place);
                FileChannel request = place.request("late")) {
            assertThat(request.isOpen()).isTrue();
            end.answer("CLEAN", "stopped", "stopped\n  DRAIN", "{}");
            end.close();
            assertThat(place.names()).containsExactly("process.stopped");
            assertThat(place.read(place.files.stopped, Message.STOPPED).get("requests"))
                    .isEqualTo("late");
        }
    }

    @Test
    void theLockOutlivesAnAnsweredCloseButNotAnother() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd first = ApplicationEnd.open(directory, Place.NAME, place);
                FileChannel seen = FileChannel.open(
                        place.files.lock, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            first.close();
            assertThat(seen.tryLock()).isNotNull();
        }
        assertThat(place.names()).isEmpty();
        try (ApplicationEnd second = ApplicationEnd.open(directory, Place.NAME, place);
                FileChannel seen = FileChannel.open(
                        place.files.lock, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            second.answer("CLEAN", "stopped", "stopped\n  DRAIN", "{}");
            second.close();
            assertThat(place.names()).isEmpty();
            assertThatThrownBy(seen::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
