package org.stop4j.examples.netty;

import org.stop4j.Stop;

import java.time.Duration;

/**
 * What the command line says: {@code --port=P}, 8080 if not given; and {@code --quiet=FLOOR,QUIET,CEILING}, in
 * milliseconds, how long to go on serving when asked to stop, as {@link Stop.Builder#quietWait}; if not given, the
 * default of that.
 */
record Arguments(int port, String quiet) {
    private static final String PORT = "--port=";
    private static final String QUIET = "--quiet=";

    static Arguments of(String[] arguments) {
        int port = 8080;
        String quiet = "";
        for (String argument : arguments) {
            if (argument.startsWith(PORT)) {
                port = Query.number("--port", argument.substring(PORT.length()), 65_535);
            } else if (argument.startsWith(QUIET)) {
                quiet = argument.substring(QUIET.length());
                checkQuiet(quiet);
            } else {
                throw new IllegalArgumentException("unknown argument \"" + argument
                        + "\"; allowed: --port=P, --quiet=FLOOR,QUIET,CEILING");
            }
        }
        return new Arguments(port, quiet);
    }

    private static void checkQuiet(String quiet) {
        if (!quiet.matches("[0-9]{1,6},[0-9]{1,6},[0-9]{1,6}")) {
            throw new IllegalArgumentException("--quiet is \"" + quiet
                    + "\"; allowed: FLOOR,QUIET,CEILING, each a whole number of milliseconds");
        }
    }

    Stop.Builder quietWait(Stop.Builder stop) {
        if (quiet.isEmpty()) {
            return stop;
        }
        String[] millis = quiet.split(",", 3);
        return stop.quietWait(duration(millis[0]), duration(millis[1]), duration(millis[2]));
    }

    private static Duration duration(String millis) {
        return Duration.ofMillis(Long.parseLong(millis));
    }
}
