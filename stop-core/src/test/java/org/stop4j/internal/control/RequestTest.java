package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

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
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
        }
        assertThat(place.names()).isEmpty();
    }

    @Test
    void theStatusIsNotReplacedBetweenARequestAndItsAnswerButSoonAfterwards() throws Exception {
        AnswersAtOnce place = new AnswersAtOnce(directory);
        try (ApplicationEnd end = place.application();
                FileChannel request = place.request("one")) {
            place.end.complete(end);
            assertThat(request.isOpen()).isTrue();
            assertThat(Place.next(place.listed)).as("listed with the answer").isEmpty();
            assertThat(place.read(place.files.stopped, Message.STOPPED).get("requests"))
                    .isEqualTo("one");
            Awaitility.await()
                    .atMost(Place.PATIENCE)
                    .until(() -> "one"
                            .equals(place.read(place.files.status, Message.STATUS)
                                    .get("requests")));
        }
    }

    /** Answers on the thread that has taken the request, and then looks what the status lists. */
    private static final class AnswersAtOnce extends Place {
        private final CompletableFuture<ApplicationEnd> end = new CompletableFuture<>();
        private final BlockingQueue<String> listed = new LinkedBlockingQueue<>();

        private AnswersAtOnce(Path directory) {
            super(directory);
        }

        @Override
        public void asked(Request request) {
            end.join().answer("CLEAN", "stopped", "stopped", "stopped", "{}");
            try {
                listed.add(read(files.status, Message.STATUS).get("requests", ""));
            } catch (IOException | Message.MalformedException e) {
                throw new AssertionError(e);
            }
        }
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
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
        }
    }

    @Test
    void ofTwoWhoHaveReadTheAnswerAtOnceBothAreHeardThoughOneFileReplacesTheOther()
            throws Exception {
        Place place = new Place(directory);
        FileChannel first = place.request("one");
        assertThat(first.tryLock()).isNotNull();
        FileChannel second = null;
        try (ApplicationEnd end = place.application()) {
            assertThat(Place.next(place.asked).id()).isEqualTo("one");
            second = place.request("two");
            assertThat(second.tryLock()).isNotNull();
            assertThat(Place.next(place.asked).id()).isEqualTo("two");
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
            // Each writes its line and its file; the file of the first is replaced before anybody
            // reads it.
            ControlFiles.write(first, "ack=one\n".getBytes(StandardCharsets.UTF_8));
            place.files.publish(
                    place.files.ack,
                    new Message(Message.ACK).with("id", "two").bytes(),
                    Self.newId());
        } finally {
            // Both live until the application has left.
            first.close();
            if (second != null) {
                second.close();
            }
        }
        assertThat(place.names()).isEmpty();
        assertThat(place.said).isEmpty();
    }

    @Test
    void whoHasReadTheAnswerAndWaitsForTheEndOfTheProcessSaysSoInItsRequest() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application();
                FileChannel request = place.request("one", "until", "exited")) {
            assertThat(request.tryLock()).isNotNull();
            Place.next(place.asked);
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
            ControlFiles.write(request, "ack=one\n".getBytes(StandardCharsets.UTF_8));
            assertThat(Place.next(place.left).id()).isEqualTo("one");
        }
        assertThat(place.names()).isEmpty();
    }

    @Test
    void aReportThatIsTooLongForAFileIsLeftOutAndTheOutcomeIsNot() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application();
                FileChannel request = place.request("one")) {
            assertThat(request.isOpen()).isTrue();
            Place.next(place.asked);
            end.answer("FORCED", "x".repeat(ControlFiles.LARGEST), "", "", "{}");
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
