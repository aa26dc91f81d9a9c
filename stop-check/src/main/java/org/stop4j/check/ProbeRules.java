package org.stop4j.check;

import java.time.Duration;

/** Whether those who send work hear of a stop in time, and nobody restarts what drains. */
final class ProbeRules {
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final long FAILURES = 3;

    private static final String READINESS = """
            readinessProbe:
              httpGet: { port: 8081, path: /ready }
              periodSeconds: 1
              failureThreshold: 3""";

    private ProbeRules() {}

    static void check(Subject subject) {
        Value readiness = subject.container().get("readinessProbe");
        Value liveness = subject.container().get("livenessProbe");
        if (!subject.pod().isJob()) {
            if (readiness.isMissing()) {
                absent(subject);
            } else {
                speed(subject, readiness);
                green(subject, readiness);
            }
        }
        liveness(subject, readiness, liveness);
    }

    private static void absent(Subject subject) {
        // What has no port is sent nothing: a worker that fetches its own work.
        if (!subject.container().get("ports").items().isEmpty()) {
            subject.add(
                    Rule.NO_READINESS,
                    subject.container().value(),
                    "no readiness probe: a drain (stop --drain), or a stop that is not the deletion"
                            + " of the pod, is heard of by nobody who sends requests",
                    READINESS);
        }
    }

    private static void speed(Subject subject, Value probe) {
        Duration period = seconds(probe.get("periodSeconds"), PERIOD.toSeconds());
        long failures = seconds(probe.get("failureThreshold"), FAILURES).toSeconds();
        boolean unknown = probe.isTemplate()
                || probe.get("periodSeconds").isTemplate()
                || probe.get("failureThreshold").isTemplate();
        Duration notices = period.multipliedBy(failures);
        Duration floor = Times.quietFloor(subject.timeout());
        Duration ceiling = Times.quietCeiling(subject.timeout());
        if (unknown || !Times.longer(notices, floor)) {
            return;
        }
        String sentence = "this probe notices after " + Times.plain(notices) + " (" + failures
                + " × " + Times.plain(period)
                + ") that the process stops or drains, if not by the deletion of the pod; ";
        String write = "periodSeconds: 1\nfailureThreshold: " + Math.max(1, floor.toSeconds());
        if (Times.longer(notices, ceiling)) {
            subject.add(
                    Rule.READINESS_TOO_SLOW,
                    probe,
                    sentence + "it serves on for " + Times.plain(ceiling)
                            + " at most: what is sent after that is refused",
                    write);
        } else {
            subject.add(
                    Rule.READINESS_SLOW,
                    probe,
                    sentence + "it serves on for " + Times.plain(floor)
                            + " at least, and longer only" + " (" + Times.plain(ceiling)
                            + " at most) while requests come",
                    write);
        }
    }

    private static Duration seconds(Value value, long otherwise) {
        return Duration.ofSeconds(value.number().stream()
                .filter(number -> number > 0 && number < Integer.MAX_VALUE)
                .findFirst()
                .orElse(otherwise));
    }

    private static void green(Subject subject, Value probe) {
        String path = probe.path("httpGet", "path").text();
        boolean tcp = !probe.get("tcpSocket").isMissing();
        if (tcp || path.equals("/live")) {
            subject.add(
                    Rule.READINESS_STAYS_GREEN,
                    probe,
                    (tcp ? "an open port" : path)
                            + " does not tell whether the process is ready: the probe stays green"
                            + " while it drains",
                    "httpGet: { port: 8081, path: /ready }");
        }
    }

    private static void liveness(Subject subject, Value readiness, Value liveness) {
        String path = liveness.path("httpGet", "path").text();
        boolean same = !path.isEmpty()
                && path.equals(readiness.path("httpGet", "path").text())
                && liveness.path("httpGet", "port")
                        .text()
                        .equals(readiness.path("httpGet", "port").text());
        if (path.equals("/ready") || (same && !path.equals("/live"))) {
            subject.add(
                    Rule.LIVENESS_ON_READY,
                    liveness.get("httpGet"),
                    "the liveness probe asks " + path
                            + (same ? ", as the readiness probe does" : "")
                            + ": a process that drains, or is not ready for another reason, is"
                            + " restarted for it",
                    "livenessProbe:\n  httpGet: { port: 8081, path: /live }");
        }
    }
}
