package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Time;
import org.stop4j.spi.Trigger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a stop stands: who has asked for it, and its state.
 *
 * <p>Thread-safe. Who is first, whether a drain may still be undone, and the change of state are one atomic
 * step each, guarded by the monitor, which is not held while anything of anybody else's is called.
 */
final class Standing {
    /** Closer together, signals are one: Ctrl-C reaches a process and its parent, which passes it on. */
    private static final long SIGNALS_APART_NANOS = 300_000_000;

    private static final int MOST_JOINED = 16;

    private final Time time;
    private final Listeners listeners;
    private final Time.Monitor monitor;

    // Guarded by the monitor:
    private final Map<State, Instant> since = new HashMap<>();
    private final List<Reason> joined = new ArrayList<>();
    private @Nullable Reason reason;
    private boolean started;
    private boolean closed;
    private boolean exits;
    private boolean livesOn;
    private int signals;
    private long lastSignal;
    private @Nullable Reason second;
    /** When it last went on from RUNNING, by the clock. */
    private long drainingSince;

    // Written with the monitor; volatile so that reading them waits for nobody:
    private volatile State state = State.RUNNING;
    private volatile @Nullable Report report;
    private volatile @Nullable StateChange lastChange;

    Standing(Time time, Listeners listeners) {
        this.time = time;
        this.listeners = listeners;
        monitor = time.monitor();
        since.put(State.RUNNING, Instant.now());
    }

    /**
     * What becomes of a request.
     *
     * @param first whether it is the reason of the stop
     * @param begins whether the stop is to begin now
     * @param signal the how manyth signal it is; 0 if it is none, or the same one again
     * @param exitsNow whether the process, which was to live on, is to be ended all the same, now
     */
    record Asked(boolean first, boolean begins, int signal, boolean exitsNow) {}

    Asked ask(Reason why, boolean toExit) {
        monitor.lock();
        try {
            boolean first = reason == null;
            exits |= toExit;
            boolean exitsNow = toExit && livesOn;
            livesOn &= !toExit;
            if (first) {
                reason = why;
            } else if (report == null && joined.size() < MOST_JOINED) {
                joined.add(why);
            }
            return new Asked(first, first && started, countIfSignal(why), exitsNow);
        } finally {
            monitor.unlock();
        }
    }

    /** Whether anybody who has asked wants the process to end. */
    boolean exits() {
        monitor.lock();
        try {
            return exits;
        } finally {
            monitor.unlock();
        }
    }

    /**
     * Decides, when there is nothing else left to do, whether the process lives on. If it does, whoever wants its end
     * later is told to see to that.
     */
    boolean decideToLiveOn() {
        monitor.lock();
        try {
            livesOn = !exits;
            return livesOn;
        } finally {
            monitor.unlock();
        }
    }

    private int countIfSignal(Reason why) {
        if (why.kind() != Reason.Kind.SIGNAL) {
            return 0;
        }
        long now = time.nanos();
        if (signals > 0 && now - lastSignal < SIGNALS_APART_NANOS) {
            return 0;
        }
        lastSignal = now;
        signals++;
        second = signals == 2 ? why : second;
        return signals;
    }

    /** Everything is installed: who asks from now on begins the stop. Returns who has asked before, or null. */
    @Nullable
    Reason start() {
        monitor.lock();
        try {
            started = true;
            return reason;
        } finally {
            monitor.unlock();
        }
    }

    /** The second signal, if it has come. */
    @Nullable
    Reason secondSignal() {
        monitor.lock();
        try {
            return second;
        } finally {
            monitor.unlock();
        }
    }

    /** The stop could not be begun; the next who asks is the first. */
    void forget() {
        monitor.lock();
        try {
            reason = null;
            exits = false;
            signals = 0;
            joined.clear();
        } finally {
            monitor.unlock();
        }
    }

    /**
     * Takes the triggers out, unless somebody has asked; as one step with looking for that, or who asks meanwhile
     * would get no answer. Returns null if somebody has, or it was closed before.
     */
    @Nullable
    List<Trigger.Installed> close(Triggers triggers) {
        monitor.lock();
        try {
            if (reason != null || closed) {
                return null;
            }
            closed = true;
            return triggers.removeAll();
        } finally {
            monitor.unlock();
        }
    }

    // ---- the state

    /** Goes from one state to the other, if it is in the first and no stop has been requested. */
    boolean exchange(State from, State to, Reason why) {
        monitor.lock();
        try {
            boolean may = state == from && reason == null;
            if (may) {
                enter(to, why);
            }
            return may;
        } finally {
            monitor.unlock();
        }
    }

    /** Goes on to the state, if it is not there yet. */
    void moveTo(State next, Reason why) {
        monitor.lock();
        try {
            if (state.compareTo(next) < 0) {
                enter(next, why);
            }
        } finally {
            monitor.unlock();
        }
    }

    /** The stop is done. */
    void publish(Report done) {
        monitor.lock();
        try {
            report = done;
            enter(State.STOPPED, done.reason());
        } finally {
            monitor.unlock();
        }
    }

    private void enter(State next, Reason why) {
        Instant now = Instant.now();
        StateChange change = new StateChange(state, next, why, now);
        listeners.expect(change);
        lastChange = change;
        since.put(next, now);
        if (state == State.RUNNING) {
            drainingSince = time.nanos();
        }
        state = next;
        monitor.signalAll();
    }

    /** Waits until the state is reached, or one after it; for a time at most. */
    boolean await(State wanted, Duration limit) throws InterruptedException {
        long from = time.nanos();
        long nanos = Math.min(Durations.saturatedNanos(limit), Long.MAX_VALUE / 2);
        monitor.lock();
        try {
            long left = nanos;
            while (state.compareTo(wanted) < 0 && left > 0) {
                monitor.await(left);
                left = nanos - (time.nanos() - from);
            }
            return state.compareTo(wanted) >= 0;
        } finally {
            monitor.unlock();
        }
    }

    // ---- looking

    /** When it last left RUNNING, by the clock. */
    long drainingSince() {
        monitor.lock();
        try {
            return drainingSince;
        } finally {
            monitor.unlock();
        }
    }

    State state() {
        return state;
    }

    /** The latest change of state; null if there was none. */
    @Nullable
    StateChange lastChange() {
        return lastChange;
    }

    @Nullable
    Report report() {
        return report;
    }

    Optional<Instant> since(State wanted) {
        monitor.lock();
        try {
            return Optional.ofNullable(since.get(wanted));
        } finally {
            monitor.unlock();
        }
    }

    Optional<Reason> reason() {
        monitor.lock();
        try {
            return Optional.ofNullable(reason);
        } finally {
            monitor.unlock();
        }
    }

    List<Reason> joined() {
        monitor.lock();
        try {
            return List.copyOf(joined);
        } finally {
            monitor.unlock();
        }
    }
}
