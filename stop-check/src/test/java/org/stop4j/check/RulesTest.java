package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Each rule both ways. A manifest that ends in {@code -fault} begins with what is to be found in
 * it, as {@code # LINE:COLUMN ID}; one that ends in {@code -right} is the nearest one in which
 * there is nothing to find.
 */
class RulesTest {
    private static final Path RULES = Path.of("src/test/resources/org/stop4j/check/rules");

    private static List<Path> manifests(String ending) {
        try (Stream<Path> files = Files.list(RULES)) {
            return files.filter(file -> file.toString().endsWith(ending + ".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> faults() {
        return manifests("-fault");
    }

    static List<Path> rights() {
        return manifests("-right");
    }

    private static List<String> expected(Path fault) {
        return Run.read(fault)
                .lines()
                .takeWhile(line -> line.startsWith("# "))
                .map(line -> line.substring(2))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIsFoundWhereItStandsAndNothingElseIs(Path manifest) {
        Run run = Run.check(manifest.toString());
        assertThat(run.found())
                .as("%s", run)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(expected(manifest));
        boolean onlyHints =
                run.out().stream().noneMatch(line -> line.matches(".*: (error|warning): .*"));
        assertThat(run.code()).isEqualTo(onlyHints ? 0 : 1);
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rights")
    void nothingIsFoundInTheNearestRightManifest(Path manifest) {
        assertThat(Run.check(manifest.toString())).isEqualTo(new Run(0, List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void everyRuleHasAManifestWithItsFaultAndOneWithout(Rule rule) {
        assertThat(RULES.resolve(rule.id() + "-fault.yaml")).isRegularFile();
        assertThat(RULES.resolve(rule.id() + "-right.yaml")).isRegularFile();
        assertThat(expected(RULES.resolve(rule.id() + "-fault.yaml")))
                .anyMatch(line -> line.endsWith(" " + rule.id()));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyFindingSaysWhatToWrite(Path manifest) {
        Run run = Run.check(manifest.toString());
        for (int i = 0; i < run.out().size(); i++) {
            if (run.out().get(i).startsWith(manifest.toString())) {
                assertThat(run.out().get(i + 1)).startsWith("    write: ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void whatIsIgnoredIsNotSaidAndChangesTheExitCode(Rule rule) {
        String manifest = RULES.resolve(rule.id() + "-fault.yaml").toString();
        Run all = Run.check(manifest);
        Run run = Run.check("--ignore", rule.id(), manifest);
        assertThat(all.found()).anyMatch(found -> found.endsWith(" " + rule.id()));
        assertThat(run.found()).noneMatch(found -> found.endsWith(" " + rule.id()));
        if (all.found().stream().allMatch(found -> found.endsWith(" " + rule.id()))) {
            assertThat(run).isEqualTo(new Run(0, List.of(), List.of()));
        }
    }
}
