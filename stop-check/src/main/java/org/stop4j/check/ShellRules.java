package org.stop4j.check;

import java.util.List;
import java.util.stream.Collectors;

/** Shells: where there is none, and where one is in the way. */
final class ShellRules {
    private ShellRules() {}

    static void check(Subject subject) {
        hook(subject);
        process(subject);
    }

    private static void hook(Subject subject) {
        Hook hook = subject.container().hook();
        List<String> words = hook.words();
        Value image = subject.container().get("image");
        boolean launcher = hook.stops().stream().anyMatch(call -> !call.byJar());
        boolean shell = Shell.isShell(words);
        if (subject.hasNoShell() && (shell || launcher)) {
            subject.add(
                    Rule.SHELL_MISSING,
                    hook.exec(),
                    (shell
                                    ? "there is no " + words.get(0) + " in the image "
                                    : words.get(0)
                                            + " is a script for sh, which is not in the image ")
                            + Printable.quoted(image.text()) + ": the hook fails",
                    "command: " + subject.stopCommand() + javaOptions(subject));
        } else if (shell) {
            subject.add(
                    Rule.SHELL_NEEDED,
                    hook.exec(),
                    "the hook needs " + words.get(0) + " in the image, and fails without",
                    "command: [\"/opt/stop/bin/stop\", \"--reason\", \"preStop\"]");
        }
    }

    /** What must not be there then, since nothing keeps it away from the hook. */
    private static String javaOptions(Subject subject) {
        return StopCall.JAVA_OPTIONS.stream()
                .filter(name -> subject.container().env(name).isSet())
                .sorted()
                .map(name -> "\nand no " + name + ", which this takes, too: command: [\"java\","
                        + " OPTIONS, \"-jar\", \"/app/app.jar\"]")
                .collect(Collectors.joining());
    }

    /** Java behind a shell that is to hand on SIGTERM, which no shell does. */
    private static void process(Subject subject) {
        List<String> words = Shell.withoutInit(subject.container().words());
        String script = Shell.script(words);
        List<List<String>> commands = Shell.commands(script);
        boolean handsOn = commands.stream()
                .map(Shell::withoutAssignments)
                .anyMatch(command -> !command.isEmpty() && command.get(0).matches("exec|trap"));
        if (handsOn) {
            return;
        }
        boolean onlyJava = commands.size() == 1 && Shell.baseName(words.get(0)).equals("bash");
        for (List<String> command : commands) {
            List<String> program = Shell.withoutAssignments(command);
            // Bash takes the place of its only command by itself; Debian's sh (dash 0.5.12) does
            // not.
            if (Shell.isJava(command) && !onlyJava) {
                Value at = subject.container().get("command");
                subject.add(
                        Rule.SHELL_IS_PID_1,
                        at,
                        "SIGTERM goes to " + words.get(0)
                                + ", which does not hand it on: Java learns of no stop, and is"
                                + " killed when the grace period is over",
                        "exec before java: [\"" + words.get(0) + "\", \"-c\", \"… exec "
                                + String.join(" ", program).replace("\"", "\\\"") + "\"]");
                return;
            }
        }
    }
}
