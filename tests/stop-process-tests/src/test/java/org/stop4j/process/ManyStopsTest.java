package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Many stops in a row of a tiny application in one directory, half of them with something injected.
 *
 * <p>{@code -Dstop.many.stops=1000} plays more of them than a build has time for, {@code
 * -Dstop.many.seed=N} others. A stop is known by seed and number: {@code -Dstop.many.from=N} begins there.
 */
class ManyStopsTest {
    private static final int STOPS =
            Integer.getInteger("stop.many.stops", 2 * Injected.values().length);
    private static final int FROM = Integer.getInteger("stop.many.from", 0);
    private static final long SEED = Long.getLong("stop.many.seed", 1);

    @TempDir
    private Path parent;

    @Test
    void noExitCodeIsWrongAndNoFileIsLeftWhateverIsInjectedIntoEveryOtherStop() {
        Needs.programs("prlimit", "mkdir", "mv", "rm", "touch");
        Path directory = Needs.ownDirectory(parent, "control", "rwx------");
        Map<Injected, Integer> played = new EnumMap<>(Injected.class);
        List<String> wrong = new ArrayList<>();
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try {
            for (int i = FROM; i < FROM + STOPS; i++) {
                Injected injected = injectedInto(i);
                try (Stage stage = new Stage(directory, new Random(SEED * 1_000_003 + i), later)) {
                    injected.play(stage);
                    stage.judge();
                } catch (Exception | AssertionError e) {
                    wrong.add("seed " + SEED + ", stop " + i + ", " + injected + ": " + e);
                    Stage.run("rm", "-rf", directory.toString());
                    Stage.run("mkdir", "-m", "700", directory.toString());
                }
                played.merge(injected, 1, Integer::sum);
            }
        } finally {
            later.shutdownNow();
        }
        System.out.println("measured: " + STOPS + " stops, seed " + SEED + ", from " + FROM + ": "
                + wrong.size() + " wrong; injected: " + played);
        assertThat(wrong).isEmpty();
    }

    /** Nothing into every other stop, and in between one after another. */
    private static Injected injectedInto(int stop) {
        Injected[] faults = Injected.values();
        return stop % 2 == 0 ? Injected.NOTHING : faults[1 + stop / 2 % (faults.length - 1)];
    }
}
