package org.stop4j.rolling;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What to measure, read from the command line. */
record Options(
        int runs,
        Instance.Signal signal,
        Load load,
        List<MeasureKind> measures,
        List<Server> servers) {

    /** A measure by the word that asks for it. */
    enum MeasureKind {
        DIRECT("direct"),
        LATE("late"),
        NEVER("never"),
        IDLE("idle");

        private final String word;

        MeasureKind(String word) {
            this.word = word;
        }

        Measured run(Server server, Load load, Instance.Signal signal) throws InterruptedException {
            return switch (this) {
                case DIRECT -> DirectStop.run(server, load, signal);
                case LATE -> RollingRestart.run(server, load, RollingRestart.Notice.LATE, signal);
                case NEVER -> RollingRestart.run(server, load, RollingRestart.Notice.NEVER, signal);
                case IDLE -> IdleStop.run(server, signal);
            };
        }

        /** Whether the run kept what the measure promises of a server that is told by SIGTERM. */
        boolean isKeptBy(Measured run) {
            boolean nothingLost = run.lost().isEmpty() && run.everyExitCodeIs(0);
            return this == LATE ? nothingLost && run.notAnswered().isEmpty() : nothingLost;
        }

        private static MeasureKind of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the measure is \"" + word
                            + "\"; allowed: "
                            + Arrays.stream(values()).map(kind -> kind.word).toList()));
        }
    }

    /** Reads them; fails with an {@link IllegalArgumentException} that says what is allowed. */
    static Options of(List<String> arguments, Path root) {
        int runs = 1;
        Instance.Signal signal = Instance.Signal.TERM;
        Load load = Load.FULL;
        List<MeasureKind> measures = List.of(MeasureKind.DIRECT, MeasureKind.LATE);
        List<Server> servers = new ArrayList<>();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            String value = pair.length == 2 ? pair[1] : "";
            switch (pair[0]) {
                case "--runs" -> runs = number(argument, value);
                case "--kill" -> signal = Instance.Signal.KILL;
                case "--connections" ->
                    load = new Load(number(argument, value), load.millis(), load.bytes());
                case "--measures" ->
                    measures = Arrays.stream(value.split(",", -1))
                            .map(MeasureKind::of)
                            .toList();
                default -> servers.add(Server.of(argument, root));
            }
        }
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no server is named");
        }
        return new Options(runs, signal, load, measures, List.copyOf(servers));
    }

    private static int number(String argument, String value) {
        if (value.matches("[1-9][0-9]{0,3}")) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(argument + ": allowed: a whole number from 1 to 9999");
    }
}
