package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What it costs to count work at the gate, beside other ways to count it. A ratio is the median of the ratios
 * within one round, so that what disturbs the machine for a while disturbs both sides.
 */
final class GateSpeed {
    private static final List<Integer> THREADS = List.of(1, 2, 8);
    private static final String REFERENCE = "atomicLong";
    private static final String PLAIN = "gate";
    private static final double MOST_OF_REFERENCE = 1.15;

    /** What has to be slower than the gate; the others are told. */
    private static final Map<String, String> SLOWER = inOrder(
            "jetty",
            "Jetty 12's way",
            "undertow",
            "Undertow's way",
            "semaphore",
            "a `Semaphore`",
            "readLock",
            "a read lock");

    private static final Map<String, String> TOLD = inOrder(
            "jettyCounter", "Jetty 12's way, its counter alone",
            "signBit", "one `AtomicLong` with a bit for closed",
            "longAdders", "two `LongAdder`s and a flag",
            "stampedLock", "a `StampedLock`");

    private static final Map<String, String> NAMED = inOrder(
            "named", "`tryEnter(name, by)` and `close`",
            "namedWithPlace", "`enter(name)` and `close`");

    private final Path root;
    private final int rounds;
    private final int iterationMillis;

    GateSpeed(Path root, boolean quickly) {
        this.root = root;
        rounds = quickly ? 1 : 5;
        iterationMillis = quickly ? 10 : 50;
    }

    private static Map<String, String> inOrder(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    void measure(Table table) {
        Figures figures = run();
        for (int threads : THREADS) {
            tellPlain(table, figures, threads);
        }
        for (int threads : THREADS) {
            NAMED.forEach((name, words) -> tellNamed(table, figures, threads, name, words));
        }
    }

    private Figures run() {
        List<String> names = new ArrayList<>(List.of(REFERENCE, PLAIN));
        names.addAll(SLOWER.keySet());
        names.addAll(TOLD.keySet());
        names.addAll(NAMED.keySet());
        List<String> command = new ArrayList<>();
        command.add(Child.javaProgram());
        command.add("-Djmh.ignoreLock=true"); // where something else is measured, this is too
        command.add("-jar");
        command.add(root.resolve("benchmarks/target/jmh.jar").toString());
        command.add(Integer.toString(rounds));
        command.add(Integer.toString(iterationMillis));
        command.add(String.join(",", THREADS.stream().map(String::valueOf).toList()));
        command.addAll(names);
        Figures figures = new Figures();
        try (Child jmh = Child.start(Map.of(), command)) {
            for (int i = rounds * THREADS.size() * names.size(); i > 0; i--) {
                figures.add(jmh.line("ran "));
            }
            jmh.awaitExit(0);
        }
        return figures;
    }

    private void tellPlain(Table table, Figures figures, int threads) {
        double ratio = figures.ratio(threads, PLAIN, REFERENCE);
        table.judged(
                "gate, plain, in and out, " + of(threads) + ", median",
                figures.text(threads, PLAIN),
                "a bare `AtomicLong` up and down: " + figures.text(threads, REFERENCE),
                Samples.ratio(ratio),
                "≤ " + Samples.ratio(MOST_OF_REFERENCE) + ", 0 B",
                ratio <= MOST_OF_REFERENCE && figures.bytes(threads, PLAIN) == 0,
                rounds);
        SLOWER.forEach((name, words) -> {
            double of = figures.ratio(threads, PLAIN, name);
            table.judged(
                    "the same, " + of(threads),
                    figures.text(threads, PLAIN),
                    words + ": " + figures.text(threads, name),
                    Samples.ratio(of),
                    "< " + Samples.ratio(1),
                    of < 1,
                    rounds);
        });
        TOLD.forEach((name, words) -> table.told(
                "the same, " + of(threads),
                figures.text(threads, PLAIN),
                words + ": " + figures.text(threads, name),
                Samples.ratio(figures.ratio(threads, PLAIN, name)),
                rounds));
    }

    private void tellNamed(Table table, Figures figures, int threads, String name, String words) {
        table.told(
                words + ", " + of(threads) + ", median",
                figures.text(threads, name),
                "plain: " + figures.text(threads, PLAIN),
                Samples.ratio(figures.ratio(threads, name, PLAIN)),
                rounds);
    }

    private static String of(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }

    /** What the runs have said; of each way with so many threads, in the order of the rounds. */
    private static final class Figures {
        private final Map<String, List<Double>> nanos = new LinkedHashMap<>();
        private final Map<String, List<Double>> bytes = new LinkedHashMap<>();

        void add(String line) {
            String[] words = line.split(" ", -1);
            String key = key(Integer.parseInt(words[1]), words[2]);
            nanos.computeIfAbsent(key, none -> new ArrayList<>()).add(Double.valueOf(words[3]));
            bytes.computeIfAbsent(key, none -> new ArrayList<>()).add(Double.valueOf(words[4]));
        }

        private static String key(int threads, String name) {
            return threads + " " + name;
        }

        double ratio(int threads, String one, String other) {
            List<Double> ratios = new ArrayList<>();
            List<Double> above = of(nanos, threads, one);
            List<Double> below = of(nanos, threads, other);
            for (int i = 0; i < above.size(); i++) {
                ratios.add(above.get(i) / below.get(i));
            }
            return median(ratios);
        }

        /** To whole bytes: what JMH itself allocates makes a thousandth of one. */
        long bytes(int threads, String name) {
            return Math.round(median(of(bytes, threads, name)));
        }

        String text(int threads, String name) {
            double median = median(of(nanos, threads, name));
            return String.format(Locale.ROOT, "%.1f ns, %d B", median, bytes(threads, name));
        }

        private static List<Double> of(Map<String, List<Double>> runs, int threads, String name) {
            return runs.getOrDefault(key(threads, name), List.of());
        }

        private static double median(List<Double> values) {
            List<Double> sorted = values.stream().sorted().toList();
            int half = sorted.size() / 2;
            return sorted.size() % 2 == 1
                    ? sorted.get(half)
                    : (sorted.get(half - 1) + sorted.get(half)) / 2;
        }
    }
}
