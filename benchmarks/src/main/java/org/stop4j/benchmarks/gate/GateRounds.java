package org.stop4j.benchmarks.gate;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.Objects;

/**
 * Runs each way of counting once in each round, in a JVM of its own: what disturbs the machine for a while
 * disturbs those that are compared with each other alike. Arguments: rounds, milliseconds of an iteration,
 * the numbers of threads separated by commas, the names of the ways. Says for each run: {@code ran THREADS
 * NAME NANOSECONDS BYTES}, the last two for each time that something was counted in and out.
 */
public final class GateRounds {
    /** Many and short ones, of which the median counts: so a while in which the machine did other work does not. */
    private static final int ITERATIONS = 20;

    private static final int WARM_UP = 15;

    private GateRounds() {}

    public static void main(String[] arguments) throws RunnerException {
        int rounds = Integer.parseInt(arguments[0]);
        long millis = Long.parseLong(arguments[1]);
        for (int round = 0; round < rounds; round++) {
            for (String threads : arguments[2].split(",", -1)) {
                for (int i = 3; i < arguments.length; i++) {
                    run(Integer.parseInt(threads), arguments[i], millis);
                }
            }
        }
    }

    private static void run(int threads, String name, long millis) throws RunnerException {
        TimeValue iteration = TimeValue.milliseconds(millis);
        RunResult result = new Runner(new OptionsBuilder()
                        .include(Counting.class.getName() + '.' + name + '$')
                        .threads(threads)
                        .forks(1)
                        .warmupIterations(WARM_UP)
                        .warmupTime(iteration)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(iteration)
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .runSingle();
        double nanos = result.getPrimaryResult().getStatistics().getPercentile(50);
        Result<?> bytes = Objects.requireNonNull(
                result.getSecondaryResults().get("gc.alloc.rate.norm"), "allocation");
        System.out.println("ran " + threads + ' ' + name + ' ' + nanos + ' ' + bytes.getScore());
    }
}
