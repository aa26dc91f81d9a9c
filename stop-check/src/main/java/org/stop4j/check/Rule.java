package org.stop4j.check;

/** What can be found; {@code docs/check.md} describes each by its id, which never changes. */
enum Rule {
    // TimeRules
    GRACE_TOO_SHORT("grace-too-short", Level.ERROR),
    PROBE_GRACE_TOO_SHORT("probe-grace-too-short", Level.WARNING),
    TIMEOUT_OVER_GRACE("timeout-over-grace", Level.ERROR),
    TIMEOUT_NEAR_GRACE("timeout-near-grace", Level.WARNING),
    TIMEOUT_BELOW_STOP("timeout-below-stop", Level.HINT),
    SLEEP_OVER_GRACE("sleep-over-grace", Level.ERROR),
    SLEEP_SUPERFLUOUS("sleep-superfluous", Level.HINT),
    GRACE_SECONDS_DIFFER("grace-seconds-differ", Level.WARNING),
    // ValueRules
    BAD_VALUE("bad-value", Level.ERROR),
    UNKNOWN_OPTION("unknown-option", Level.ERROR),
    WRONG_TYPE("wrong-type", Level.ERROR),
    UNKNOWN_VALUE("unknown-value", Level.HINT),
    // ExecHookRules
    NO_PRESTOP("no-prestop", Level.WARNING),
    STOPS_NOTHING("stops-nothing", Level.ERROR),
    UNTIL_EXITED("until-exited", Level.ERROR),
    NO_WAIT("no-wait", Level.HINT),
    NOT_SPLIT("not-split", Level.ERROR),
    VARIABLE_NOT_EXPANDED("variable-not-expanded", Level.ERROR),
    LOOKS_ELSEWHERE("looks-elsewhere", Level.WARNING),
    JAVA_OPTIONS("java-options", Level.WARNING),
    // HttpRules
    HOST_IS_NODE("host-is-node", Level.ERROR),
    PORT_UNKNOWN("port-unknown", Level.ERROR),
    NO_TOKEN("no-token", Level.WARNING),
    HOOK_SCHEME("hook-scheme", Level.WARNING),
    // ShellRules
    SHELL_MISSING("shell-missing", Level.ERROR),
    SHELL_NEEDED("shell-needed", Level.HINT),
    SHELL_IS_PID_1("shell-is-pid-1", Level.ERROR),
    // ProbeRules
    NO_READINESS("no-readiness", Level.WARNING),
    READINESS_SLOW("readiness-slow", Level.WARNING),
    READINESS_TOO_SLOW("readiness-too-slow", Level.ERROR),
    READINESS_STAYS_GREEN("readiness-stays-green", Level.WARNING),
    LIVENESS_ON_READY("liveness-on-ready", Level.ERROR),
    // DirectoryRules
    STOP_DIR_READ_ONLY("stop-dir-read-only", Level.ERROR),
    STOP_DIR_MISSING("stop-dir-missing", Level.ERROR),
    STOP_DIR_OUTLIVES_POD("stop-dir-outlives-pod", Level.WARNING),
    STOP_DIR_NOT_SHARED("stop-dir-not-shared", Level.HINT);

    private final String id;
    private final Level level;

    Rule(String id, Level level) {
        this.id = id;
        this.level = level;
    }

    String id() {
        return id;
    }

    Level level() {
        return level;
    }
}
