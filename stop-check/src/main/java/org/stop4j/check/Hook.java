package org.stop4j.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Kubernetes does before it sends SIGTERM to a container: its preStop hook. */
final class Hook {
    private final Value value;
    /** Of {@code sh -c SCRIPT}; else empty. */
    private final String script;

    private final List<List<String>> commands;

    private Hook(Value value) {
        this.value = value;
        List<String> words = words();
        script = Shell.script(words);
        commands = script.isEmpty() ? List.of(words) : Shell.commands(script);
    }

    static Hook of(Value container) {
        return new Hook(container.path("lifecycle", "preStop"));
    }

    Value value() {
        return value;
    }

    Value exec() {
        return value.path("exec", "command");
    }

    Value http() {
        return value.get("httpGet");
    }

    boolean isMissing() {
        return value.isMissing();
    }

    /** The command of an exec hook, word by word; empty if it is none. */
    List<String> words() {
        return exec().texts();
    }

    /** The calls of the stop command that it makes. */
    List<StopCall> stops() {
        List<StopCall> calls = new ArrayList<>();
        for (List<String> command : commands) {
            StopCall.of(command, !script.isEmpty()).ifPresent(calls::add);
        }
        return calls;
    }

    /** Where an argument of a call stands: its own word, or the script that it is in. */
    Value at(StopCall.Argument argument) {
        List<Value> words = exec().items();
        return script.isEmpty() ? words.get(argument.at()) : words.get(words().indexOf(script));
    }

    /** Whether its script unsets this variable. */
    boolean unsets(String variable) {
        return commands.stream()
                .anyMatch(command -> command.contains("unset") && command.contains(variable));
    }

    /** How long it sleeps; what cannot be known counts as nothing. */
    Duration sleep() {
        Duration slept = value.path("sleep", "seconds").number().stream()
                .filter(seconds -> seconds > 0 && seconds < Integer.MAX_VALUE)
                .mapToObj(Duration::ofSeconds)
                .findFirst()
                .orElse(Duration.ZERO);
        for (List<String> command : commands) {
            if (command.size() > 1 && Shell.baseName(command.get(0)).equals("sleep")) {
                slept = slept.plus(sleepTime(command.get(1)).orElse(Duration.ZERO));
            }
        }
        return slept;
    }

    private static Optional<Duration> sleepTime(String argument) {
        // The units of sleep(1); its m are minutes, too.
        return argument.endsWith("ms") ? Optional.empty() : Times.of(argument);
    }
}
