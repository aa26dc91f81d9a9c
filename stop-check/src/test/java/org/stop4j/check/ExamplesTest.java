package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The manifests of examples/kubernetes. */
@Timeout(120)
class ExamplesTest {
    private static final Path EXAMPLES = Run.file("examples/kubernetes");

    private static String example(String name) {
        return Run.read(EXAMPLES.resolve(name + ".yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "http"})
    void nothingIsFoundInAnExample(String name) {
        assertThat(Run.withInput(example(name), "-")).isEqualTo(new Run(0, List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "exec | GracePeriodSeconds: 35 | GracePeriodSeconds: 26 | grace-too-short grace-seconds-differ timeout-over-grace",
                "exec | value: \"35\" | value: \"60\" | grace-seconds-differ",
                "exec | value: \"30\" | value: 30s | bad-value",
                "exec | value: \"30\" | value: 30 | wrong-type",
                "exec | - --reason\\n              - preStop | - --no-wait | no-wait",
                "exec | - --reason | - --reson | unknown-option",
                "exec | - --reason\\n              - preStop | - --until=exited | until-exited",
                "exec | - preStop | - $(HOSTNAME) | variable-not-expanded",
                "exec | image: plain-main\\n        lifecycle | image: gcr.io/distroless/java17\\n        lifecycle | shell-missing",
                "exec | periodSeconds: 1 | periodSeconds: 10 | readiness-too-slow",
                "exec | path: /live | path: /ready | liveness-on-ready",
                "exec | initContainers: | formerContainers: | stop-dir-missing",
                "exec | emptyDir: | hostPath: | stop-dir-outlives-pod",
                "exec | - /opt/stop/bin/stop | - /opt/stop/bin/stop\\n              - --dir=/tmp | looks-elsewhere",
                "http | Bearer choose-your-own-token | Bearer $(STOP_TOKEN) | variable-not-expanded",
                "http | - name: Authorization | - name: Token | no-token",
                "http | path: /shutdown\\n              port: stop | path: /shutdown\\n              port: halt | port-unknown",
                "http | path: /shutdown | path: /shutdown\\n              host: localhost | host-is-node",
                "http | preStop: | postStart: | no-prestop",
            })
    void aBrokenExampleHasItsOwnFaultAndNoOther(
            String name, String right, String wrong, String ids) {
        assertThat(example(name)).contains(right.translateEscapes());
        String broken = example(name).replace(right.translateEscapes(), wrong.translateEscapes());
        assertThat(Run.withInput(broken, "-").found().stream()
                        .map(found -> found.substring(found.indexOf(' ') + 1))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(ids.split(" ", -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "http"})
    void anExampleIsWhatKustomizeMakes(String name) throws Exception {
        // Versions of Kustomize differ in order and indentation.
        assertThat(sortedLines(example(name)))
                .isEqualTo(sortedLines(kustomize(EXAMPLES.resolve("overlays").resolve(name))));
    }

    private static List<String> sortedLines(String yaml) {
        return yaml.lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .toList();
    }

    private static String kustomize(Path directory) throws IOException, InterruptedException {
        boolean found = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
        assumeTrue(found, "needs the program kubectl");
        ProcessBuilder builder = new ProcessBuilder("kubectl", "kustomize", directory.toString());
        builder.environment().put("KUBECONFIG", "/dev/null"); // nobody's cluster
        Process process = builder.redirectErrorStream(true).start();
        String made = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        assumeTrue(!made.contains("unknown field \"replacements\""), "needs a newer kubectl");
        assertThat(code).as(made).isZero();
        return made;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"base/times.yaml", "base/kustomization.yaml", "overlays/http/token.yaml"})
    void thePartsHoldNoPodThatWouldHaveToBeChecked(String part) {
        assertThat(Run.check(EXAMPLES.resolve(part).toString()).err())
                .singleElement()
                .asString()
                .endsWith("no pod in it, nothing checked");
    }
}
