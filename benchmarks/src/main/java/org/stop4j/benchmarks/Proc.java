package org.stop4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the kernel tells about a process. */
final class Proc {
    private static final long NANOS_PER_TICK = 10_000_000L;
    /** Fields of {@code stat} after the name in parentheses, counted from 0: utime and stime. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    private final Path proc;

    Proc(long pid) {
        proc = Path.of("/proc", Long.toString(pid));
    }

    /** The CPU time of all its threads, ended ones too, in steps of 10 ms. */
    long cpuNanosByTicks() {
        String stat = read(proc.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * NANOS_PER_TICK;
    }

    /** The CPU time of each living thread, exactly; the key is its id and name. */
    Map<String, Long> cpuNanosByThread() {
        Map<String, Long> threads = new TreeMap<>();
        try (var tasks = Files.list(proc.resolve("task"))) {
            List<Path> all = tasks.toList();
            for (Path task : all) {
                String cpu = read(task.resolve("schedstat"));
                threads.put(
                        task.getFileName() + " " + read(task.resolve("comm")).trim(),
                        Long.parseLong(cpu.substring(0, cpu.indexOf(' '))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return threads;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
