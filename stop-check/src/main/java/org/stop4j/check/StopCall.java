package org.stop4j.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A call of the stop command, as it stands in a hook. */
final class StopCall {
    /** The variables by which a Java is given options, whichever program it is to run. */
    static final Set<String> JAVA_OPTIONS =
            Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** What is wrong with an argument, and what to write instead. */
    record Fault(Rule rule, String sentence, String write) {}

    /**
     * An argument, with its value.
     *
     * @param at the place of its first word in the command
     * @param word that word
     * @param option which option it is; empty if it is none, or nobody can know
     * @param value the value; empty if there is none
     * @param fault what is wrong with it
     */
    record Argument(
            int at,
            String word,
            Optional<StopOption> option,
            Optional<String> value,
            Optional<Fault> fault) {}

    private final List<Argument> arguments;
    private final boolean byJar;
    private final Set<String> unset;

    private StopCall(List<Argument> arguments, boolean byJar, Set<String> unset) {
        this.arguments = arguments;
        this.byJar = byJar;
        this.unset = unset;
    }

    /** The call that this command is, if it is one; in a shell it may have redirections. */
    static Optional<StopCall> of(List<String> command, boolean inShell) {
        Set<String> unset = new HashSet<>();
        for (String word : command) {
            if (word.endsWith("=")) { // set to nothing, before a command or by env
                unset.add(word.substring(0, word.length() - 1));
            }
        }
        List<String> words = withoutPrefix(command, unset);
        if (words.isEmpty()) {
            return Optional.empty();
        }
        String program = Shell.baseName(words.get(0));
        int before = command.size() - words.size();
        if (program.equals("stop")) {
            return Optional.of(new StopCall(
                    new Arguments(command, before + 1, inShell, false).read(), false, unset));
        }
        int jar = words.indexOf("-jar") + 1;
        boolean byJar = program.equals("java")
                && jar > 0
                && jar < words.size()
                && Shell.baseName(words.get(jar)).equals("stop.jar");
        return byJar
                ? Optional.of(new StopCall(
                        new Arguments(command, before + jar + 1, inShell, true).read(),
                        true,
                        unset))
                : Optional.empty();
    }

    /** Without {@code exec}, assignments and {@code env}, but with what these unset. */
    private static List<String> withoutPrefix(List<String> command, Set<String> unset) {
        List<String> words = Shell.withoutAssignments(command);
        if (!words.isEmpty() && words.get(0).equals("exec")) {
            words = words.subList(1, words.size());
        }
        if (words.isEmpty() || !Shell.baseName(words.get(0)).equals("env")) {
            return words;
        }
        words = words.subList(1, words.size());
        while (!words.isEmpty() && words.get(0).startsWith("-")) {
            String option = words.get(0);
            boolean named = option.equals("-u") && words.size() > 1;
            if (named) {
                unset.add(words.get(1));
            } else if (option.equals("-i") || option.equals("-")) {
                unset.addAll(JAVA_OPTIONS);
            } else if (option.startsWith("--unset=")) {
                unset.add(option.substring("--unset=".length()));
            }
            words = words.subList(named ? 2 : 1, words.size());
        }
        return Shell.withoutAssignments(words);
    }

    /** Its arguments, in their order. */
    List<Argument> arguments() {
        return arguments;
    }

    /** Whether it has this option. */
    boolean has(StopOption option) {
        return arguments.stream()
                .anyMatch(argument -> argument.option().filter(option::equals).isPresent());
    }

    /** The value of an option, the last one counts; empty if it is not there, or is for a shell to find. */
    Optional<String> valueOf(StopOption option) {
        return arguments.stream()
                .filter(argument -> argument.option().filter(option::equals).isPresent())
                .reduce((one, next) -> next)
                .flatMap(Argument::value)
                .filter(text -> !isForOthersToFind(text));
    }

