package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class MainTest {
    private static final String NO_WAIT = Run.manifest("rules/no-wait-fault");
    private static final String GRACE = Run.manifest("rules/grace-too-short-fault");
    private static final String RIGHT = Run.manifest("rules/stops-nothing-right");

    /** The lines of a manifest that say that something is found there. */
    private static List<Integer> marked(String manifest) {
        List<String> lines = Run.read(Path.of(manifest)).lines().toList();
        List<Integer> marked = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("# found")) {
                marked.add(i + 1);
            }
        }
        return marked;
    }

    private static List<Integer> lines(Run run) {
        return run.found().stream()
                .map(found -> Integer.valueOf(found.substring(0, found.indexOf(':'))))
                .toList();
    }

    // ---- what is looked at

    @Test
    void everyKindThatHasAPodIsCheckedAndSidecarsAreToo() {
        Run run = Run.check(Run.manifest("kinds"));
        assertThat(lines(run)).isEqualTo(marked(Run.manifest("kinds"))).hasSize(10);
        assertThat(run.found()).allMatch(found -> found.endsWith(" no-wait"));
        assertThat(run.err()).isEmpty();
    }

    @Test
    void whatComesByAliasesAndMergesIsCheckedAndFoundWhereItStands() {
        Run run = Run.check(Run.manifest("aliases"));
        assertThat(lines(run)).isEqualTo(marked(Run.manifest("aliases")));
        assertThat(run.found()).containsExactly("12:15 bad-value", "21:24 no-wait");
    }

    @Test
    void aContainerOfSomebodyElseBesideOursIsNotMeasuredByOurRules() {
        String pod = """
                kind: Pod
                spec:
                  terminationGracePeriodSeconds: 30
                  containers:
                    - name: proxy
                      ports: [{ containerPort: 80 }]
                """;
        assertThat(Run.withInput(pod, "-").found())
                .containsExactly("5:7 no-prestop", "5:7 no-readiness");
        String ours =
                "    - { name: a, command: [java], lifecycle: { preStop: { exec: { command: [stop] }}}}\n";
        assertThat(Run.withInput(pod + ours, "-")).isEqualTo(new Run(0, List.of(), List.of()));
    }

    @Test
    void aJobNeedsNoReadinessProbe() {
        String job = Run.read(Path.of(Run.manifest("rules/no-readiness-fault")))
                .replace("kind: Deployment", "kind: Job");
        assertThat(Run.withInput(job, "-")).isEqualTo(new Run(0, List.of(), List.of()));
    }

    // ---- how it is said

    @Test
    void eachFindingIsALineWithItsPlaceAndBelowItWhatToWrite() {
        assertThat(Run.check(NO_WAIT).out())
                .containsExactly(
                        NO_WAIT + ":38:17: hint: with --no-wait the hook ends before the stop does;"
                                + " SIGTERM comes at once, and whether the stop was clean is not seen"
                                + " in the hook [no-wait]",
                        "    write: lifecycle:",
                        "             preStop:",
                        "               exec:",
                        "                 command: [\"/opt/stop/bin/stop\", \"--reason\", \"preStop\"]");
    }

    @Test
    void asJsonEachFindingIsOneObject() {
        assertThat(Run.check("--json", GRACE).out())
                .containsExactly("{\"file\":\"" + GRACE + "\",\"line\":16,\"column\":7,"
                        + "\"level\":\"error\",\"id\":\"grace-too-short\",\"sentence\":\"the stop may"
                        + " take 25 s (the library's default; tell another by --app-timeout) and 1 s"
                        + " to end, the command 1 s to start: 27 s in all, but after 26 s the process"
                        + " is killed in the middle of it\","
                        + "\"write\":\"terminationGracePeriodSeconds: 27\"}");
    }

    @Test
    void nothingOfAManifestReachesTheTerminalAsAnOrder() {
        String manifest = "kind: Pod\nspec: {containers: [{env: [{name: STOP_DIR, value:"
                + " \"\\e[31m\\u202e\\n\\0\"}]}]}\n";
        Run run = Run.withInput(manifest, "-");
        assertThat(run.found()).contains("2:45 bad-value");
        assertThat(String.join("", run.out()).codePoints())
                .noneMatch(c -> Character.isISOControl(c) || c == 0x202e);
        assertThat(Run.withInput(manifest, "--json", "-").out())
                .anyMatch(line -> line.contains("\\\"\\u001b[31m\\u202e\\u000a\\u0000\\\""));
    }

    @Test
    void findingsComeInTheOrderOfTheFile() {
        Run run = Run.check(Run.manifest("rules/shell-missing-fault"), GRACE);
        assertThat(lines(run)).hasSizeGreaterThan(1);
        String pod = """
                kind: Pod
                spec:
                  containers:
                    - name: a
                      ports: [{ name: x }]
                  terminationGracePeriodSeconds: 1
                """;
        Run one = Run.withInput(pod, "-");
        assertThat(one.found())
                .containsExactly("4:7 no-prestop", "4:7 no-readiness", "6:3 grace-too-short");
    }

    // ---- how it ends

    @ParameterizedTest
    @CsvSource({"no-wait, 0", "no-prestop, 1", "until-exited, 1"})
    void hintsAloneAreZeroAndAnythingElseIsOne(String rule, int code) {
        assertThat(Run.check(Run.manifest("rules/" + rule + "-fault")).code()).isEqualTo(code);
    }

    @Test
    void aFileThatCannotBeReadIsTwoAndTheOthersAreCheckedAllTheSame(@TempDir Path directory)
            throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.yaml"), "a: [b");
        String missing = directory.resolve("missing.yaml").toString();
        Run run = Run.check(
                missing, broken.toString(), directory.toString(), "a\0b", RIGHT, GRACE, NO_WAIT);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.found()).hasSize(2);
        assertThat(run.err())
                .containsExactly(
                        "stop check: " + missing + ": no such file",
                        "stop check: " + broken + ":1:6: is no YAML: expected ',' or ']', but got"
                                + " <stream end>",
                        "stop check: " + directory + ": is a directory; allowed: a file",
                        "stop check: a b: Nul character not allowed: a b");
    }

    @Test
    void aFileWithoutAPodIsSaidAndIsAFaultOnlyWhereNoOtherHasOne(@TempDir Path directory)
            throws IOException {
        Path service = Files.writeString(directory.resolve("service.yaml"), "kind: Service");
        String said = "stop check: " + service + ": no pod in it, nothing checked";
        assertThat(Run.check(service.toString())).isEqualTo(new Run(2, List.of(), List.of(said)));
        assertThat(Run.check(service.toString(), "--json", service.toString()))
                .isEqualTo(new Run(2, List.of(), List.of(said, said)));
        assertThat(Run.check(service.toString(), RIGHT))
                .isEqualTo(new Run(0, List.of(), List.of(said)));
        assertThat(Run.check(GRACE, service.toString()).code()).isEqualTo(1);
    }

    @Test
    void whatIsAdvisedForAnImageWithoutAShellNeedsNone() {
        String fault = "rules/java-options-distroless-fault";
        String advice = String.join("\n", Run.check(Run.manifest(fault)).out());
        assertThat(advice)
                .contains("command: [\"java\", OPTIONS, \"-jar\", \"/app/app.jar\"]", "httpGet")
                .doesNotContain("launcher", "\"env\"");
        // Who calls the launcher there is told at once what the other call needs.
        String launcher = Run.read(Path.of(Run.manifest(fault)))
                .replace(
                        "[\"java\", \"-jar\", \"/opt/stop/lib/stop.jar\"]",
                        "[\"/opt/stop/bin/stop\"]");
        assertThat(Run.withInput(launcher, "-").found()).containsExactly("40:17 shell-missing");
        assertThat(String.join("\n", Run.withInput(launcher, "-").out()))
                .contains("\"-jar\", \"/opt/stop/lib/stop.jar\"", "no JAVA_TOOL_OPTIONS")
                .doesNotContain("env -u");
        // Nor does another rule send anybody back to the launcher.
        String noHook = launcher.replace("preStop:", "postStart:");
        assertThat(Run.withInput(noHook, "-").found()).containsExactly("21:11 no-prestop");
        assertThat(String.join("\n", Run.withInput(noHook, "-").out()))
                .contains("\"/opt/stop/lib/stop.jar\"")
                .doesNotContain("bin/stop");
    }

    @Test
    void theInputIsCheckedForADash() {
        Run run = Run.withInput(Run.read(Path.of(GRACE)), NO_WAIT, "-");
        assertThat(run.found()).hasSize(2);
        assertThat(run.out()).anyMatch(line -> line.startsWith("(standard input):16:7: error:"));
    }

    @Test
    void theTimeoutOfTheApplicationIsWhatOneTells() {
        assertThat(Run.check("--app-timeout", "24s", GRACE).found()).isEmpty();
        assertThat(Run.check("--app-timeout=24001ms", GRACE).found())
                .containsExactly("16:7 grace-too-short");
        // The quiet wait of a shorter stop is shorter, too.
        assertThat(Run.check("--app-timeout=5", RIGHT).found())
                .containsExactly("38:11 readiness-too-slow");
    }

    // ---- the command line

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "''                          @ no file to check; - is standard input",
                "--jsom x                    @ unknown option \"--jsom\"; allowed: --app-timeout, --ignore, --json, --help, --version",
                "--json=1 x                  @ --json takes no value",
                "x --ignore                  @ --ignore needs a value",
                "x --ignore grace            @ --ignore names \"grace\"; allowed: ids as they stand at the end of a finding, separated by commas",
                "x --app-timeout 25x         @ --app-timeout is \"25x\"; allowed: a whole number of seconds, or one with ms, s or m, from 1ms to 1440m",
                "x --app-timeout 0           @ --app-timeout is \"0\"; allowed: a whole number of seconds, or one with ms, s or m, from 1ms to 1440m",
                "- -                         @ - is given twice; standard input can be read once",
            })
    void aWrongCallIsRefusedWithWhatIsAllowed(String arguments, String sentence) {
        Run run = Run.check(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        assertThat(run)
                .isEqualTo(new Run(
                        2,
                        List.of(),
                        List.of("stop check: " + sentence, "stop check: see stop check --help")));
    }

    @Test
    void helpAndVersionAreResults() {
        assertThat(Run.check("--help").out()).first().asString().startsWith("Usage: stop check");
        assertThat(Run.check("-h")).isEqualTo(Run.check("--help"));
        assertThat(Run.check("--version").out())
                .singleElement()
                .asString()
                .startsWith("stop check ");
        assertThat(Run.check("--version").code()).isZero();
    }

    @Test
    void afterTwoDashesEverythingIsAFile() {
        assertThat(Run.check("--", "--json").err())
                .containsExactly("stop check: --json: no such file");
    }
}
