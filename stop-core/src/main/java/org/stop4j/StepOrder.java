package org.stop4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which steps of a phase come after which, and how many levels of others come after each. */
final class StepOrder {
    private StepOrder() {}

    /** Links the steps of one phase as they were registered; returns how many levels there are. */
    static int link(List<StepRun> runs, Plan plan, Narrator narrator) {
        Map<String, StepRun> byName = new HashMap<>();
        for (StepRun run : runs) {
            byName.put(run.step.name, run);
        }
        for (StepRun run : runs) {
            for (String name : run.step.after) {
                StepRun before = byName.get(name);
                if (before != null) {
                    link(before, run);
                } else if (plan.find(name) == null && !name.equals(Gate.QUIET_WAIT)) {
                    narrator.warn(
                            "step \"" + run.step.name + "\" is to come after \"" + name
                                    + "\", but there is no step of that name; it waits for the others alone");
                }
            }
        }
        linkLast(runs);
        return measureHeights(runs);
    }

    private static void link(StepRun before, StepRun after) {
        before.waiting.add(after);
        after.awaited++;
    }

    /** Lets the last step, and those that come after it, wait for all that do not. */
    private static void linkLast(List<StepRun> runs) {
        Deque<StepRun> open = new ArrayDeque<>();
        for (StepRun run : runs) {
            if (run.step.isLast()) {
                open.add(run);
            }
        }
        Set<StepRun> last = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            StepRun run = open.remove();
            if (last.add(run)) {
                open.addAll(run.waiting);
            }
        }
        for (StepRun run : last) {
            for (StepRun other : runs) {
                if (!last.contains(other)) {
                    link(other, run);
                }
            }
        }
    }

    private static int measureHeights(List<StepRun> runs) {
        List<StepRun> sorted = new ArrayList<>(runs.size());
        for (StepRun run : runs) {
            run.toSort = run.awaited;
            if (run.awaited == 0) {
                sorted.add(run);
            }
        }
        for (int i = 0; i < sorted.size(); i++) {
            for (StepRun next : sorted.get(i).waiting) {
                next.toSort--;
                if (next.toSort == 0) {
                    sorted.add(next);
                }
            }
        }
        int highest = 0;
        for (int i = sorted.size() - 1; i >= 0; i--) {
            StepRun run = sorted.get(i);
            for (StepRun next : run.waiting) {
                run.height = Math.max(run.height, next.height + 1);
            }
            highest = Math.max(highest, run.height);
        }
        return highest + 1;
    }
}
