package org.stop4j;

import java.time.Duration;
import java.util.Map;

/** In the library's own package: what it does if nobody sets anything is told to nobody else. */
public final class LibraryDefaults {
    private LibraryDefaults() {}

    public static Duration timeout() {
        Stop stop = Stop.builder().exit(Exit.never()).start();
        return stop.request("to see its timeout").toCompletableFuture().join().timeout();
    }

    public static Duration quietFloor(Duration timeout) {
        return quietWait(timeout).floor();
    }

    public static Duration quietCeiling(Duration timeout) {
        return quietWait(timeout).ceiling();
    }

    private static QuietWait quietWait(Duration timeout) {
        return QuietWait.from(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"), timeout);
    }
}
