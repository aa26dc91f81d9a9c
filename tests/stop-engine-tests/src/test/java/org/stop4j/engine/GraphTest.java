package org.stop4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.PhaseReport;
import org.stop4j.Report;
import org.stop4j.Signal;
import org.stop4j.StepReport;
import org.stop4j.StepReport.Result;
import org.stop4j.Stop;
import org.stop4j.testing.FakeSignals;
import org.stop4j.testing.RecordingExit;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The promises, over stops that are made up. A failure names the seed of its graph; {@code
 * -Dstop.graph.seed=…} runs that one alone, {@code -Dstop.graph.count=…} so many.
 */
class GraphTest {
    /** Graphs that have found something: always among them. */
    private static final long[] FOUND = {568222316776544489L};

    private static final Duration LONG = Duration.ofDays(1);

    /** What came of one graph. */
    private record Came(
            Graph graph,
            Report report,
            Map<String, Duration> begins,
            Map<String, StepReport> steps) {
        StepReport step(String name) {
            return Objects.requireNonNull(steps.get(name), name);
        }
    }

    @Test
    void everyPromiseHoldsForEveryGraph() throws Exception {
        Long one = Long.getLong("stop.graph.seed");
        Random seeds = new Random();
        int count = one != null ? 1 : Integer.getInteger("stop.graph.count", 300);
        Set<Result> seen = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            long seed = one != null ? one : i < FOUND.length ? FOUND[i] : seeds.nextLong();
            try {
                seen.addAll(check(new Graph(seed)));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "stop.graph.seed=" + seed + ": " + e.getMessage() + "\n" + new Graph(seed),
                        e);
            }
        }
        if (count >= 100) {
            assertThat(seen).as("what the graphs have come across").contains(Result.values());
        }
    }

    private static Set<Result> check(Graph graph) throws InterruptedException {
        Map<String, Duration> begins = new ConcurrentHashMap<>();
        Set<Result> results = new LinkedHashSet<>();
        try (VirtualTime time = new VirtualTime(graph.clock)) {
            FakeSignals signals = new FakeSignals();
            RecordingExit exit = new RecordingExit(time);
            Stop stop = graph.describe(Stop.builder().time(time).exit(exit).trigger(signals))
                    .start();
            graph.register(stop, time, begins);
            signals.raise(Signal.TERM);
            if (graph.secondSignal != null) {
                time.sleep(graph.secondSignal);
                signals.raise(Signal.INT);
            }
            int code = exit.await();
            Report report = stop.await();
            Map<String, StepReport> steps = new HashMap<>();
            for (StepReport step : report.steps()) {
                assertThat(steps.put(step.name(), step))
                        .as("%s is reported once", step)
                        .isNull();
                results.add(step.result());
            }
            Came came = new Came(graph, report, begins, steps);
            everyStepWasAttemptedOnceOrSkipped(came);
            theOrderWasKept(came);
            everyPhaseHadItsReserve(came);
            nothingRanPastItsLimit(came);
            eachCameOutAsItIs(came);
            theOutcomeIsThatOfTheSteps(came, code);
            theReportIsInTheOrderOfBegin(came);
            assertThat(exit.halted()).as("ended by force").isFalse();
            nobodyIsLeft(came, time);
        }
        return results;
    }

    private static void everyStepWasAttemptedOnceOrSkipped(Came came) {
        assertThat(came.steps()).hasSize(came.graph().nodes.size());
        for (StepReport step : came.steps().values()) {
            if (step.result() == Result.SKIPPED) {
                assertThat(came.begins()).doesNotContainKey(step.name());
                assertThat(came.graph().aborting)
                        .as("phases that abort, one of which has skipped %s", step.name())
                        .anyMatch(phase ->
                                step.phase().equals(phase) || !step.phase().equals(Phase.LAST));
            } else {
                assertThat(came.begins().get(step.name()))
                        .as("when %s began", step.name())
                        .isEqualTo(step.begin());
            }
        }
    }

    private static void theOrderWasKept(Came came) {
        Duration over = Duration.ZERO;
        for (PhaseReport phase : came.report().phases()) {
            assertThat(phase.begin()).as("begin of %s", phase.phase()).isGreaterThanOrEqualTo(over);
            for (StepReport step : phase.steps()) {
                if (step.result() != Result.SKIPPED) {
                    assertThat(step.begin()).isGreaterThanOrEqualTo(phase.begin());
                    assertThat(end(step))
                            .as("end of %s", step.name())
                            .isLessThanOrEqualTo(phase.begin().plus(phase.took()));
                }
            }
            over = phase.begin().plus(phase.took());
        }
        for (Graph.Node node : came.graph().nodes) {
            StepReport step = came.step(node.name());
            for (String other : node.after()) {
                StepReport before = came.step(other);
                if (step.result() != Result.SKIPPED && before.result() != Result.SKIPPED) {
                    assertThat(step.begin())
                            .as("%s after %s", node.name(), other)
                            .isGreaterThanOrEqualTo(end(before));
                }
            }
        }
    }

    private static Duration end(StepReport step) {
        return step.begin().plus(step.took());
    }

    /** However those before behaved: a first step of the phase might have run for all of it but the grace. */
    private static void everyPhaseHadItsReserve(Came came) {
        Graph graph = came.graph();
        for (PhaseReport phase : came.report().phases()) {
            Duration kept = graph.reserve(phase.phase()).minus(graceBefore(came, phase));
            for (StepReport step : phase.steps()) {
                Graph.Node node = node(graph, step.name());
                boolean last = graph.nodes.stream()
                        .noneMatch(other -> other.phase().equals(node.phase())
                                && other.after().contains(node.name()));
                boolean first = node.after().stream()
                        .noneMatch(other -> node(graph, other).phase().equals(node.phase()));
                if (first && last && node.ceiling() == null && step.result() != Result.SKIPPED) {
                    assertThat(step.limit().plus(step.begin().minus(phase.begin())))
                            .as("time that phase %s had for %s", phase.phase(), step.name())
                            .isGreaterThanOrEqualTo(kept);
                }
            }
        }
    }

    /** Only the phase just before can have used up its grace beyond its end. */
    private static Duration graceBefore(Came came, PhaseReport phase) {
        return phase.equals(came.report().phases().get(0))
                ? Duration.ZERO
                : came.graph().grace();
    }

    private static Graph.Node node(Graph graph, String name) {
        return graph.nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void nothingRanPastItsLimit(Came came) {
        for (StepReport step : came.steps().values()) {
            assertThat(step.took()).as("time of %s", step.name()).isLessThanOrEqualTo(step.limit());
            Graph.Node node = node(came.graph(), step.name());
            if (node.ceiling() != null) {
                assertThat(step.limit())
                        .as("limit of %s", step.name())
                        .isLessThanOrEqualTo(node.ceiling());
            }
        }
        // A chain may be at its end when the graces have eaten the share of its last links.
        assertThat(came.report().took())
                .isLessThanOrEqualTo(came.graph().timeout.plus(came.graph().grace()));
    }

    private static void eachCameOutAsItIs(Came came) {
        for (Graph.Node node : came.graph().nodes) {
            StepReport step = came.step(node.name());
            boolean cut = step.took().compareTo(step.limit()) >= 0;
            List<Result> possible = new ArrayList<>(List.of(Result.SKIPPED));
            switch (node.deed()) {
                case HANG -> possible.add(Result.INTERRUPTED);
                case HANG_ON, ASYNC_NEVER -> possible.add(Result.HUNG);
                case CLEAN_UP -> possible.addAll(List.of(Result.INTERRUPTED, Result.HUNG));
                case WORK ->
                    possible.addAll(
                            cut ? List.of(Result.INTERRUPTED, Result.DONE) : List.of(Result.DONE));
                case ASYNC ->
                    possible.addAll(cut ? List.of(Result.HUNG, Result.DONE) : List.of(Result.DONE));
                case FAIL, ERROR ->
                    possible.addAll(
                            cut
                                    ? List.of(Result.INTERRUPTED, Result.FAILED)
                                    : List.of(Result.FAILED));
                case ASYNC_FAIL ->
                    possible.addAll(
                            cut ? List.of(Result.HUNG, Result.FAILED) : List.of(Result.FAILED));
            }
            assertThat(possible).as("%s, which came out as %s", node, step).contains(step.result());
            if (!cut && step.result() != Result.SKIPPED) {
                assertThat(step.took()).as("%s", step).isEqualTo(node.duration());
            }
            boolean stands = step.result() == Result.HUNG || step.result() == Result.INTERRUPTED;
            assertThat(!step.stacks().isEmpty()).as("stack of %s", step).isEqualTo(stands);
        }
    }

    private static void theOutcomeIsThatOfTheSteps(Came came, int code) {
        Outcome worst = Outcome.CLEAN;
        for (StepReport step : came.steps().values()) {
            Outcome its = step.result().outcome();
            worst = its.compareTo(worst) > 0 ? its : worst;
        }
        assertThat(came.report().outcome()).isEqualTo(worst);
        assertThat(code).isEqualTo(came.report().exitCode());
        boolean hurried = !came.report().joined().isEmpty();
        int forced = hurried ? 128 + Signal.INT.number() : 3;
        assertThat(code).isEqualTo(worst == Outcome.FORCED ? forced : worst.exitCode());
    }

    private static void theReportIsInTheOrderOfBegin(Came came) {
        List<Phase> order =
                came.report().phases().stream().map(PhaseReport::phase).toList();
        List<Phase> expected = came.graph().phases.stream()
                .filter(phase -> came.graph().nodes.stream()
                        .anyMatch(node -> node.phase().equals(phase)))
                .toList();
        assertThat(order).isEqualTo(expected);
        for (PhaseReport phase : came.report().phases()) {
            assertThat(phase.steps().stream()
                            .filter(step -> step.result() != Result.SKIPPED)
                            .map(StepReport::begin)
                            .toList())
                    .isSorted();
        }
    }

    /** But for steps that no interrupt ends. */
    private static void nobodyIsLeft(Came came, VirtualTime time) throws InterruptedException {
        time.sleep(LONG);
        long stuck = came.steps().values().stream()
                .filter(step -> step.result() == Result.HUNG)
                .filter(step -> node(came.graph(), step.name()).deed() == Graph.Deed.HANG_ON)
                .count();
        assertThat(time.threads()).as("threads that are left").hasSize((int) stuck);
    }
}
