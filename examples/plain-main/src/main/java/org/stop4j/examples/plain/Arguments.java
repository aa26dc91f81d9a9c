package org.stop4j.examples.plain;

import org.stop4j.Stop;

import java.time.Duration;

/**
 * What the command line says.
 *
 * @param host {@code --host=ADDRESS}: where to listen; loopback if not given
 * @param port {@code --port=P}: 8080 if not given
 * @param stopPort {@code --stop-port=P}: where to be asked to stop by HTTP, with the token in
 *     {@code STOP_TOKEN}; {@link #NONE} if not given
 * @param quiet {@code --quiet=FLOOR,QUIET,CEILING}, in milliseconds: how long to go on serving when
 *     asked to stop, as {@link Stop.Builder#quietWait}; if not given, the default of that
 */
record Arguments(String host, int port, int stopPort, String quiet) {
    static final int NONE = -1;

    private static final String HOST = "--host=";
    private static final String PORT = "--port=";
    private static final String STOP_PORT = "--stop-port=";
    private static final String QUIET = "--quiet=";

    static Arguments of(String[] arguments) {
        String host = "127.0.0.1";
        int port = 8080;
        int stopPort = NONE;
        String quiet = "";
        for (String argument : arguments) {
            if (argument.startsWith(HOST) && argument.length() > HOST.length()) {
                host = argument.substring(HOST.length());
            } else if (argument.startsWith(PORT)) {
                port = port("--port", argument.substring(PORT.length()));
            } else if (argument.startsWith(STOP_PORT)) {
                stopPort = port("--stop-port", argument.substring(STOP_PORT.length()));
            } else if (argument.startsWith(QUIET)) {
                quiet = argument.substring(QUIET.length());
                checkQuiet(quiet);
            } else {
                throw new IllegalArgumentException("unknown argument \"" + argument
                        + "\"; allowed: --host=ADDRESS, --port=P, --stop-port=P,"
                        + " --quiet=FLOOR,QUIET,CEILING");
            }
        }
        return new Arguments(host, port, stopPort, quiet);
    }

    private static int port(String name, String value) {
        return Query.number(name, value, 65_535);
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
