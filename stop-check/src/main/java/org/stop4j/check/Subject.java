package org.stop4j.check;

import java.time.Duration;
import java.util.Optional;

/**
 * A container that is checked, and what one must know for it.
 *
 * @param pod where it is
 * @param container which one
 * @param told how long its application's stop may take, if somebody told
 * @param findings where to say what is found
 */
record Subject(Pod pod, Container container, Optional<Duration> told, Findings findings) {
    /** How long the application's stop may take. */
    Duration timeout() {
        return told.orElse(Times.APPLICATION);
    }

    /** Whether its image surely has no shell: then no {@code env}, either, and not the launcher, which is a script. */
    boolean hasNoShell() {
        return Image.hasNoShell(container.get("image").text());
    }

    /** A command for its hook, which can be run in its image. */
    String stopCommand() {
        return hasNoShell()
                ? "[\"java\", \"-jar\", \"/opt/stop/lib/stop.jar\", \"--reason\", \"preStop\"]"
                : "[\"/opt/stop/bin/stop\", \"--reason\", \"preStop\"]";
    }

    void add(Rule rule, Value at, String sentence, String write) {
        findings.add(rule, at, sentence, write);
    }

    void checkAll() {
        ValueRules.check(this);
        TimeRules.check(this);
        HookRules.check(this);
        HttpRules.check(this);
        ShellRules.check(this);
        ProbeRules.check(this);
        DirectoryRules.check(this);
    }
}
