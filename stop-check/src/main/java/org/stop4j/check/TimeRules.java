package org.stop4j.check;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether all that happens fits into the grace period, from which the hook's time is subtracted.
 */
final class TimeRules {
    /** What the command needs after its time is over, to say so, and Kubernetes to send SIGTERM. */
    private static final Duration TO_SAY_SO = Duration.ofSeconds(2);

    private TimeRules() {}

    static void check(Subject subject) {
        subject.pod().grace().ifPresent(grace -> {
            sleep(subject, grace);
            budget(subject, grace);
            commandsTimeout(subject, grace);
            graceSeconds(subject, grace);
        });
        probes(subject);
    }

    private static void sleep(Subject subject, Duration grace) {
        Hook hook = subject.container().hook();
        Duration sleep = hook.sleep();
        if (sleep.isZero()) {
            return;
        }
        if (!Times.longer(grace, sleep)) {
            subject.add(
                    Rule.SLEEP_OVER_GRACE,
                    hook.value(),
                    "the hook sleeps for " + Times.plain(sleep) + ", but the grace period is "
                            + Times.plain(grace)
                            + ": two seconds after it the process is killed, whatever it is doing",
                    "no sleep: the application goes on serving for a while by itself");
        } else {
            subject.add(
                    Rule.SLEEP_SUPERFLUOUS,
                    hook.value(),
                    "the hook sleeps for " + Times.plain(sleep)
                            + ", which delays every stop; under Kubernetes the application goes on"
                            + " serving by itself until nobody comes any more ("
                            + Times.plain(Times.quietFloor(subject.timeout())) + " to "
                            + Times.plain(Times.quietCeiling(subject.timeout()))
                            + "), if it uses the gate",
                    "no sleep");
        }
    }

    private static void budget(Subject subject, Duration grace) {
        Hook hook = subject.container().hook();
        Duration sleep = hook.sleep();
        boolean command = !hook.stops().isEmpty();
        Duration needed = subject.timeout().plus(Times.TO_END).plus(sleep);
        StringBuilder sum =
                new StringBuilder("the stop may take " + Times.plain(subject.timeout()));
        if (subject.told().isEmpty()) {
            sum.append(" (the library's default; tell another by --app-timeout)");
        }
        sum.append(" and ").append(Times.plain(Times.TO_END)).append(" to end");
        if (command) {
            needed = needed.plus(Times.TO_START);
            sum.append(", the command ").append(Times.plain(Times.TO_START)).append(" to start");
        }
        if (!sleep.isZero()) {
            sum.append(", the hook sleeps for ").append(Times.plain(sleep));
        }
        // What sleeps through all of it is said by another rule.
        boolean sleptThrough = !sleep.isZero() && !Times.longer(grace, sleep);
        if (Times.longer(needed, grace) && !sleptThrough) {
            subject.add(
                    Rule.GRACE_TOO_SHORT,
                    subject.pod().graceValue(),
                    sum + ": " + Times.plain(needed) + " in all, but after " + Times.plain(grace)
                            + " the process is killed in the middle of it",
                    "terminationGracePeriodSeconds: " + Times.seconds(needed));
        }
    }

    // ---- the command's own timeout

    /** A time that the manifest says, and where. */
    private record Said(String what, Duration time, Value at) {}

    private static Optional<Said> said(Container container) {
        List<StopCall> calls = container.hook().stops();
        for (StopCall call : calls) {
            if (call.has(StopOption.TIMEOUT)) {
                return call.valueOf(StopOption.TIMEOUT)
                        .flatMap(Times::of)
                        .map(time ->
                                new Said("--timeout", time, container.hook().exec()));
            }
        }
        Setting setting = container.env("STOP_TIMEOUT_SECONDS");
        return Times.ofSeconds(setting.text())
                .map(time -> new Said("STOP_TIMEOUT_SECONDS", time, setting.at()));
    }

    private static void commandsTimeout(Subject subject, Duration grace) {
        Said said = said(subject.container()).orElse(null);
        if (said == null) {
            return;
        }
        Duration left = grace.minus(subject.container().hook().sleep());
        Duration needed = said.time().plus(TO_SAY_SO);
        String waits = said.what() + " lets the command wait for " + Times.plain(said.time());
        String write = "terminationGracePeriodSeconds: "
                + Times.seconds(needed.plus(subject.container().hook().sleep()))
                + (Times.longer(left, TO_SAY_SO)
                        ? "\nor " + said.what() + " of " + left.minus(TO_SAY_SO).toSeconds()
                        : "");
        if (Times.longer(said.time(), left)) {
            subject.add(
                    Rule.TIMEOUT_OVER_GRACE,
                    said.at(),
                    waits + ", but " + (left.isNegative() ? "nothing" : Times.plain(left))
                            + " of the grace period is left for it: both are killed before that",
                    write);
        } else if (Times.longer(needed, left)) {
            subject.add(
                    Rule.TIMEOUT_NEAR_GRACE,
                    said.at(),
                    waits + " of a grace period that has " + Times.plain(left)
                            + " left for it: if its time is over it is killed before it can say what"
                            + " it was waiting for",
                    write);
        } else if (Times.longer(subject.timeout(), said.time())) {
            subject.add(
                    Rule.TIMEOUT_BELOW_STOP,
                    said.at(),
                    waits + ", but the stop may take " + Times.plain(subject.timeout())
                            + ": the hook then fails, and the stop goes on without it",
                    said.what() + " of " + Times.seconds(subject.timeout().plus(Times.TO_END)));
        }
    }

    // ---- what the application is told, and other grace periods

    private static void graceSeconds(Subject subject, Duration grace) {
        Setting setting = subject.container().env("STOP_GRACE_SECONDS");
        Optional<Duration> told = Times.ofSeconds(setting.text());
        if (told.isPresent() && !told.get().equals(grace)) {
            subject.add(
                    Rule.GRACE_SECONDS_DIFFER,
                    setting.at(),
                    "STOP_GRACE_SECONDS tells the application that it has "
                            + Times.plain(told.get()) + ", but the grace period is "
                            + Times.plain(grace)
                            + ": what it checks at its start is not what will happen",
                    "value: \"" + grace.toSeconds() + "\"");
        }
    }

    private static void probes(Subject subject) {
        Duration needed = subject.timeout().plus(Times.TO_END);
        for (String name : List.of("livenessProbe", "startupProbe")) {
            Value value = subject.container().value().path(name, "terminationGracePeriodSeconds");
            Optional<Duration> grace = value.number().stream()
                    .filter(seconds -> seconds >= 0 && seconds < Integer.MAX_VALUE)
                    .mapToObj(Duration::ofSeconds)
                    .findFirst();
            if (grace.isPresent() && Times.longer(needed, grace.get())) {
                subject.add(
                        Rule.PROBE_GRACE_TOO_SHORT,
                        value,
                        "when this probe fails the container has " + Times.plain(grace.get())
                                + ", but the stop may take " + Times.plain(needed)
                                + ": a restart by this probe cuts it off",
                        "terminationGracePeriodSeconds: " + Times.seconds(needed)
                                + ", or nothing here: then the pod's counts");
            }
        }
    }
}
