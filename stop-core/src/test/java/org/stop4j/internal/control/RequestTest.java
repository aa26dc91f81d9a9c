package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

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
            end.answer("CLEAN", "stopped", "{}");
        }
        assertThat(place.names()).isEmpty();
    }

    private static void awaitTaken(Place place) {
        Awaitility.await().atMost(Place.PATIENCE).until(() -> !Files.exists(place.files.stop));
    }
}
