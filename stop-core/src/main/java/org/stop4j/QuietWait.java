package org.stop4j;

import java.time.Duration;
import java.util.Map;

/**
 * How long a process goes on serving after it has said that it stops, so that those who send it work can
 * learn of that.
 *
 * @param floor how long at least
 * @param quiet for how long nothing must have been admitted before it goes on
 * @param ceiling how long at most; zero for no wait
 */
record QuietWait(Duration floor, Duration quiet, Duration ceiling) {
    static final QuietWait NONE = new QuietWait(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** What Kubernetes sets in every container. */
    private static final String ORCHESTRATED = "KUBERNETES_SERVICE_HOST";

    /** Longer than endpoints, proxies and most ingress controllers take to learn of it. */
    private static final Duration FLOOR = Duration.ofSeconds(3);

    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration CEILING = Duration.ofSeconds(10);

    /** Refuses what cannot be meant. */
    static QuietWait of(Duration floor, Duration quiet, Duration ceiling) {
        notNegative("floor", floor);
        notNegative("quiet", quiet);
        notNegative("ceiling", ceiling);
        notLonger("floor", floor, ceiling);
        notLonger("quiet", quiet, ceiling);
        return new QuietWait(floor, quiet, ceiling);
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    name + " of the quiet wait is " + value + "; allowed: zero or more");
        }
    }

    private static void notLonger(String name, Duration value, Duration ceiling) {
        if (value.compareTo(ceiling) > 0) {
            throw new IllegalArgumentException(name + " of the quiet wait is "
                    + Durations.plain(value) + "; allowed: at most its ceiling of "
                    + Durations.plain(ceiling));
        }
    }

    /** What is right in this environment: none, unless somebody else sends traffic here or elsewhere. */
    static QuietWait from(Map<String, String> environment, Duration timeout) {
        if (environment.getOrDefault(ORCHESTRATED, "").isEmpty()) {
            return NONE;
        }
        return new QuietWait(
                shorter(FLOOR, timeout.dividedBy(5)),
                shorter(QUIET, timeout.dividedBy(10)),
                shorter(CEILING, timeout.dividedBy(5).multipliedBy(2)));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    boolean isNone() {
        return ceiling.isZero();
    }

    /** Refuses a wait that leaves no time for what comes after it. */
    void checkFits(Duration timeout) {
        if (!isNone() && ceiling.compareTo(timeout) >= 0) {
            throw new IllegalArgumentException("the ceiling of the quiet wait is "
                    + Durations.plain(ceiling) + "; allowed: less than the timeout of "
                    + Durations.plain(timeout));
        }
    }
}
