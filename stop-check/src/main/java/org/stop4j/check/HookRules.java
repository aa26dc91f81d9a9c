package org.stop4j.check;

import java.util.List;

/** What a hook asks for. */
final class HookRules {
    private static final String WITHOUT_VARIABLE = """
            the options where the application's Java alone takes them, and no such variable:
            command: ["java", OPTIONS, "-jar", "/app/app.jar"]
            or a hook that runs no Java: httpGet of /shutdown""";

    private HookRules() {}

    static void check(Subject subject) {
        Hook hook = subject.container().hook();
        if (hook.isMissing()) {
            noHook(subject);
            return;
        }
        handler(subject, hook);
        words(subject, hook);
        for (StopCall call : hook.stops()) {
            options(subject, hook, call);
            place(subject, hook, call, StopOption.DIR, "STOP_DIR");
            place(subject, hook, call, StopOption.NAME, "STOP_NAME");
            javaOptions(subject, hook, call);
        }
    }

    private static String execHook(Subject subject) {
        return "lifecycle:\n  preStop:\n    exec:\n      command: " + subject.stopCommand();
    }

    private static void noHook(Subject subject) {
        if (subject.container().value().path("lifecycle", "preStop").isTemplate()) {
            return;
        }
        subject.add(
                Rule.NO_PRESTOP,
                subject.container().value(),
                "no preStop hook: SIGTERM alone stops the application, if it calls onSignals() and"
                        + " the signal reaches Java (then this is all right: --ignore no-prestop);"
                        + " a hook does so in any case, and fails visibly if the stop does",
                execHook(subject));
    }

    private static void handler(Subject subject, Hook hook) {
        boolean any = !hook.exec().isMissing()
                || !hook.http().isMissing()
                || !hook.value().get("sleep").isMissing()
                || hook.value().isTemplate();
        if (!any) {
            String what = hook.value().get("tcpSocket").isMissing()
                    ? "the hook does nothing: Kubernetes refuses the manifest"
                    : "a hook with tcpSocket fails when it is called, and stops nothing";
            subject.add(Rule.STOPS_NOTHING, hook.value(), what, execHook(subject));
        }
    }

    private static void words(Subject subject, Hook hook) {
        List<Value> words = hook.exec().items();
        if (words.size() == 1
                && words.get(0).isScalar()
                && words.get(0).text().strip().chars().anyMatch(Character::isWhitespace)) {
            subject.add(
                    Rule.NOT_SPLIT,
                    words.get(0),
                    "the whole of " + Printable.quoted(words.get(0).text())
                            + " is taken for the name of one program, which there is not: the hook"
                            + " fails",
                    "command: [\""
                            + String.join("\", \"", words.get(0).text().strip().split("\\s+", -1))
                            + "\"]");
        }
        if (Shell.script(hook.words()).isEmpty()) {
            for (Value word : words) {
                HttpRules.expanded(subject, word, "a shell: [\"sh\", \"-c\", \"exec …\"]");
            }
        }
    }

    private static void options(Subject subject, Hook hook, StopCall call) {
        for (StopCall.Argument argument : call.arguments()) {
            if (argument.option().filter(option -> !option.stops()).isPresent()) {
                subject.add(
                        Rule.STOPS_NOTHING,
                        hook.exec(),
                        "the hook calls stop " + argument.word() + ", which stops nothing",
                        execHook(subject));
            }
        }
        boolean exited = call.valueOf(StopOption.UNTIL).filter("exited"::equals).isPresent();
        if (exited && !DirectoryRules.isShared(subject)) {
            subject.add(
                    Rule.UNTIL_EXITED,
                    hook.exec(),
                    "the command waits for the end of the process with which its own container, and"
                            + " so it, ends: the hook is killed, and fails every time",
                    "--until stopped, or nothing: the application waits for the command to end");
        }
        if (call.has(StopOption.NO_WAIT)) {
            subject.add(
                    Rule.NO_WAIT,
                    hook.exec(),
                    "with --no-wait the hook ends before the stop does; SIGTERM comes at once, and"
                            + " whether the stop was clean is not seen in the hook",
                    execHook(subject));
        }
    }

    private static void place(
            Subject subject, Hook hook, StopCall call, StopOption option, String variable) {
        Setting setting = subject.container().env(variable);
        String name = option.longName();
        String said = call.valueOf(option).orElse("");
        if (setting.isSet() && !said.isEmpty() && !said.equals(setting.text())) {
            subject.add(
                    Rule.LOOKS_ELSEWHERE,
                    hook.exec(),
                    name + " is " + Printable.quoted(said) + ", but " + variable + " tells the"
                            + " application " + Printable.quoted(setting.text())
                            + ": they do not meet, unless the application is told otherwise in code",
                    "no " + name + ": the hook has the container's variables");
        }
    }

    private static void javaOptions(Subject subject, Hook hook, StopCall call) {
        for (String name : call.javaOptions()) {
            Setting setting = subject.container().env(name);
            if (setting.isSet() && !hook.unsets(name)) {
                subject.add(
                        Rule.JAVA_OPTIONS,
                        hook.exec(),
                        "the hook's Java takes the " + name
                                + " that is meant for the application: a port or an agent in it is"
                                + " in use already, and the command does not start",
                        subject.hasNoShell()
                                ? WITHOUT_VARIABLE
                                : "the launcher, which keeps it away: [\"/opt/stop/bin/stop\"]\nor"
                                        + " [\"env\", \"-u\", \"" + name
                                        + "\", \"java\", \"-jar\", …]");
            }
        }
    }
}
