package org.stop4j.engine;

import org.jspecify.annotations.Nullable;
import org.stop4j.Deadline;
import org.stop4j.Phase;
import org.stop4j.RegisteredStep;
import org.stop4j.Stop;
import org.stop4j.testing.VirtualTime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A stop made up from a seed: phases, reserves, and steps that do all that steps do. */
final class Graph {
    /** What a step does. */
    enum Deed {
        WORK,
        FAIL,
        ERROR,
        HANG,
        HANG_ON,
        CLEAN_UP,
        ASYNC,
        ASYNC_FAIL,
        ASYNC_NEVER
    }

    /** A step. Who it comes after are earlier ones in the list, so that there is no circle. */
    record Node(
            String name,
            Phase phase,
            Deed deed,
            Duration duration,
            @Nullable Duration ceiling,
            List<String> after) {}

    final Duration timeout;
    final List<Phase> phases = new ArrayList<>(
            List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST));
    final Map<Phase, Duration> reserves = new LinkedHashMap<>();
    final List<Phase> aborting = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    /** When a second signal comes; null if none does. */
    final @Nullable Duration secondSignal;

    /** Where the clock stands when it begins. */
    final long clock;

    private final Random random;

    Graph(long seed) {
        random = new Random(seed);
        timeout = Duration.ofMillis(1_000 + random.nextInt(60_000));
        int own = random.nextInt(4);
        for (int i = 0; i < own; i++) {
            phases.add(1 + random.nextInt(phases.size() - 1), new Phase("OWN" + i));
        }
        for (Phase phase : phases) {
            if (random.nextInt(5) == 0) {
                reserves.put(phase, millis(1 + random.nextInt((int) timeout.toMillis() / 20)));
            }
            if (random.nextInt(20) == 0) {
                aborting.add(phase);
            }
        }
        int steps = random.nextInt(5) == 0 ? 80 + random.nextInt(40) : random.nextInt(15);
        for (int i = 0; i < steps; i++) {
            nodes.add(node(i));
        }
        secondSignal = random.nextInt(3) == 0
                ? millis(300 + random.nextInt((int) timeout.toMillis()))
                : null;
        clock = random.nextLong();
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private Node node(int number) {
        Phase phase = phases.get(random.nextInt(phases.size()));
        List<String> after = new ArrayList<>();
        for (Node other : nodes) {
            boolean earlier = phases.indexOf(other.phase()) <= phases.indexOf(phase);
            if (earlier && random.nextInt(nodes.size() + 3) == 0) {
                after.add(other.name());
            }
        }
        Deed deed = random.nextInt(3) > 0
                ? Deed.WORK
                : Deed.values()[random.nextInt(Deed.values().length)];
        long most = timeout.toMillis() / (random.nextInt(3) == 0 ? 1 : 20);
        Duration duration = random.nextInt(4) == 0
                ? Duration.ZERO
                : Duration.ofNanos(
                        random.nextInt((int) most + 1) * 1_000_000L + random.nextInt(1000));
        Duration ceiling =
                random.nextInt(4) == 0 ? millis(1 + random.nextInt((int) most + 1)) : null;
        return new Node("step " + number, phase, deed, duration, ceiling, after);
    }

    // ---- made real

    Stop.Builder describe(Stop.Builder builder) {
        builder.timeout(timeout);
        for (int i = 1; i < phases.size(); i++) {
            if (phases.get(i).name().startsWith("OWN")) {
                builder.phaseAfter(phases.get(i - 1), phases.get(i));
            }
        }
        reserves.forEach(builder::reserve);
        aborting.forEach(builder::abortOnFailure);
        return builder;
    }

    /** Registers the steps, in an order of their own; each tells when it begins. */
    void register(Stop stop, VirtualTime time, Map<String, Duration> begins) {
        List<Node> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, random);
        for (Node node : shuffled) {
            RegisteredStep step = switch (node.deed()) {
                case ASYNC, ASYNC_FAIL, ASYNC_NEVER ->
                    stop.asyncStep(node.phase(), node.name(), deadline -> {
                        begun(node, time, begins);
                        return begin(node, time);
                    });
                default ->
                    stop.step(node.phase(), node.name(), (Deadline deadline) -> {
                        begun(node, time, begins);
                        run(node, time);
                    });
            };
            step.after(node.after().toArray(new String[0]));
            if (node.ceiling() != null) {
                step.ceiling(node.ceiling());
            }
        }
    }

    private static void begun(Node node, VirtualTime time, Map<String, Duration> begins) {
        if (begins.putIfAbsent(node.name(), time.elapsed()) != null) {
            throw new AssertionError(node.name() + " was begun twice");
        }
    }

    private static void run(Node node, VirtualTime time) throws Exception {
        switch (node.deed()) {
            case HANG -> time.hang();
            case HANG_ON -> time.hangUninterruptibly();
            case CLEAN_UP -> {
                try {
                    time.hang();
                } catch (InterruptedException e) {
                    time.sleep(node.duration());
                }
            }
            default -> time.sleep(node.duration());
        }
        if (node.deed() == Deed.FAIL) {
            throw new IllegalStateException("on purpose");
        } else if (node.deed() == Deed.ERROR) {
            throw new StackOverflowError("on purpose");
        }
    }

    private static CompletionStage<?> begin(Node node, VirtualTime time) {
        CompletableFuture<String> done = new CompletableFuture<>();
        if (node.deed() != Deed.ASYNC_NEVER) {
            Runnable task = node.deed() == Deed.ASYNC
                    ? () -> done.complete("done")
                    : () -> done.completeExceptionally(new IllegalStateException("on purpose"));
            ScheduledExecutorService scheduler = time.scheduler();
            Future<?> unused =
                    scheduler.schedule(task, node.duration().toNanos(), TimeUnit.NANOSECONDS);
            scheduler.shutdown();
        }
        return done;
    }

    /** What keeps time after a phase: the reserves of later phases with steps. */
    Duration reserve(Phase phase) {
        Duration own = reserves.get(phase);
        long parts = Math.max(10, 2L * phases.size());
        return own != null ? own : Duration.ofNanos(timeout.toNanos() / parts);
    }

    /** How long a step that was interrupted is waited for. */
    Duration grace() {
        long nanos = Math.min(100_000_000, timeout.toNanos() / 100);
        for (Phase phase : phases) {
            nanos = Math.min(nanos, reserve(phase).toNanos() / 4);
        }
        return Duration.ofNanos(nanos);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("timeout " + timeout + ", phases " + phases
                + ", reserves " + reserves + ", aborting " + aborting + ", second signal "
                + secondSignal);
        nodes.forEach(node -> text.append("\n  ").append(node));
        return text.toString();
    }
}
