package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** What is no manifest, or is meant to do harm. */
@Timeout(60)
class DocumentsTest {
    private static final String RIGHT =
            Run.read(Path.of(Run.manifest("rules/stops-nothing-right")));

    private static Run problem(String text) {
        Run run = Run.withInput(text, "-");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasSize(1);
        assertThat(run.err().get(0)).startsWith("stop check: (standard input):");
        return run;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "a: [b                        @ 1:6",
                "a: b: c                      @ 1:5",
                "a: 'b                        @ 1:6",
                "a:\\n\\tb: c                 @ 2:1",
                "a: *nothing                  @ 1:4",
                "a: &a [*a]                   @ 1:8",
                "a: b\\001c                    @ 1:5",
                "a: 1\\nb: \\007               @ 2:4",
                "}                            @ 1:1",
                "a: `x                        @ 1:4",
            })
    void whatIsNoYamlIsSaidInOneLineWithItsPlace(String text, String place) {
        String yaml = text.translateEscapes();
        assertThat(problem(yaml).err().get(0)).startsWith("stop check: (standard input):" + place);
    }

    @Test
    void anotherYamlIsNotGuessedAt() {
        assertThat(problem("%YAML 3.0\n---\na: b\n").err())
                .containsExactly("stop check: (standard input): is YAML 3.0; allowed: 1.1, 1.2");
    }

    @Test
    void theDocumentsBeforeWhatIsWrongAreChecked() {
        String fault = Run.read(Path.of(Run.manifest("rules/no-wait-fault")));
        Run run = problem(fault + "---\na: [b\n");
        assertThat(run.found()).hasSize(1);
    }

    @Test
    void aTemplateIsToldFromAMistake() {
        Run run = problem("spec:\n{{- if .Values.x }}\n  a: b\n{{- end }}\n");
        assertThat(run.err().get(0)).contains("it looks like a template").contains("helm template");
    }

    @Test
    void bracketsWithoutEndAreRefusedAndOverflowNoStack() {
        assertThat(problem("[".repeat(1_000_000)).err().get(0)).contains("nested more than 100");
        assertThat(problem("- ".repeat(100_000)).err().get(0)).contains("nested more than 100");
        assertThat(problem("{a: ".repeat(100_000)).err().get(0)).contains("nested more than 100");
    }

    @Test
    void aBombOfAliasesCostsNoMoreThanItsLetters() {
        StringBuilder bomb = new StringBuilder("kind: List\nitems: &a0 [{kind: Pod, spec: {}}]\n");
        for (int i = 1; i < 21; i++) {
            bomb.append("x").append(i).append(": &a").append(i).append(" [");
            for (int j = 0; j < 9; j++) {
                bomb.append("{kind: List, items: *a").append(i - 1).append("}, ");
            }
            bomb.append("]\n");
        }
        bomb.append("items: *a20\n");
        Run run = Run.withInput(bomb.toString(), "-");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).singleElement().asString().contains("no pod in it");
    }

    @Test
    void tooManyAliasesAreRefused() {
        String text = "a: &a b\nc: [" + "*a, ".repeat(201) + "]\n";
        assertThat(problem(text).err().get(0)).contains("more than 200 aliases");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "c", "$", " ", ";", "\\\\", "a=", "a/", "'a' ", "(", "=", "\\t"})
    void noTextTakesLongToLookAt(String piece) {
        String much = piece.repeat(300_000 / piece.length());
        String pod = RIGHT.replace("/opt/stop/bin/stop", much + "!")
                .replace("/run/stop", "/run/stop" + much + "{")
                .replace("registry.example", much + "@")
                .replace("--reason", "-" + much + "\\n");
        assertThat(Run.withInput(pod, "--json", "-").err())
                .noneMatch(line -> line.contains("larger"));
        String script = RIGHT.replace("\"/opt/stop/bin/stop\"", "\"sh\", \"-c\", \"" + much + "\"")
                .replace("--reason", much);
        assertThat(Run.withInput(script, "--json", "-").err())
                .noneMatch(line -> line.contains("larger"));
    }

    @Test
    void aPodOfMoreContainersThanAnyNodeRunsIsRefused() {
        String pod = "kind: Pod\nspec:\n  containers:\n" + "    - name: a\n".repeat(501);
        assertThat(problem(pod).err())
                .containsExactly("stop check: (standard input):3:3: has a pod of more than 500"
                        + " containers");
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        assertThat(problem("#".repeat(Documents.LARGEST + 1)).err().get(0))
                .contains("is larger than 4 MiB");
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        Run run = Run.withInput("a: \u00e9".getBytes(StandardCharsets.ISO_8859_1), "-");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).singleElement().asString().endsWith("is not UTF-8");
    }

    @Test
    void aByteOrderMarkIsNoMistake() {
        assertThat(Run.withInput("\uFEFF" + RIGHT, "-"))
                .isEqualTo(new Run(0, List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "# nothing\n", "---\n---\n", "text", "[a, b]", "a: b", "kind: Service"})
    void whatHasNoPodIsSaidToBeUncheckedAndIsTwo(String text) {
        Run run = Run.withInput(text, "-");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).singleElement().asString().endsWith("no pod in it, nothing checked");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noGarbageThrowsAnything(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            byte[] bytes = RIGHT.getBytes(StandardCharsets.UTF_8);
            int faults = 1 + random.nextInt(12);
            for (int j = 0; j < faults; j++) {
                damage(bytes, random);
            }
            Run run = Run.withInput(bytes, "--json", "-");
            assertThat(run.code()).as("seed %d, number %d", seed, i).isBetween(0, 2);
            assertThat(run.err().size()).isLessThanOrEqualTo(1);
            assertThat(run.out()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        }
    }

    /**
     * A byte, a copied piece or a piece of noise, mostly of letters that mean something to YAML.
     */
    private static void damage(byte[] bytes, Random random) {
        byte[] signs = "[]{}:,-#&*!|>'\"%@`?\n\t 0nul~<$\\".getBytes(StandardCharsets.US_ASCII);
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt(256);
            case 1 -> bytes[at] = signs[random.nextInt(signs.length)];
            case 2 -> {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(60));
                System.arraycopy(bytes, random.nextInt(bytes.length - length), bytes, at, length);
            }
            default -> {
                for (int i = at; i < Math.min(bytes.length, at + 5); i++) {
                    bytes[i] = signs[random.nextInt(signs.length)];
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void noNoiseThrowsAnything(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThat(Run.withInput(bytes, "-").code()).isBetween(0, 2);
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] &= 0x7f; // so that it is UTF-8
            }
            assertThat(Run.withInput(bytes, "-").code())
                    .as("seed %d, number %d", seed, i)
                    .isBetween(0, 2);
        }
    }
}
