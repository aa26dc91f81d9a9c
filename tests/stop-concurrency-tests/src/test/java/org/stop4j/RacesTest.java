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
 * Runs jcstress in a JVM of its own, and reads what it says of each race. Its exit code does not tell: it
 * fails in any case, because of the races that are planted.
 */
class RacesTest {
    private static String said = "";

    @BeforeAll
    static void runAllRaces() throws IOException, InterruptedException {
        said = jcstress("org.stop4j.*Races", System.getProperty("races.options"));
    }

    private static String jcstress(String races, String options)
            throws IOException, InterruptedException {
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
                races,
                "-r",
                results.toString()));
        command.addAll(List.of(options.split(" ", -1)));
        Process jcstress = new ProcessBuilder(command)
                .directory(results.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            jcstress.waitFor();
            return Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                GateRaces.class,
                StepRaces.class,
                StopRaces.class,
                PlanRaces.class,
                WaitRaces.class
            })
    void noRaceHasAnOutcomeThatIsForbidden(Class<?> races) {
        assertThat(races.getDeclaredClasses()).isNotEmpty();
        for (Class<?> race : races.getDeclaredClasses()) {
            assertThat(verdicts(race, said))
                    .as(race + " in: " + said)
                    .isNotEmpty()
                    .containsOnly("OK");
        }
    }

    /**
     * On a machine that does other things meanwhile, the time in which all others are looked for may be too short for
     * these. Then they are looked for alone, for longer each time; but in the end they must be found.
     */
    @Test
    void aPlantedRaceIsFound() throws IOException, InterruptedException {
        assertThat(PlantedRaces.class.getDeclaredClasses()).isNotEmpty();
        for (Class<?> race : PlantedRaces.class.getDeclaredClasses()) {
            String last = said;
            for (int millis = 300; !verdicts(race, last).contains("FAILED"); millis *= 2) {
                assertThat(millis)
                        .as(race + " is not found, at last in: " + last)
                        .isLessThanOrEqualTo(10_000);
                last = jcstress(
                        race.getName().replace('$', '.'),
                        "-f 1 -fsm 1 -iters 5 -sc false -af NONE -time " + millis);
            }
        }
    }

    /** What jcstress found in each way it ran the race: OK, FAILED, ERROR and others. */
    private static List<String> verdicts(Class<?> race, String output) {
        String end = "] " + race.getName().replace('$', '.');
        return output.lines()
                .filter(line -> line.endsWith(end))
                .map(line -> line.substring(line.indexOf('[') + 1, line.length() - end.length()))
                .toList();
    }
}
