package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a started Stop costs while nothing happens: threads and CPU, above the same JVM without it. The
 * three JVMs of a run live side by side, so that whatever disturbs one disturbs all.
 */
final class Idle {
    private static final int RUNS = 3;
    private static final long SETTLE_SECONDS = 5;
    private static final long IDLE_SECONDS = 30;
    private static final long THREADS_ALLOWED = 2;
    private static final long PRIVATE_CPU_ALLOWED_MILLIS = 30;
    private static final long SHARED_CPU_ALLOWED_MILLIS = 120;

    private final Figures without = new Figures();
    private final Figures inPrivate = new Figures();
    private final Figures inShared = new Figures();

    void measure(Table table) {
        for (int run = 0; run < RUNS; run++) {
            once();
        }
        tellIdle(table, "private directory", inPrivate, PRIVATE_CPU_ALLOWED_MILLIS);
        tellIdle(table, "shared directory", inShared, SHARED_CPU_ALLOWED_MILLIS);
        tellStart(table);
    }

    private void once() {
        try (Directories directories = new Directories();
                Child bare = Child.start(Map.of(), Child.java(App.class, "without"));
                Child owning = start(directories.ofItsOwn());
                Child sharing = start(directories.shared())) {
            without.started(bare);
            inPrivate.started(owning);
            inShared.started(sharing);
            bare.rest(SETTLE_SECONDS);
            without.settled(bare);
            inPrivate.settled(owning);
            inShared.settled(sharing);
            bare.rest(IDLE_SECONDS);
            without.idled(bare);
            inPrivate.idled(owning);
            inShared.idled(sharing);
            bare.terminate(128 + 15);
            owning.terminate(0);
            sharing.terminate(0);
        }
    }

    private static Child start(Path directory) {
        return Child.start(Directories.environment(directory), Child.java(App.class, "with"));
    }

    private void tellIdle(Table table, String where, Figures figures, long cpuAllowedMillis) {
        long threads = figures.threads.median() - without.threads.median();
        table.judged(
                "threads of an idle Stop, " + where + ", median",
                figures.threads.median() + " " + figures.ofItsOwn(without),
                "the same JVM without Stop: " + without.threads.median(),
                "+" + threads,
                "≤ +" + THREADS_ALLOWED,
                threads <= THREADS_ALLOWED,
                figures.threads.count());
        long cpu = figures.cpu.median() - without.cpu.median();
        table.judged(
                "CPU of an idle Stop in " + IDLE_SECONDS + " s, " + where + ", median",
                figures.toString(),
                "the same JVM without Stop: " + without,
                "+" + Samples.millis(cpu),
                "≤ +" + cpuAllowedMillis + " ms",
                cpu <= cpuAllowedMillis * 1_000_000,
                figures.cpu.count());
    }

    private void tellStart(Table table) {
        table.told(
                "`start()`, private directory, median",
                Samples.millis(inPrivate.startTime.median()),
                "–",
                "–",
                inPrivate.startTime.count());
        table.told(
                "CPU from the JVM's start until " + SETTLE_SECONDS + " s after `start()`, median",
                Samples.millis(inPrivate.startCpu.median()),
                "the same JVM without Stop: " + Samples.millis(without.startCpu.median()),
                "+" + Samples.millis(inPrivate.startCpu.median() - without.startCpu.median()),
                inPrivate.startCpu.count());
    }

    /** The figures of one of the JVMs. */
    private static final class Figures {
        private final Samples startTime = new Samples();
        private final Samples startCpu = new Samples();
        private final Samples cpu = new Samples();
        private final Samples cpuByTicks = new Samples();
        private final Samples threads = new Samples();
        private Map<String, Long> settled = Map.of();
        private Map<String, Long> idled = Map.of();
        private long ticksSettled;

        void started(Child child) {
            startTime.add(Long.parseLong(child.line("up ").substring("up ".length())));
        }

        void settled(Child child) {
            Proc proc = new Proc(child.pid());
            settled = proc.cpuNanosByThread();
            ticksSettled = proc.cpuNanosByTicks();
            startCpu.add(ticksSettled);
        }

        void idled(Child child) {
            Proc proc = new Proc(child.pid());
            idled = proc.cpuNanosByThread();
            long used = 0;
            for (Map.Entry<String, Long> thread : idled.entrySet()) {
                used += thread.getValue() - settled.getOrDefault(thread.getKey(), 0L);
            }
            cpu.add(used);
            cpuByTicks.add(proc.cpuNanosByTicks() - ticksSettled);
            threads.add(idled.size());
        }

        /** The names of the threads that the other has not. */
        String ofItsOwn(Figures other) {
            Set<String> names = names();
            names.removeAll(other.names());
            return names.toString();
        }

        private Set<String> names() {
            Set<String> names = new TreeSet<>();
            for (String thread : idled.keySet()) {
                names.add(thread.substring(thread.indexOf(' ') + 1));
            }
            return names;
        }

        @Override
        public String toString() {
            return Samples.millis(cpu.median()) + " (in ticks: "
                    + Samples.millis(cpuByTicks.median()) + ")";
        }
    }
}
