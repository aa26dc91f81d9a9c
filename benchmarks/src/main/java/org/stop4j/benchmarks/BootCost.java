package org.stop4j.benchmarks;

import org.stop4j.benchmarks.servlet.Clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What the starter costs an application of Spring Boot: the same one on the same class path, with and without our jars,
 * in turns.
 */
final class BootCost {
    private static final int STARTS = 10;
    private static final long MOST_MORE_NANOS = 60_000_000;
    private static final double MOST_TIMES = 1.03;

    private static final int ROUNDS = 31;
    private static final int ROUNDS_TO_WARM_UP = 5;
    private static final int HALF_ROUND_MILLIS = 1000;
    private static final double LEAST_RATIO = 0.98;

    private static final String PORT = "Tomcat started on port ";
    /** Its answer is one line, and it takes no time. */
    private static final String PATH = "/job?id=42&ms=0";

    private final Path root;

    BootCost(Path root) {
        this.root = root;
    }

    private enum Kind {
        WITH("tomcat"),
        WITHOUT("tomcat.alone");

        private final String file;

        Kind(String file) {
            this.file = file;
        }
    }

    // ---- how long it takes to start

    /** The median of ten starts of each, from before the process to the line that says that it has started. */
    void measureStart(Table table) {
        Starts with = new Starts();
        Starts without = new Starts();
        new Starts().add(Kind.WITHOUT); // what is read from the disk is in memory then
        new Starts().add(Kind.WITH);
        for (int i = 0; i < STARTS; i++) {
            if (i % 2 == 0) { // whoever comes second may have an advantage
                without.add(Kind.WITHOUT);
                with.add(Kind.WITH);
            } else {
                with.add(Kind.WITH);
                without.add(Kind.WITHOUT);
            }
        }
        long more = with.wall.median() - without.wall.median();
        double times = (double) with.wall.median() / without.wall.median();
        table.judged(
                "start of Spring Boot 3.5 on Tomcat with the starter, median, 90 %, longest",
                with.wall.spread(),
                "without: " + without.wall.spread(),
                difference(with.wall, without.wall),
                "≤ " + MOST_TIMES + " or ≤ +60 ms",
                times <= MOST_TIMES || more <= MOST_MORE_NANOS,
                STARTS);
        table.told(
                "the same, CPU time of the whole process until then",
                with.cpu.spread(),
                "without: " + without.cpu.spread(),
                difference(with.cpu, without.cpu),
                STARTS);
    }

    private static String difference(Samples with, Samples without) {
        return String.format(
                Locale.ROOT,
                "%.3f, %+.1f ms",
                (double) with.median() / without.median(),
                (with.median() - without.median()) / 1e6);
    }

    private final class Starts {
        private final Samples wall = new Samples();
        /** Less disturbed by what else the machine has to do. */
        private final Samples cpu = new Samples();

        private void add(Kind kind) {
            long before = System.nanoTime();
            try (Child app = start(kind)) {
                awaitPort(app);
                wall.add(System.nanoTime() - before);
                cpu.add(app.handle()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toNanos());
            }
        }
    }

    private Child start(Kind kind) {
        return Child.start(
                Map.of("STOP_DIR", System.getProperty("java.io.tmpdir")),
                List.of(
                        Child.javaProgram(),
                        "-cp",
                        classPath(kind),
                        "org.stop4j.spring.apps.JobApplication",
                        "--server.port=0",
                        "--server.tomcat.max-keep-alive-requests=-1",
                        "--stop.name=boot-cost",
                        // Of all that it says, these lines, in this order.
                        "--logging.pattern.console=%msg%n",
                        "--logging.level.root=off",
                        "--logging.level.org.stop4j.spring.apps=info",
                        "--logging.level.org.springframework.boot.web.embedded.tomcat.TomcatWebServer=info"));
    }

    private String classPath(Kind kind) {
        try {
            return Files.readString(root.resolve("tests/boot-lines/boot-3.5/target/" + kind.file))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int awaitPort(Child app) {
        app.line("Starting JobApplication ");
        app.line("No active profile set");
        app.line("Tomcat initialized ");
        String line = app.line(PORT);
        app.line("Started JobApplication ");
        return Integer.parseInt(line.substring(PORT.length()).split(" ", 2)[0]);
    }

    // ---- how much it answers

    /**
     * Both run at the same time, and one of them is called. The ratio is the median of the ratios within one round, so
     * that what disturbs the machine for a while disturbs both.
     */
    void measureThroughput(Table table) {
        ExecutorService threads = Executors.newFixedThreadPool(Clients.COUNT);
        try (Child appWithout = start(Kind.WITHOUT);
                Child appWith = start(Kind.WITH);
                Clients without = new Clients(threads, awaitPort(appWithout), PATH);
                Clients with = new Clients(threads, awaitPort(appWith), PATH)) {
            add(table, with, without);
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void add(Table table, Clients with, Clients without)
            throws InterruptedException, ExecutionException {
        Samples perSecondWith = new Samples();
        Samples perSecondWithout = new Samples();
        List<Double> ratios = new ArrayList<>();
        for (int round = -ROUNDS_TO_WARM_UP; round < ROUNDS; round++) {
            boolean turned = round % 2 != 0;
            long first = (turned ? with : without).perSecond(HALF_ROUND_MILLIS);
            long second = (turned ? without : with).perSecond(HALF_ROUND_MILLIS);
            if (round >= 0) {
                perSecondWith.add(turned ? first : second);
                perSecondWithout.add(turned ? second : first);
                ratios.add(turned ? (double) first / second : (double) second / first);
            }
        }
        Collections.sort(ratios);
        double ratio = ratios.get(ratios.size() / 2);
        table.judged(
                "throughput of Spring Boot 3.5 on Tomcat with the starter, 4 clients, median",
                perSecondWith.median() + " requests/s",
                "without: " + perSecondWithout.median() + " requests/s",
                String.format(Locale.ROOT, "%.3f", ratio),
                "≥ " + LEAST_RATIO,
                ratio >= LEAST_RATIO,
                ratios.size());
    }
}
