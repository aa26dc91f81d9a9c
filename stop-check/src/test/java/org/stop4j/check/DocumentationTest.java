package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.regex.Pattern;

class DocumentationTest {
    private static final Pattern ROW = Pattern.compile(
            "^\\| `([a-z0-9-]+)` \\| (error|warning|hint) \\| .+ \\| .+ \\|$", Pattern.MULTILINE);

    @Test
    void thePageDescribesEachRuleWithItsLevelAndNoOther() {
        assertThat(ROW.matcher(Run.read(Run.file("docs/check.md")))
                        .results()
                        .map(row -> row.group(1) + " " + row.group(2)))
                .containsExactlyElementsOf(Arrays.stream(Rule.values())
                        .map(rule -> rule.id() + " " + rule.level().word())
                        .toList());
    }
}
