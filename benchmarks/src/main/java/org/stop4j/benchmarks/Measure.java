package org.stop4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what stop promises, and prints it as a table. Arguments: names of measures, none for all; {@code
 * --quickly} does those that can in a few seconds, to see that they work. The exit code is 0 however slow
 * something was, and 1 if something did not work at all.
 */
public final class Measure {
    private Measure() {}

    /** One row of the table, or several that are measured together. */
    private interface One {
        void measure(Table table);
    }

    public static void main(String[] arguments) {
        Path root = Path.of(System.getProperty("stop.basedir", "")).toAbsolutePath();
        Command command = new Command(root);
        Map<String, One> all = new LinkedHashMap<>();
        all.put("round-trip", new RoundTrip(command)::measure);
        all.put("command", new WholeCommand(command)::measure);
        all.put("listener", new ToListener()::measure);
        all.put("idle", new Idle()::measure);
        all.put("container", new InContainer(command)::measure);
        all.put("killed", new Killed(command)::measure);
        all.put("shown", new Shown(command)::measure);
        all.put("sigterm", new Sigterm()::measure);
        all.put("overhead", new Overhead()::measure);
        all.put("many", new Overhead()::measureMany);
        all.put("hung", new Hanging()::measureStep);
        all.put("foreign-hook", new Hanging()::measureHook);
        all.put("servlet-filter", new ServletFilterCost(root)::measure);
        BootCost boot = new BootCost(root);
        all.put("boot-start", boot::measureStart);
        all.put("boot-throughput", boot::measureThroughput);
        all.put("two-names", new TwoNames(command)::measure);
        List<String> wanted = new ArrayList<>(List.of(arguments));
        all.put("gate", new GateSpeed(root, wanted.remove("--quickly"))::measure);
        if (wanted.isEmpty()) {
            wanted.addAll(all.keySet());
        }
        if (!all.keySet().containsAll(wanted)) {
            System.err.println("measures: " + all.keySet() + "; asked for: " + wanted);
            System.exit(2);
        }
        System.exit(measure(all, wanted) ? 0 : 1);
    }

    private static boolean measure(Map<String, One> all, List<String> wanted) {
        Table table = new Table(System.err);
        boolean worked = true;
        for (Map.Entry<String, One> one : all.entrySet()) {
            if (wanted.contains(one.getKey())) {
                System.err.println("== " + one.getKey());
                worked &= measured(one.getKey(), one.getValue(), table);
            }
        }
        System.out.println("JDK " + Runtime.version() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, "
                + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        System.out.println();
        table.print(System.out);
        return worked;
    }

    // Whatever goes wrong in one measure, the others are still worth having.
    private static boolean measured(String name, One one, Table table) {
        try {
            one.measure(table);
            return true;
        } catch (RuntimeException e) {
            e.printStackTrace();
            table.missing(name, "it did not work, see above");
            return false;
        }
    }
}
