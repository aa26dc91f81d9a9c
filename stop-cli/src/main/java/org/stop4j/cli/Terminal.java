package org.stop4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether standard output and standard error are a terminal, and what one may do there. */
final class Terminal {
    private Terminal() {}

    /** Whether standard output is a terminal. */
    static boolean isOut() {
        return isTerminal(1);
    }

    /** Whether standard error is a terminal that can draw a line anew. */
    static boolean isErr() {
        String term = System.getenv().getOrDefault("TERM", "dumb");
        return !term.isEmpty() && !term.equals("dumb") && isTerminal(2);
    }

    /**
     * By where the descriptor leads. {@code System.console()} asks for standard input as well, which a script has
     * redirected, and on JDK 22 and later loads a line editor.
     */
    private static boolean isTerminal(int descriptor) {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return device.startsWith("/dev/pts/")
                    || device.startsWith("/dev/tty")
                    || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException noProc) {
            return false;
        }
    }

    /** The text with its first line in green if the exit code says that all is well, else in red. */
    static String headed(String text, int exitCode) {
        return headed(text, exitCode, System.getenv());
    }

    /** NO_COLOR, if it is set and not empty, means: no colours. */
    static String headed(String text, int exitCode, Map<String, String> environment) {
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        if (plain) {
            return text;
        }
        int end = text.indexOf('\n');
        String head = end < 0 ? text : text.substring(0, end);
        String rest = end < 0 ? "" : text.substring(end);
        return (exitCode == 0 ? "\033[32m" : "\033[31m") + head + "\033[0m" + rest;
    }
}
