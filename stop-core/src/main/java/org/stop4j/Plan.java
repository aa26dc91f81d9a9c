package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What is to be done: the phases in their order, and the steps that were registered. A phase closes when it
 * begins; what comes for it then is refused.
 *
 * <p>Thread-safe; everything mutable is guarded by this object, and nothing of anybody else's is called
 * while it is held.
 */
final class Plan {
    private final List<Phase> phases;
    private final Map<String, Planned> steps = new HashMap<>();
    /** The same, phase by phase, in the order of their registration. */
    private final List<Map<String, Planned>> byPhase = new ArrayList<>();
    /** What some step is to come after, and how many are. */
    private final Map<String, Integer> named = new HashMap<>();
    /** How many phases have begun. */
    private int begun;
    /** How often steps have come and gone. */
    private int changes;

    Plan(List<Phase> phases) {
        this.phases = List.copyOf(phases);
        for (int i = 0; i < phases.size(); i++) {
            byPhase.add(new LinkedHashMap<>());
        }
    }

    List<Phase> phases() {
        return phases;
    }

    // ---- registering

    synchronized RegisteredStep add(Phase phase, String name, StepWork work) {
        refuseIfUnknown(Objects.requireNonNull(phase, "phase"));
        Names.check("step", Objects.requireNonNull(name, "name"));
        Planned step = new Planned(name, phase, work);
        refuseIfBegun(step, "comes too late");
        Planned same = steps.putIfAbsent(name, step);
        if (same != null) {
            throw new IllegalArgumentException("there is a step \"" + name + "\" already, in phase "
                    + same.phase + "; allowed: a name of its own");
        }
        try {
            refuseIfNamedByEarlierPhase(step);
        } catch (IllegalArgumentException e) {
            steps.remove(name);
            throw e;
        }
        of(phase).put(name, step);
        changes++;
        return new Entry(step);
    }

    private Map<String, Planned> of(Phase phase) {
        return byPhase.get(phases.indexOf(phase));
    }

    private void refuseIfUnknown(Phase phase) {
        if (!phases.contains(phase)) {
            throw new IllegalArgumentException("unknown phase " + phase + "; allowed: " + phases
                    + ", and what Stop.builder().phaseAfter(…) adds");
        }
    }

    private void refuseIfBegun(Planned step, String what) {
        if (phases.indexOf(step.phase) < begun) {
            throw new StoppingException("step \"" + step.name + "\" " + what
                    + ": the process is stopping, and phase " + step.phase + " has begun");
        }
    }

    private synchronized void limit(Planned step, Duration ceiling) {
        refuseIfBegun(step, "gets its ceiling too late");
        step.ceiling = Durations.positive("ceiling of step \"" + step.name + '"', ceiling);
    }

    private synchronized void order(Planned step, String[] others) {
        refuseIfBegun(step, "gets its order too late");
        for (String other : others) {
            Names.check("step", Objects.requireNonNull(other, "step"));
        }
        List<String> added = new ArrayList<>();
        for (String other : others) {
            if (step.after.add(other)) {
                added.add(other);
            }
        }
        try {
            refuseCircle(step);
            refuseLaterPhase(step);
        } catch (IllegalArgumentException e) {
            added.forEach(step.after::remove);
            throw e;
        }
        for (String name : added) {
            named.merge(name, 1, Integer::sum);
        }
    }

    private void refuseCircle(Planned step) {
        Map<String, String> cameFrom = new LinkedHashMap<>();
        Deque<Planned> open = new ArrayDeque<>(List.of(step));
        while (!open.isEmpty()) {
            Planned from = open.removeFirst();
            for (String name : from.after) {
                if (cameFrom.putIfAbsent(name, from.name) == null) {
                    Planned next = steps.get(name);
                    if (next == step) {
                        throw new IllegalArgumentException("step \"" + step.name
                                + "\" would wait for itself: " + way(step.name, cameFrom)
                                + "; allowed: an order without a circle");
                    }
                    if (next != null) {
                        open.addLast(next);
                    }
                }
            }
        }
    }

    /** {@code a after b after c after a}. */
    private static String way(String name, Map<String, String> cameFrom) {
        String words = name;
        String before = cameFrom.get(name);
        while (before != null && !before.equals(name)) {
            words = before + " after " + words;
            before = cameFrom.get(before);
        }
        return name + " after " + words;
    }

    private void refuseLaterPhase(Planned step) {
        for (String name : step.after) {
            Planned other = steps.get(name);
            if (other != null && phases.indexOf(other.phase) > phases.indexOf(step.phase)) {
                throw new IllegalArgumentException("step \"" + step.name + "\" of phase "
                        + step.phase + " cannot come after \"" + name + "\" of phase "
                        + other.phase + "; allowed: steps of the same phase or an earlier one");
            }
        }
    }

    private void refuseIfNamedByEarlierPhase(Planned added) {
        if (named.containsKey(added.name)) {
            for (Planned step : steps.values()) {
                if (step.after.contains(added.name)) {
                    refuseLaterPhase(step);
                }
            }
        }
    }

    private synchronized void remove(Planned step) {
        if (phases.indexOf(step.phase) >= begun) {
            if (steps.remove(step.name, step)) {
                of(step.phase).remove(step.name, step);
                changes++;
                forget(step.after);
            }
        }
    }

    private void forget(Set<String> names) {
        for (String name : names) {
            named.merge(name, -1, Integer::sum);
            named.remove(name, 0);
        }
    }

    // ---- what there is

    /** How many steps are registered, those of the past included. */
    synchronized int count() {
        return steps.size();
    }

    /** Another number when other steps are registered than before. */
    synchronized int changes() {
        return changes;
    }

    /** The first so many, in the order in which their phases come. */
    synchronized List<Planned> first(int most) {
        List<Planned> first = new ArrayList<>();
        for (Map<String, Planned> its : byPhase) {
            for (Planned step : its.values()) {
                if (first.size() == most) {
                    return first;
                }
                first.add(step);
            }
        }
        return first;
    }

    synchronized boolean hasSteps(int phase) {
        return !byPhase.get(phase).isEmpty();
    }

    /** {@code DRAIN [http], CLOSE [database, cache]}. */
    synchronized String inWords() {
        StringBuilder words = new StringBuilder();
        for (Phase phase : phases) {
            Set<String> names = of(phase).keySet();
            if (!names.isEmpty()) {
                words.append(words.isEmpty() ? "" : ", ").append(phase).append(' ');
                words.append(names.size() > 20 ? names.size() + " steps" : names);
            }
        }
        return words.isEmpty() ? "no steps" : words.toString();
    }

    // ---- beginning

    /** Begins the next phase: from now on none of its steps comes, goes or changes. */
    synchronized List<Planned> begin(int phase) {
        begun = phase + 1;
        return new ArrayList<>(byPhase.get(phase).values());
    }

    /** The step of that name; null if there is none. */
    synchronized @Nullable Planned find(String name) {
        return steps.get(name);
    }

    private final class Entry implements RegisteredStep {
        private final Planned step;

        private Entry(Planned step) {
            this.step = step;
        }

        @Override
        public RegisteredStep ceiling(Duration limit) {
            limit(step, limit);
            return this;
        }

        @Override
        public RegisteredStep after(String... others) {
            order(step, others);
            return this;
        }

        @Override
        public void close() {
            remove(step);
        }
    }
}
