package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

class ApplicationEndTest {
    @TempDir
    private Path directory;

    /** Who answers may be slower than who closes; the lock that it would take anew, nobody would let go of. */
    @Test
    void whatIsAnsweredAfterThePlaceWasLeftIsNobodys() throws Exception {
        Place place = new Place(directory);
        ApplicationEnd end = place.application();
        try (FileChannel request = place.request("one", "timeout-ms", "60000")) {
            assertThat(request.tryLock()).isNotNull();
            Place.next(place.asked);
            end.close();
            List<String> left = place.names();
            end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
            end.update();
            assertThat(place.names()).isEqualTo(left).doesNotContain("process.lock");
        }
        place.application().close(); // the next one finds the place free
        assertThat(place.said).isEmpty();
    }
}
