package org.stop4j.rolling;

import java.nio.file.Path;
import java.util.List;

/**
 * Measures servers and prints a table; see the script {@code run} for the arguments. The exit code is 0 if
 * every run kept its promise, 1 if one did not, 2 if the arguments are not understood. With
 * {@code --kill}, which is to show that losses are seen, it is 1 if nothing was lost.
 */
public final class Measure {
    private Measure() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path root = Path.of(System.getProperty("stop.basedir", "")).toAbsolutePath();
        Options options;
        try {
            options = Options.of(List.of(arguments), root);
        } catch (IllegalArgumentException e) {
            System.err.println("rolling: " + e.getMessage());
            System.exit(2);
            return;
        }
        Table table = new Table();
        boolean kept = true;
        for (Server server : options.servers()) {
            for (Options.MeasureKind measure : options.measures()) {
                for (int run = 1; run <= options.runs(); run++) {
                    Measured measured = measure.run(server, options.load(), options.signal());
                    System.err.println("== run " + run + " of " + options.runs() + ": " + measured);
                    table.add(measured);
                    kept &= options.signal() == Instance.Signal.KILL
                            ? !measured.lost().isEmpty()
                            : measure.isKeptBy(measured);
                }
            }
        }
        System.out.println("JDK " + Runtime.version() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, "
                + options.load().connections() + " connections, "
                + options.load().millis()
                + " ms of work, SIG" + options.signal());
        System.out.println();
        table.print(System.out);
        System.exit(kept ? 0 : 1);
    }
}
