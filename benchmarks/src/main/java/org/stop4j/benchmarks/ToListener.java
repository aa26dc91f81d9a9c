package org.stop4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From the request file appearing to the application's listener running. */
final class ToListener {
    private static final int REQUESTS = 300;
    private static final long WATCHED_LIMIT_MILLIS = 20;
    private static final long POLLED_LIMIT_MILLIS = 150;

    void measure(Table table) {
        tell(table, "private directory", Kind.WATCHED, WATCHED_LIMIT_MILLIS);
        tell(table, "shared directory", Kind.SHARED, POLLED_LIMIT_MILLIS);
        if (canExhaustWatches()) {
            tell(
                    table,
                    "private directory, inotify exhausted",
                    Kind.EXHAUSTED,
                    POLLED_LIMIT_MILLIS);
        } else {
            table.missing(
                    "from the request file to the listener, inotify exhausted",
                    "needs `unshare -U -r` and a writable /proc/sys/user");
        }
    }

    private enum Kind {
        WATCHED,
        SHARED,
        EXHAUSTED
    }

    private static void tell(Table table, String where, Kind kind, long limitMillis) {
        Samples samples = samples(kind);
        long slow = samples.percentile(99);
        table.judged(
                "from the request file to the listener, " + where + ", p99",
                Samples.millis(slow),
                "median " + Samples.millis(samples.median()) + ", largest "
                        + Samples.millis(samples.largest()),
                "–",
                "≤ " + limitMillis + " ms",
                slow <= limitMillis * 1_000_000,
                samples.count());
    }

    private static Samples samples(Kind kind) {
        try (Directories directories = new Directories()) {
            String place = (kind == Kind.SHARED ? directories.shared() : directories.ofItsOwn())
                    .toString();
            // Twice the period of the poll, so that every point of it is met; a watch has none.
            String pauseMillis = kind == Kind.WATCHED ? "50" : "200";
            List<String> command = new ArrayList<>();
            if (kind == Kind.EXHAUSTED) {
                command.addAll(withoutWatches());
            }
            command.addAll(Child.java(
                    Listener.class,
                    place,
                    directories.ofItsOwn().toString(),
                    Integer.toString(REQUESTS),
                    pauseMillis,
                    kind == Kind.EXHAUSTED ? "no-watches" : "watches"));
            Samples samples = new Samples();
            try (Child listener = Child.start(Map.of(), command)) {
                for (int i = 0; i < REQUESTS; i++) {
                    samples.add(Long.parseLong(listener.line("")));
                }
                listener.awaitExit(0);
            }
            return samples;
        }
    }

    /** What runs a program in a user namespace of its own, in which no inotify instance can be made. */
    private static List<String> withoutWatches() {
        return List.of(
                "unshare",
                "-U",
                "-r",
                "sh",
                "-c",
                "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"",
                "sh");
    }

    private static boolean canExhaustWatches() {
        List<String> command = new ArrayList<>(withoutWatches());
        command.add("true");
        return Child.works(command);
    }
}
