package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Random contents, kinds, owners and orders of the five files, against the command in this JVM and an
 * application that stops and starts again in another.
 *
 * <p>{@code -Dstop.fuzz.cases=10000} plays more of them than a build has time for, {@code
 * -Dstop.fuzz.seed=N} others.
 */
class FuzzTest {
    private static final int LANES = 4;
    private static final int CASES = Integer.getInteger("stop.fuzz.cases", 500);
    private static final long SEED = Long.getLong("stop.fuzz.seed", 1);

    @TempDir
    private static Path parent;

    @BeforeAll
    static void programs() {
        Needs.programs("mkfifo", "mknod");
    }

    @Test
    void neitherSideHangsBelievesOrShowsWhatItShouldNotWhateverLiesInTheDirectory()
            throws Exception {
        List<Future<Map<String, Integer>>> lanes = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(LANES);
        Map<String, Integer> sum = new TreeMap<>();
        try {
            for (int lane = 0; lane < LANES; lane++) {
                int number = lane;
                lanes.add(threads.submit(() -> play(number)));
            }
            for (Future<Map<String, Integer>> lane : lanes) {
                lane.get().forEach((what, count) -> sum.merge(what, count, Integer::sum));
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.println("measured: " + CASES + " cases, seed " + SEED + ": " + sum);
        assertThat(sum).as("all kinds of ends were met").containsKeys("exit 0", "exit 4", "exit 5");
    }

    private static Map<String, Integer> play(int lane) throws Exception {
        Path own = Files.createDirectory(parent.resolve("lane" + lane));
        Path control = Needs.ownDirectory(own, "control", "rwx------");
        Files.createDirectory(own.resolve("elsewhere"));
        Map<String, Integer> ends = new TreeMap<>();
        try (FuzzLane played = new FuzzLane(own, control)) {
            for (int i = lane; i < CASES; i += LANES) {
                ends.merge(played.play(SEED, i), 1, Integer::sum);
            }
        }
        return ends;
    }
}
