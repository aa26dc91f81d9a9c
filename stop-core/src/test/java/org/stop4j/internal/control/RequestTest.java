package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** How the application's end takes requests, and for how long it counts who made them. */
class RequestTest {
    @TempDir
    private Path directory;

    @Test
    void aRequestThatIsPlacedAgainIsAskedOnceAndHeldForByItsNewFile() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application()) {
            FileChannel first = place.request("one");
            assertThat(first.tryLock()).isNotNull();
            assertThat(Place.next(place.asked).id()).isEqualTo("one");
            FileChannel again = place.request("one");
            assertThat(again.tryLock()).isNotNull();
            awaitTaken(place);
            // A second requester, taken after it, proves that the first one was seen meanwhile.
            first.close();
            FileChannel second = place.request("two");
            assertThat(second.tryLock()).isNotNull();
            assertThat(Place.next(place.asked).id()).isEqualTo("two");
            second.close();
            assertThat(Place.next(place.left).id()).isEqualTo("two");
            assertThat(place.left).isEmpty();
            again.close();
            assertThat(Place.next(place.left).id()).isEqualTo("one");
            assertThat(place.asked).isEmpty();
            end.answer("CLEAN", "stopped", "stopped\n  DRAIN", "{}");
        }
        assertThat(place.names()).isEmpty();
    }

    @Test
    void whereOthersMayRenameFilesOnlyARequestThatNamesTheInstanceStops() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application()) {
            FileChannel nameless = place.request("nameless");
            awaitTaken(place);
            FileChannel wrong = place.request("wrong", "instance", "guessed");
            awaitTaken(place);
            Files.createFile(place.files.stop);
            assertThat(Place.next(place.said)).contains("process.stop", "others may rename files");
            String instance = place.read(place.files.status, Message.STATUS).get("instance");
            FileChannel right = place.request("right", "instance", String.valueOf(instance));
            assertThat(Place.next(place.asked).id()).isEqualTo("right");
            assertThat(place.asked).isEmpty();
            nameless.close();
            wrong.close();
            right.close();
            end.answer("CLEAN", "stopped", "stopped\n  DRAIN", "{}");
        }
    }

    @Test
    void aReportThatIsTooLongForAFileIsLeftOutAndTheOutcomeIsNot() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application();
                FileChannel request = place.request("one")) {
            assertThat(request.isOpen()).isTrue();
            Place.next(place.asked);
            end.answer("FORCED", "x".repeat(ControlFiles.LARGEST), "", "{}");
            Message answer = place.read(place.files.stopped, Message.STOPPED);
            assertThat(answer.get("outcome")).isEqualTo("FORCED");
            assertThat(answer.get("summary")).contains("too long");
            assertThat(Files.size(place.files.stopped)).isLessThan(ControlFiles.LARGEST);
            assertThat(Place.next(place.said)).contains("too long");
        }
    }

    private static void awaitTaken(Place place) {
        Awaitility.await().atMost(Place.PATIENCE).until(() -> !Files.exists(place.files.stop));
    }
}
