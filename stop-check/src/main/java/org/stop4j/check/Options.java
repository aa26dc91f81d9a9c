package org.stop4j.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the command line asks for.
 *
 * @param files the files' names; {@code -} is standard input
 * @param json one JSON object for each finding, instead of lines for people
 * @param ignored the ids of what is not to be said
 * @param timeout how long the application's stop may take, if told
 * @param help only the help
 * @param version only the version
 */
record Options(
        List<String> files,
        boolean json,
        Set<String> ignored,
        Optional<Duration> timeout,
        boolean help,
        boolean version) {

    /** Says what is wrong with the command line. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * Reads them.
     *
     * @throws UsageException naming what is wrong and what is allowed
     */
    static Options parse(String... arguments) throws UsageException {
        List<String> files = new ArrayList<>();
        Set<String> flags = new HashSet<>();
        Set<String> ignored = new HashSet<>();
        Optional<Duration> timeout = Optional.empty();
        boolean onlyFiles = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (onlyFiles || argument.equals("-") || !argument.startsWith("-")) {
                files.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String option = equals < 0 ? argument : argument.substring(0, equals);
            switch (option) {
                case "--" -> onlyFiles = true;
                case "--json", "--help", "-h", "--version" -> {
                    if (equals >= 0) {
                        throw new UsageException(option + " takes no value");
                    }
                    flags.add(option);
                }
                case "--app-timeout", "--ignore" -> {
                    if (equals < 0 && ++i == arguments.length) {
                        throw new UsageException(option + " needs a value");
                    }
                    String value = equals < 0 ? arguments[i] : argument.substring(equals + 1);
                    if (option.equals("--ignore")) {
                        ignored.addAll(ids(value));
                    } else {
                        timeout = Optional.of(time(value));
                    }
                }
                default ->
                    throw new UsageException("unknown option " + Printable.quoted(argument)
                            + "; allowed: --app-timeout, --ignore, --json, --help, --version");
            }
        }
        boolean help = flags.contains("--help") || flags.contains("-h");
        boolean version = flags.contains("--version");
        if (files.isEmpty() && !help && !version) {
            throw new UsageException("no file to check; - is standard input");
        }
        if (files.stream().filter("-"::equals).count() > 1) {
            throw new UsageException("- is given twice; standard input can be read once");
        }
        return new Options(files, flags.contains("--json"), ignored, timeout, help, version);
    }

    private static Duration time(String value) throws UsageException {
        return Times.of(value)
                .orElseThrow(() -> new UsageException("--app-timeout is "
                        + Printable.quoted(value)
                        + "; allowed: a whole number of seconds, or one with ms, s or m, from 1ms to"
                        + " 1440m"));
    }

    private static Set<String> ids(String value) throws UsageException {
        Set<String> all = Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.toSet());
        Set<String> ids = Set.copyOf(Arrays.asList(value.split(",", -1)));
        for (String id : ids) {
            if (!all.contains(id)) {
                throw new UsageException("--ignore names " + Printable.quoted(id)
                        + "; allowed: ids as they stand at the end of a finding, separated by"
                        + " commas");
            }
        }
        return ids;
    }
}
