package org.stop4j.cli;

import org.jspecify.annotations.Nullable;
import org.stop4j.ControlDirectory;
import org.stop4j.ControlDirectoryException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What the command line and the environment ask for; read by hand, since a parser library would double the start. */
final class Options {
    /** What to do. */
    enum Mode {
        STOP(""),
        STATUS("--status"),
        DRAIN("--drain"),
        RESUME("--resume"),
        LIST("--list"),
        HELP("--help"),
        VERSION("--version");

        private final String option;

        Mode(String option) {
            this.option = option;
        }
    }

    /** What to wait for. */
    enum Until {
        TAKEN,
        STOPPED,
        EXITED
    }

    private Mode mode = Mode.STOP;
    private @Nullable Path directory;
    private @Nullable String name;
    private long pid;
    private @Nullable ReportFile reportFile;
    private @Nullable Duration timeout;
    private @Nullable String reason;
    private @Nullable Until until;
    private boolean json;
    private boolean quiet;
    private boolean verbose;

    private Options() {}

    /**
     * Reads them.
     *
     * @throws UsageException naming what is wrong and what is allowed
     */
    static Options parse(String[] arguments, Map<String, String> environment)
            throws UsageException {
        Options options = new Options();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String option = equals < 0 ? argument : argument.substring(0, equals);
            if (isFlag(option)) {
                if (equals >= 0) {
                    throw new UsageException(option + " takes no value");
                }
                options.set(option);
            } else if (takesValue(option)) {
                String value = equals < 0 ? null : argument.substring(equals + 1);
                if (value == null) {
                    i++;
                    if (i == arguments.length) {
                        throw new UsageException(option + " needs a value");
                    }
                    value = arguments[i];
                }
                options.set(option, value);
            } else {
                throw unknown(argument);
            }
        }
        options.refuseWhatDoesNotGoTogether();
        if (options.timeout == null && options.asks()) {
            options.timeout = Values.timeoutFrom(environment);
        }
        return options;
    }

    private static UsageException unknown(String argument) {
        return new UsageException(
                switch (argument) {
                    case "check", "--prepare" ->
                        argument
                                + " must come first, and is what the launcher does, bin/stop, and not stop.jar";
                    default -> "unknown argument \"" + argument + "\"";
                });
    }

    private static boolean isFlag(String option) {
        return switch (option) {
            case "--no-wait",
                    "--json",
                    "--quiet",
                    "-q",
                    "--verbose",
                    "-v",
                    "--status",
                    "--drain",
                    "--resume",
                    "--list",
                    "--help",
                    "-h",
                    "--version" -> true;
            default -> false;
        };
    }

    private static boolean takesValue(String option) {
        return switch (option) {
            case "--timeout", "--dir", "--name", "--pid", "--reason", "--until", "--report" -> true;
            default -> false;
        };
    }

    private void set(String flag) throws UsageException {
        switch (flag) {
            case "--no-wait" -> until(Until.TAKEN);
            case "--json" -> json = true;
            case "--quiet", "-q" -> quiet = true;
            case "--verbose", "-v" -> verbose = true;
            case "--status" -> set(Mode.STATUS);
            case "--drain" -> set(Mode.DRAIN);
            case "--resume" -> set(Mode.RESUME);
            case "--list" -> set(Mode.LIST);
            case "--help", "-h" -> mode = Mode.HELP;
            default -> mode = mode == Mode.HELP ? mode : Mode.VERSION;
        }
    }

    private void set(Mode wanted) throws UsageException {
        if (mode == Mode.HELP || mode == Mode.VERSION) {
            return; // then nothing else is done
        }
        if (mode != Mode.STOP && mode != wanted) {
            throw together(mode.option, wanted.option);
        }
        mode = wanted;
    }

    private void set(String option, String value) throws UsageException {
        switch (option) {
            case "--timeout" -> timeout = Values.duration(value);
            case "--dir" -> directory = Values.path(option, value, "a directory");
            case "--report" -> reportFile = new ReportFile(Values.path(option, value, "a file"));
            case "--name" -> name = value;
            case "--pid" -> pid = Values.pid(value);
            case "--reason" -> reason = Values.reason(value);
            default -> until(Values.until(value));
        }
    }

    private void until(Until wanted) throws UsageException {
        boolean both = (until == Until.TAKEN) != (wanted == Until.TAKEN);
        if (until != null && both) {
            throw together("--until", "--no-wait");
        }
        until = wanted;
    }

    private void refuseWhatDoesNotGoTogether() throws UsageException {
        if (mode == Mode.HELP || mode == Mode.VERSION) {
            return;
        }
        String place = directory != null ? "--dir" : name != null ? "--name" : null;
        if (pid > 0 && place != null) {
            throw together("--pid", place);
        }
        if (mode == Mode.LIST && (pid > 0 || place != null)) {
            throw together("--list", place == null ? "--pid" : place);
        }
        if (verbose && quiet) {
            throw together("--verbose", "--quiet");
        }
        if (!asks() && (timeout != null || reason != null)) {
            throw together(mode.option, timeout != null ? "--timeout" : "--reason");
        }
        if (mode != Mode.STOP) {
            String more = until == Until.TAKEN
                    ? "--no-wait"
                    : until != null ? "--until" : reportFile != null ? "--report" : null;
            if (more != null) {
                throw together(mode.option, more);
            }
        }
        if (reportFile != null && until == Until.TAKEN) {
            throw new UsageException(
                    "--report needs the answer, which --no-wait does not wait for");
        }
    }

    private static UsageException together(String one, String other) {
        return new UsageException(one + " and " + other + " do not go together");
    }

    /**
     * Where to meet the application.
     *
     * @return nothing if a process was named that cannot be met anywhere
     * @throws UsageException if the environment or a name is not allowed
     * @throws ControlDirectoryException if this user may not look for the process that was named
     */
    Optional<ControlDirectory> place() throws UsageException {
        if (pid > 0) {
            return ControlDirectory.ofProcess(pid);
        }
        try {
            ControlDirectory place = ControlDirectory.fromEnvironment();
            if (directory != null) {
                place = place.in(directory);
            }
            return Optional.of(name == null ? place : place.named(name));
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new UsageException(message.startsWith("name ") ? "--" + message : message);
        }
    }

    /** Says, for people, that the process which was named cannot be met anywhere. */
    String nobody() {
        return Files.exists(Path.of("/proc/" + pid))
                ? "process " + pid + " does not listen to the stop command"
                : "there is no process " + pid;
    }

    Mode mode() {
        return mode;
    }

    /** Whether the application is asked for something. */
    private boolean asks() {
        return mode == Mode.STOP || mode == Mode.DRAIN || mode == Mode.RESUME;
    }

    Duration timeout() {
        return timeout == null ? Duration.ofSeconds(30) : timeout;
    }

    String reason() {
        return reason == null ? "" : reason;
    }

    Until until() {
        return until == null ? Until.STOPPED : until;
    }

    /** Where the report goes as a page; null if nowhere. */
    @Nullable
    ReportFile reportFile() {
        return reportFile;
    }

    boolean json() {
        return json;
    }

    boolean quiet() {
        return quiet;
    }

    boolean verbose() {
        return verbose;
    }

    /** Says what is wrong with the command line or the environment. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
