package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How soon the waiting command shows what the application does: from the beginning of a step to the line that names it. */
final class Shown {
    private static final int STEPS = 30;
    private static final long ALLOWED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Pattern RUNNING = Pattern.compile("running step \\\\\"(s\\d+)\\\\\"");

    private final Command command;

    Shown(Command command) {
        this.command = command;
    }

    void measure(Table table) {
        try (Directories directories = new Directories()) {
            measure(table, directories.ofItsOwn());
        }
    }

    private void measure(Table table, Path directory) {
        Map<String, String> environment = Directories.environment(directory);
        Map<String, Long> shown = new HashMap<>();
        Samples samples = new Samples();
        try (Child app = Child.start(environment, Child.java(ChainApp.class, "" + STEPS))) {
            app.line("up");
            try (Child waiting = Child.start(environment, command.byLauncher("--json"))) {
                String line = waiting.line("{\"event\":");
                while (line.startsWith("{\"event\":\"progress\"")) {
                    long now = System.nanoTime();
                    Matcher running = RUNNING.matcher(line);
                    if (running.find()) {
                        shown.putIfAbsent(running.group(1), now);
                    }
                    line = waiting.line("{\"event\":");
                }
                waiting.awaitExit(0);
            }
            // The first are over, perhaps, before anything is shown at all.
            for (int i = 0; i < STEPS; i++) {
                String name = "s" + i;
                long begun = Long.parseLong(app.line(name + " ").substring(name.length() + 1));
                Long seen = shown.get(name);
                if (seen != null) {
                    samples.add(seen - begun);
                } else if (i > 1) {
                    throw new IllegalStateException("step " + name + " was never shown");
                }
            }
        }
        table.judged(
                "a step has begun, `stop --json` names it: median, p90, longest",
                samples.spread(),
                "",
                "",
                "≤ " + Samples.millis(ALLOWED_NANOS),
                samples.largest() <= ALLOWED_NANOS,
                samples.count());
    }
}
