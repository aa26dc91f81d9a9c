package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;

/**
 * What a stop does with work in flight: its gate, and the steps that belong to it.
 *
 * <p>The steps are there only if somebody has asked for the gate (or the quiet wait was set): who has no
 * traffic need not wait for it.
 *
 * <p>Thread-safe.
 */
final class Traffic {
    static final String TELL_STEP = "long-lived work";

    /** How often to look at what tells nobody when it happens. */
    static final long LOOK_NANOS = 10_000_000;

    /** How many are named in words, or shown with their stacks. */
    static final int MOST_NAMED = 10;

    /** How long long-lived work is waited for when it was told, and over which time telling it is spread. */
    record LongLivedLimits(Duration limit, Duration pace) {}

    private final Plan plan;
    private final Time time;
    private final Standing standing;
    private final QuietWait quietWait;
    private final LongLivedLimits limits;
    private final @Nullable ClassLoader loader;
    private final Gate gate;

    // Written under this object's lock:
    private volatile boolean used;
    private volatile boolean expectsLongLived;

    /** What had been admitted when the stop began, and when that was. */
    private volatile int admittedBefore;

    private volatile long began;

    Traffic(
            Plan plan,
            Time time,
            Log log,
            Standing standing,
            QuietWait quietWait,
            LongLivedLimits limits,
            @Nullable ClassLoader loader) {
        this.plan = plan;
        this.time = time;
        this.standing = standing;
        this.quietWait = quietWait;
        this.limits = limits;
        this.loader = loader;
        gate = new Gate(time, log, new ExpectLongLived());
        began = time.nanos();
    }

    /** The gate, to use. */
    Gate gate() {
        use();
        return gate;
    }

    /** Registers the steps, if it has not. */
    void use() {
        if (used) {
            return;
        }
        synchronized (this) {
            if (!used) {
                if (!quietWait.isNone()) {
                    addUnlessTooLate(Phase.NOTIFY, Gate.QUIET_WAIT, new QuietStep(this, quietWait));
                }
                addUnlessTooLate(Phase.DRAIN, Gate.STEP, new DrainStep(this));
                used = true;
            }
        }
    }

    /** A class rather than a lambda: linking the first one costs every start 2 ms. */
    private final class ExpectLongLived implements Runnable {
        @Override
        public void run() {
            if (!expectsLongLived) {
                addTellStep();
            }
        }
    }

    private synchronized void addTellStep() {
        if (!expectsLongLived) {
            addUnlessTooLate(Phase.NOTIFY, TELL_STEP, new TellStep(this));
            expectsLongLived = true;
        }
    }

    private void addUnlessTooLate(Phase phase, String name, StepWork work) {
        try {
            plan.add(phase, name, work);
        } catch (StoppingException tooLate) {
            // Before DRAIN, that step tells whom nobody has told; after it, the gate is closed.
        }
    }

    // ---- the course of the stop

    /** The stop begins. */
    void begin() {
        admittedBefore = gate.admitted();
        began = time.nanos();
    }

    /** From when this returns, nothing is admitted. */
    void close() {
        gate.close();
    }

    Time time() {
        return time;
    }

    /** Since when others can see that the process is not ready, by the clock. */
    long notReadySince() {
        return standing.drainingSince();
    }

    long began() {
        return began;
    }

    /** How many were admitted since the stop began, modulo 2 to the 32. */
    int admittedSince() {
        return gate.admitted() - admittedBefore;
    }

    boolean isInHurry() {
        return standing.secondSignal() != null;
    }

    /** Waits so long, or a little less. */
    void pause(long nanos) throws InterruptedException {
        Time.Monitor monitor = time.monitor();
        monitor.lock();
        try {
            monitor.await(nanos);
        } finally {
            monitor.unlock();
        }
    }

    Teller teller() {
        return new Teller(this, limits, loader);
    }

    Duration longLivedLimit() {
        return limits.limit;
    }

    // ---- in words

    /** How many are in flight; the gate itself, not to use it. */
    long inFlight() {
        return gate.inFlight();
    }

    long refused() {
        return gate.refused();
    }

    /** {@code 12 in flight: "GET /export" for 7.1 s in http-7}; or nothing. */
    String inWords() {
        long count = gate.inFlight();
        return count == 0 ? "" : count + " in flight" + names();
    }

    private String names() {
        String named = namedInWords();
        return named.isEmpty() ? "" : ": " + named;
    }

    /** The oldest of those in flight that have a name. */
    private String namedInWords() {
        return names(gate.named());
    }

    /** Those in flight that have a name, the oldest first. */
    List<Work> namedByAge() {
        return gate.namedByAge();
    }

    /** The first of them. */
    static String names(List<WorkInFlight> works) {
        StringJoiner words = new StringJoiner(", ");
        for (int i = 0; i < Math.min(MOST_NAMED, works.size()); i++) {
            words.add(works.get(i).toString());
        }
        int more = works.size() - MOST_NAMED;
        return words + (more > 0 ? " and " + more + " more" : "");
    }
}
