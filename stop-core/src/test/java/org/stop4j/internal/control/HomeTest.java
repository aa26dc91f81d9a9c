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
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

/** The application's place: kept, taken again, left to others, and left behind in order. */
class HomeTest {
    @TempDir
    private Path directory;

    @Test
    void aMillionFilesInTheWayDoNotKeepAnApplicationFromStarting() throws Exception {
        Place place = new Place(directory);
        // Fewer, for the time it takes to make them; no machine removes them all in a fifth of a
        // second.
        int many = 40_000;
        for (int i = 0; i < many; i++) {
            Files.setLastModifiedTime(
                    Files.createFile(place.files.temporary("litter" + i)), FileTime.fromMillis(0));
        }
        try (ApplicationEnd end = place.application()) {
            end.update();
            assertThat(Files.exists(place.files.status)).isTrue();
            assertThat(place.names()).hasSizeBetween(3, many + 2);
        }
        assertThat(place.names())
                .as("it did not take the time to remove them all")
                .anyMatch(name -> name.contains("litter"));
    }

    @Test
    void temporaryFilesOfThoseBeforeAreRemovedAtTheStartAndOthersAreNot() throws Exception {
        Place place = new Place(directory);
        for (String name :
                new String[] {"process.a.tmp", "process-two.a.tmp", "process.a.tmp.txt"}) {
            Files.setLastModifiedTime(
                    Files.createFile(directory.resolve(name)), FileTime.fromMillis(0));
        }
        try (ApplicationEnd end = place.application()) {
            end.update();
            assertThat(place.names())
                    .containsExactly(
                            "process-two.a.tmp",
                            "process.a.tmp.txt",
                            "process.lock",
                            "process.status");
        }
    }

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
    void aLockFileThatSomebodyTookAwayAndBringsBackIsReplacedByAnother() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application()) {
            Path away = directory.resolve("away");
            Files.move(place.files.lock, away);
            assertThat(Place.next(place.said)).contains("process.lock", "it is there again");
            Object lost = Files.getAttribute(away, "unix:ino");
            Files.move(away, place.files.lock, StandardCopyOption.REPLACE_EXISTING);
            assertThat(Place.next(place.said)).contains("process.lock", "it is there again");
            assertThat(Files.getAttribute(place.files.lock, "unix:ino")).isNotEqualTo(lost);
            end.update();
        }
        assertThat(place.names()).isEmpty();
    }

    @Test
    void aLockFileThatSomebodyBringsBackAfterNothingCouldTakeItsPlaceIsReplacedAndAsked()
            throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application()) {
            Path away = Files.createLink(directory.resolve("away"), place.files.lock);
            Path trap = Files.createSymbolicLink(directory.resolve("trap"), away);
            Files.move(trap, place.files.lock, StandardCopyOption.ATOMIC_MOVE);
            assertThat(Place.next(place.said)).contains("cannot reach this process");
            Object lost = Files.getAttribute(away, "unix:ino");
            Files.move(away, place.files.lock, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel request = place.request("one")) {
                assertThat(request.isOpen()).isTrue();
                assertThat(Place.next(place.asked).id()).isEqualTo("one");
            }
            assertThat(Files.getAttribute(place.files.lock, "unix:ino")).isNotEqualTo(lost);
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
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
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
                lost.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
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
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
            end.close();
            assertThat(place.names()).containsExactly("process.stopped");
            assertThat(place.read(place.files.stopped, Message.STOPPED).get("requests"))
                    .isEqualTo("late");
        }
    }

    @Test
    void anAnswerThatWasReadIsNotLeftBehindAlsoWhenTheReaderIsStillThere() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = ApplicationEnd.open(directory, Place.NAME, place);
                FileChannel request = place.request("one")) {
            assertThat(request.tryLock()).isNotNull();
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
            place.files.publish(
                    place.files.ack,
                    new Message(Message.ACK).with("id", "one").bytes(),
                    Self.newId());
            end.close();
            assertThat(Place.next(place.asked).id()).isEqualTo("one");
            assertThat(place.names()).isEmpty();
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
            second.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
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
