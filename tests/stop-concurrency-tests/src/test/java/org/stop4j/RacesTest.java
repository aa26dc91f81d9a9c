package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs jcstress once, in a JVM of its own, and reads what it says of each race. Its exit code does not
 * tell: it fails in any case, because of the race that is planted.
 */
class RacesTest {
    private static String said = "";

    @BeforeAll
    static void runJcstress() throws IOException, InterruptedException {
        Path results = Path.of(System.getProperty("races.results"));
        Files.createDirectories(results);
        Path output = results.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main",
                "-v",
                "-t",
                "org.stop4j.*Races",
                "-r",
                results.toString()));
        command.addAll(List.of(System.getProperty("races.options").split(" ", -1)));
        Process jcstress = new ProcessBuilder(command)
                .directory(results.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            jcstress.waitFor();
            said = Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {StepRaces.class, StopRaces.class, PlanRaces.class, WaitRaces.class})
    void noRaceHasAnOutcomeThatIsForbidden(Class<?> races) {
        assertThat(races.getDeclaredClasses()).isNotEmpty();
        for (Class<?> race : races.getDeclaredClasses()) {
            assertThat(verdicts(race)).as(race + " in: " + said).isNotEmpty().containsOnly("OK");
        }
    }

    @Test
    void aPlantedRaceIsFound() {
        assertThat(PlantedRaces.class.getDeclaredClasses()).isNotEmpty();
        for (Class<?> race : PlantedRaces.class.getDeclaredClasses()) {
            assertThat(verdicts(race)).as(race + " in: " + said).contains("FAILED");
        }
    }

    /** What jcstress found in each way it ran the race: OK, FAILED, ERROR and others. */
    private static List<String> verdicts(Class<?> race) {
        String end = "] " + race.getName().replace('$', '.');
        return said.lines()
                .filter(line -> line.endsWith(end))
                .map(line -> line.substring(line.indexOf('[') + 1, line.length() - end.length()))
                .toList();
    }
}
