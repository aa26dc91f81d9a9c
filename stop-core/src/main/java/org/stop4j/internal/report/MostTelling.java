package org.stop4j.internal.report;

import org.stop4j.internal.report.ReportFacts.Result;
import org.stop4j.internal.report.ReportFacts.Step;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Of too many steps, those that tell most: what did not go well, then what took longest. */
final class MostTelling {
    private MostTelling() {}

    /** So many of these, or all. Each step is one of them or not, whatever its name. */
    static Set<Step> of(List<Step> steps, int most) {
        List<Step> chosen = new ArrayList<>(steps);
        if (steps.size() > most) {
            chosen.sort(new TellsMore());
            chosen = chosen.subList(0, most);
        }
        Set<Step> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(chosen);
        return set;
    }

    /** A class rather than a lambda: the {@code stop} command loads it. */
    private static final class TellsMore implements Comparator<Step> {
        @Override
        public int compare(Step a, Step b) {
            int byResult = Integer.compare(rank(a.result()), rank(b.result()));
            return byResult != 0 ? byResult : Long.compare(b.millis(), a.millis());
        }

        private static int rank(Result result) {
            return switch (result) {
                case HUNG -> 0;
                case INTERRUPTED -> 1;
                case FAILED -> 2;
                case OTHER -> 3;
                case DONE, SKIPPED -> 4;
            };
        }
    }
}
