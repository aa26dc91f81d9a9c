package org.stop4j.check;

import java.util.List;

/** Values that nobody takes, and those that cannot be known. */
final class ValueRules {
    /** What the name of an application may be, for {@code STOP_NAME} and {@code --name}. */
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    static final String NAME_WORDS =
            "1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit";

    private static final List<String> PROBES =
            List.of("readinessProbe", "livenessProbe", "startupProbe");
    private static final List<String> PROBE_NUMBERS =
            List.of("periodSeconds", "failureThreshold", "terminationGracePeriodSeconds");

    private ValueRules() {}

    static void check(Subject subject) {
        variable(
                subject,
                "STOP_TIMEOUT_SECONDS",
                value -> Times.ofSeconds(value).isPresent(),
                "a whole number of seconds from 1 to 86400, without a unit",
                "the command refuses to run, and the hook fails",
                "\"30\"");
        variable(
                subject,
                "STOP_GRACE_SECONDS",
                value -> value.strip().matches("[+]?0*[1-9][0-9]{0,17}"),
                "a whole number of seconds, 1 or more, without a unit",
                "the application does not start",
                "\"30\"");
        variable(
                subject,
                "STOP_DIR",
                value -> value.startsWith("/"),
                "an absolute path",
                "neither the application nor the command starts",
                "/run/stop");
        variable(
                subject,
                "STOP_NAME",
                value -> value.matches(NAME),
                NAME_WORDS,
                "neither the application nor the command starts",
                "orders");
        types(subject);
        options(subject);
        unknown(subject);
    }

    private interface Allowed {
        boolean allows(String value);
    }

    private static void variable(
            Subject subject,
            String name,
            Allowed allowed,
            String what,
            String happens,
            String example) {
        Setting setting = subject.container().env(name);
        if (setting.isSet() && !allowed.allows(setting.text())) {
            subject.add(
                    Rule.BAD_VALUE,
                    setting.at(),
                    name + " is " + Printable.quoted(setting.text()) + "; allowed: " + what + ": "
                            + happens,
                    "- name: " + name + "\n  value: " + example);
        }
    }

    private static void options(Subject subject) {
        Hook hook = subject.container().hook();
        for (StopCall call : hook.stops()) {
            for (StopCall.Argument argument : call.arguments()) {
                argument.fault().ifPresent(fault -> {
                    String sentence =
                            fault.sentence() + ": the command refuses to run, and the hook fails";
                    subject.add(fault.rule(), hook.at(argument), sentence, fault.write());
                });
            }
        }
    }

    // ---- what the API server refuses

    private static void types(Subject subject) {
        for (Value variable : subject.container().get("env").items()) {
            Value value = variable.get("value");
            String name = variable.get("name").text();
            if (name.startsWith("STOP_") && value.isScalar() && !value.isText()) {
                subject.add(
                        Rule.WRONG_TYPE,
                        value,
                        "Kubernetes refuses the manifest: the value of a variable is a text, and "
                                + Printable.quoted(value.text()) + " without quotes is none",
                        "value: \"" + value.text() + "\"");
            }
        }
        number(subject, subject.pod().graceValue(), "terminationGracePeriodSeconds");
        number(
                subject,
                subject.container().hook().value().path("sleep", "seconds"),
                "the seconds of a sleep");
        for (String probe : PROBES) {
            for (String number : PROBE_NUMBERS) {
                number(subject, subject.container().value().path(probe, number), number);
            }
        }
        Value command = subject.container().hook().exec();
        if (command.isScalar()) {
            subject.add(
                    Rule.WRONG_TYPE,
                    command,
                    "Kubernetes refuses the manifest: a command is a list of words",
                    "command: " + subject.stopCommand());
        }
    }

    private static void number(Subject subject, Value value, String what) {
        if (value.isScalar() && value.number().isEmpty()) {
            subject.add(
                    Rule.WRONG_TYPE,
                    value,
                    "Kubernetes refuses the manifest: " + what + " is a whole number, and "
                            + Printable.quoted(value.text()) + " is none",
                    value.text().matches("[0-9]+")
                            ? value.text() + " without quotes"
                            : "a whole number, without quotes and unit");
        }
    }

    // ---- what cannot be known

    private static void unknown(Subject subject) {
        Container container = subject.container();
        if (subject.pod().graceValue().isTemplate()) {
            said(subject, subject.pod().graceValue(), "terminationGracePeriodSeconds");
        }
        for (String name :
                List.of("STOP_TIMEOUT_SECONDS", "STOP_GRACE_SECONDS", "STOP_DIR", "STOP_NAME")) {
            Setting setting = container.env(name);
            if (!setting.known() && container.names(name)) {
                said(subject, setting.at(), name);
            }
        }
        if (!container.knowsAllVariables()) {
            said(subject, container.get("envFrom"), "whether STOP_… variables are set");
        }
        for (String part : List.of(
                "command",
                "args",
                "lifecycle",
                "readinessProbe",
                "livenessProbe",
                "volumeMounts")) {
            for (Value template : container.get(part).templates()) {
                said(subject, template, "this part of " + part);
            }
        }
    }

    private static void said(Subject subject, Value at, String what) {
        said(subject.findings(), at, what);
    }

    static void said(Findings findings, Value at, String what) {
        findings.add(
                Rule.UNKNOWN_VALUE,
                at,
                what + " cannot be known from this file, so that nothing that depends on it was"
                        + " checked",
                "the value itself, or check what your tool makes of it: kubectl kustomize DIR |"
                        + " stop check -");
    }
}
