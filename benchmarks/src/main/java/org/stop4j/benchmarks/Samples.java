package org.stop4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Durations or counts of one measure, in nanoseconds where they are durations. */
final class Samples {
    private final List<Long> values = new ArrayList<>();

    void add(long value) {
        values.add(value);
    }

    int count() {
        return values.size();
    }

    long median() {
        List<Long> sorted = sorted();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(half)
                : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** The smallest value that so many percent of all do not exceed. */
    long percentile(int percent) {
        List<Long> sorted = sorted();
        return sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
    }

    long largest() {
        return Collections.max(values);
    }

    private List<Long> sorted() {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted;
    }

    /** Median, 90th percentile and largest, as people read them. */
    String spread() {
        return millis(median()) + ", " + millis(percentile(90)) + ", " + millis(largest());
    }

    /** Nanoseconds as people read them: {@code 82.4 ms}. */
    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    /** Kibibytes as people read them: {@code 31.5 MiB}. */
    static String mebibytes(long kibibytes) {
        return String.format(Locale.ROOT, "%.1f MiB", kibibytes / 1024.0);
    }

    /** {@code 2.08 ×}. */
    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f ×", ratio);
    }
}
