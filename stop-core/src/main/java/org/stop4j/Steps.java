package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The steps of one stop: registered until it begins, then run one after another.
 *
 * <p>Registering is thread-safe, guarded by this object; one thread runs them, once.
 */
final class Steps {
    private final Log log;
    private final Ticker ticker;

    // Guarded by this:
    private final Map<String, Step> registered = new LinkedHashMap<>();
    private @Nullable Reason sealed;
    private int done;

    /** Written by the thread that runs them. */
    private volatile @Nullable StepRun current;

    Steps(Log log, Ticker ticker) {
        this.log = log;
        this.ticker = ticker;
    }

    synchronized Registration add(String name, Step step) {
        if (sealed != null) {
            throw new IllegalStateException(
                    "step \"" + name + "\" comes too late: the stop has begun (" + sealed + ")");
        }
        if (registered.putIfAbsent(name, step) != null) {
            throw new IllegalArgumentException(
                    "there is a step \"" + name + "\" already; allowed: a name of its own");
        }
        AtomicBoolean there = new AtomicBoolean(true);
        return () -> {
            if (there.compareAndSet(true, false)) {
                remove(name, step);
            }
        };
    }

    private synchronized void remove(String name, Step step) {
        if (sealed == null) {
            registered.remove(name, step);
        }
    }

    /** From now on none comes and none goes. */
    synchronized void seal(Reason reason) {
        sealed = reason;
    }

    synchronized Set<String> names() {
        return new LinkedHashSet<>(registered.keySet());
    }

    /** Attempts every step once. */
    List<StepReport> run(Deadline deadline) {
        Map<String, Step> all;
        synchronized (this) {
            all = new LinkedHashMap<>(registered);
        }
        List<StepReport> reports = new ArrayList<>();
        for (Map.Entry<String, Step> step : all.entrySet()) {
            boolean isLast = reports.size() == all.size() - 1;
            reports.add(attempt(step.getKey(), step.getValue(), deadline, isLast));
        }
        return reports;
    }

    // Throwable: when the memory is full, even this side of a step can fail; the next is to come.
    @SuppressWarnings("CatchingUnchecked")
    private StepReport attempt(String name, Step step, Deadline whole, boolean isLast) {
        try {
            // A tenth of what is left stays for the steps to come, however this one behaves.
            Deadline own = isLast
                    ? whole
                    : whole.within(Duration.ofNanos(whole.remainingNanos() / 10 * 9));
            StepRun run = new StepRun(name, step, own);
            current = run;
            StepReport result = run.run(ticker);
            log(result);
            return result;
        } catch (Throwable failure) {
            return new StepReport(
                    name, StepReport.Result.FAILED, Duration.ZERO, failure, List.of());
        } finally {
            current = null;
            synchronized (this) {
                done++;
            }
        }
    }

    private void log(StepReport result) {
        Throwable failure = result.failure();
        if (failure != null) {
            log.warning("step " + result, failure);
        } else if (result.result() == StepReport.Result.HUNG) {
            Throwable where = new Throwable("where \"" + result.name() + "\" hung");
            where.setStackTrace(result.stack().toArray(new StackTraceElement[0]));
            log.warning("step " + result, where);
        }
    }

    /** Refuses a step's own thread, which would wait for itself. */
    void refuseOwnThread() {
        StepRun running = current;
        if (running != null && running.isOn(Thread.currentThread())) {
            throw new IllegalStateException(
                    "step \"" + running.name() + "\" would wait for itself");
        }
    }

    /** Gives up the current step if it has called {@link System#exit}. */
    void giveUpIfExiting() {
        StepRun running = current;
        if (running != null) {
            running.giveUpIfExiting();
        }
    }

    synchronized int count() {
        return registered.size();
    }

    synchronized int done() {
        return done;
    }

    /** The name of the step that is being run, or nothing. */
    @Nullable
    String running() {
        StepRun running = current;
        return running == null ? null : running.name();
    }
}
