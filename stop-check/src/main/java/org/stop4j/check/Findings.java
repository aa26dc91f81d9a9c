package org.stop4j.check;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was found in one file. Not thread-safe. */
final class Findings {
    private final String file;
    private final Set<String> ignored;
    /** A set: two containers may be one, by an alias. */
    private final Set<Finding> found = new LinkedHashSet<>();

    /** Leaves out those with the ids that are ignored. */
    Findings(String file, Set<String> ignored) {
        this.file = file;
        this.ignored = ignored;
    }

    void add(Rule rule, Value at, String sentence, String write) {
        if (!ignored.contains(rule.id())) {
            found.add(new Finding(rule, file, at.line(), at.column(), sentence, write));
        }
    }

    /** In the order of the file. */
    List<Finding> sorted() {
        return found.stream()
                .sorted(Comparator.comparingInt(Finding::line)
                        .thenComparingInt(Finding::column)
                        .thenComparing(Finding::rule))
                .toList();
    }
}
