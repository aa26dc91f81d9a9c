package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** File channels close themselves under an interrupted thread; nothing may be lost by that. */
class InterruptTest {
    @TempDir
    private Path directory;

    @AfterEach
    void noInterruptIsLeftForTheNextTest() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whoInterruptsTheControlThreadNeitherLosesARequesterNorTheRequestsToCome()
            throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application();
                FileChannel request = place.request("one", "timeout-ms", "60000")) {
            assertThat(request.tryLock()).isNotNull();
            Place.next(place.asked);
            for (int i = 0; i < 20; i++) {
                controlThread().interrupt();
                try (FileChannel next = place.request("next" + i)) {
                    assertThat(next.tryLock()).isNotNull();
                    assertThat(Place.next(place.asked).id()).isEqualTo("next" + i);
                    end.answer("CLEAN", "stopped", "stopped", "stopped\n  DRAIN", "{}");
                    assertThat(place.read(place.files.stopped, Message.STOPPED).get("requests"))
                            .contains("next" + i);
                }
            }
            assertThat(place.left).noneMatch(gone -> gone.id().equals("one"));
            Awaitility.await()
                    .atMost(Place.PATIENCE)
                    .until(() -> !controlThread().isInterrupted());
        }
    }

    @Test
    void anAnswerOfAnInterruptedThreadIsWrittenAndTheThreadStaysInterrupted() throws Exception {
        Place place = new Place(directory);
        try (ApplicationEnd end = place.application();
                FileChannel request = place.request("one")) {
            assertThat(request.isOpen()).isTrue();
            Place.next(place.asked);
            Thread.currentThread().interrupt();
            end.answer(
                    "FAILED",
                    "stopped, but",
                    "stopped, but",
                    "stopped, but",
                    "{\"outcome\":\"FAILED\"}");
            assertThat(Thread.interrupted()).isTrue();
            Message answer = place.read(place.files.stopped, Message.STOPPED);
            assertThat(answer.get("outcome")).isEqualTo("FAILED");
            assertThat(answer.get("report")).isEqualTo("{\"outcome\":\"FAILED\"}");
        }
        assertThat(place.said).isEmpty();
    }

    @Test
    void anInterruptedCommandEndsWithInterruptedExceptionAndLeavesNothing() {
        Thread.currentThread().interrupt();
        try (CommandEnd end = command(directory)) {
            assertThatThrownBy(end::run).isInstanceOf(InterruptedException.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(new Place(directory).names()).isEmpty();
    }

    private static CommandEnd command(Path directory) {
        CommandEnd.Order order =
                CommandEnd.Order.toStop(TimeUnit.SECONDS.toNanos(5), CommandEnd.Until.STOPPED);
        return new CommandEnd(directory, Place.NAME, order, sentence -> {});
    }

    private static Thread controlThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("stop-control"))
                .findAny()
                .orElseThrow();
    }
}