    private static boolean isForOthersToFind(String text) {
        return text.contains("$") || text.contains("`") || text.contains("{{");
    }

    /** The variables by which Java would be given options; none if the launcher keeps them away. */
    List<String> javaOptions() {
        return byJar
                ? JAVA_OPTIONS.stream()
                        .filter(name -> !unset.contains(name))
                        .sorted()
                        .toList()
                : List.of();
    }

    boolean byJar() {
        return byJar;
    }

    /** Reads the arguments as the command does. What is for a shell to find may be any, and is no fault. */
    private static final class Arguments {
        private static final String OPERATOR = "(&|[0-9]*)[<>][<>|&]?";

        private final List<String> words;
        private final boolean inShell;
        private final boolean byJar;
        private final List<Argument> found = new ArrayList<>();
        private int next;
        /** Whether what comes now is an option for certain, and not the value of one that nobody knows. */
        private boolean certain = true;

        Arguments(List<String> words, int first, boolean inShell, boolean byJar) {
            this.words = words;
            this.inShell = inShell;
            this.byJar = byJar;
            next = first;
        }

        List<Argument> read() {
            boolean launchers =
                    !byJar && next < words.size() && words.get(next).matches("check|--prepare");
            if (launchers) { // whatever follows is for somebody else
                found.add(new Argument(
                        next,
                        words.get(next),
                        Optional.of(StopOption.PREPARE),
                        Optional.empty(),
                        Optional.empty()));
                return found;
            }
            while (next < words.size()) {
                if (!skippedRedirection()) {
                    readOne();
                }
            }
            return found;
        }

        /** {@code 2>&1}, {@code >file} or {@code > file}. */
        private boolean skippedRedirection() {
            String word = words.get(next);
            if (!inShell || !word.matches("(?s)" + OPERATOR + ".*")) {
                return false;
            }
            next += word.matches(OPERATOR) ? 2 : 1;
            return true;
        }

        private void readOne() {
            int at = next++;
            String word = words.get(at);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String name = equals < 0 ? word : word.substring(0, equals);
            Optional<StopOption> option =
                    StopOption.of(name).filter(known -> known != StopOption.PREPARE);
            Optional<String> value =
                    equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
            if (option.isEmpty()) {
                // A redirection may be next to an option, too: --json>/dev/null.
                certain &= !isForOthersToFind(name) && !(inShell && name.matches("(?s)-.*[<>].*"));
                found.add(new Argument(at, word, option, value, unknown(word)));
                certain = false;
                return;
            }
            if (option.get().takesValue() && value.isEmpty() && next < words.size()) {
                value = Optional.of(words.get(next++));
            }
            found.add(new Argument(at, word, option, value, fault(option.get(), value)));
        }

        private Optional<Fault> unknown(String word) {
            if (!certain) {
                return Optional.empty();
            }
            String all = Arrays.stream(StopOption.values())
                    .filter(StopOption::stops)
                    .flatMap(option -> option.names().stream())
                    .collect(Collectors.joining(", "));
            return Optional.of(new Fault(
                    Rule.UNKNOWN_OPTION,
                    Printable.quoted(word) + " is no option of stop",
                    "one of these, or nothing: " + all));
        }

        private static Optional<Fault> fault(StopOption option, Optional<String> value) {
            String name = option.longName();
            if (!option.takesValue()) {
                return value.map(any ->
                        new Fault(Rule.UNKNOWN_OPTION, name + " takes no value", option.example()));
            }
            if (value.isEmpty()) {
                return Optional.of(
                        new Fault(Rule.UNKNOWN_OPTION, name + " needs a value", option.example()));
            }
            return value.filter(text -> !isForOthersToFind(text) && !option.allows(text))
                    .map(text -> new Fault(
                            Rule.BAD_VALUE,
                            name + " is " + Printable.quoted(text) + "; allowed: "
                                    + option.allowed(),
                            option.example()));
        }
    }
}
