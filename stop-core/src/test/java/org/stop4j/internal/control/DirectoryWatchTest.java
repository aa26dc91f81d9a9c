package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The watch of a directory, which any thread may close at any time. */
class DirectoryWatchTest {
    private static final int ROUNDS = 300;

    @TempDir
    private Path directory;

    @Test
    void aWatchThatIsClosedWhileItTurnsToAnotherDirectoryEndsTheWaitAndThrowsNothing()
            throws Exception {
        ControlFiles files = new ControlFiles(directory, "process");
        int ourUid = Arrival.uidHere(files);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        CyclicBarrier both = new CyclicBarrier(2);
        try {
            for (int i = 0; i < ROUNDS; i++) {
                try (DirectoryWatch watch =
                        new DirectoryWatch(directory, ourUid, new Place(directory))) {
                    watch.await(); // registers, and returns at once
                    watch.renew();
                    Future<?> closing = threads.submit(() -> close(watch, both));
                    both.await();
                    watch.await();
                    closing.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static @Nullable Void close(DirectoryWatch watch, CyclicBarrier both) throws Exception {
        both.await();
        watch.close();
        return null;
    }
}
