package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command as {@code preStop} runs it: in the PID namespace of an application that is PID 1, whose end
 * takes every other process of the namespace with it.
 */
final class InContainer {
    private static final int RUNS = 50;
    private static final List<String> CONTAINER = List.of("unshare", "-pf", "--mount-proc");
    private static final String MEASURE =
            "the command exec'd into a container whose PID 1 is the application";

    private final Command command;

    InContainer(Command command) {
        this.command = command;
    }

    void measure(Table table) {
        List<String> probe = new ArrayList<>(CONTAINER);
        probe.add("true");
        if (!Child.works(probe)) {
            table.missing(MEASURE, "needs root, for " + String.join(" ", CONTAINER));
            return;
        }
        int good = 0;
        List<Integer> others = new ArrayList<>();
        try (Directories directories = new Directories()) {
            Path directory = directories.ofItsOwn();
            for (int run = 0; run < RUNS; run++) {
                int code = once(directory);
                if (code == 0) {
                    good++;
                } else {
                    others.add(code);
                }
            }
        }
        table.judged(
                MEASURE,
                "exit 0: " + good + " of " + RUNS + (others.isEmpty() ? "" : ", else " + others),
                "–",
                "–",
                RUNS + " of " + RUNS,
                good == RUNS,
                RUNS);
    }

    private int once(Path directory) {
        Map<String, String> environment = Directories.environment(directory);
        List<String> application = new ArrayList<>(CONTAINER);
        application.addAll(Child.java(App.class, "with"));
        try (Child container = Child.start(environment, application)) {
            container.line("up");
            long init = container
                    .handle()
                    .children()
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("unshare has no child"))
                    .pid();
            List<String> exec =
                    new ArrayList<>(List.of("nsenter", "-t", Long.toString(init), "-p", "-m"));
            exec.addAll(command.byJar());
            try (Child stop = Child.start(environment, exec)) {
                int code = stop.awaitExit();
                container.awaitExit(0);
                return code;
            }
        }
    }
}
