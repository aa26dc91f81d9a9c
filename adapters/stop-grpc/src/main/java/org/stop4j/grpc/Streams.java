package org.stop4j.grpc;

import org.stop4j.Deadline;
import org.stop4j.State;
import org.stop4j.Stop;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The streams of a {@link GrpcStop} for which something is to be done later. Thread-safe. */
final class Streams {
    private final Stop stop;
    private final LongAdder arrived = new LongAdder();
    private final ScheduledThreadPoolExecutor limits;

    // Guarded by this:
    private final Set<StreamingCall<?, ?>> uncounted = new HashSet<>();
    private final Map<StreamingCall<?, ?>, Deadline> toTellWhenAway = new HashMap<>();
    private boolean goesAway;
    private boolean away;
    private boolean closing;

    Streams(Stop stop) {
        this.stop = stop;
        limits = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "stop-grpc-limits");
            thread.setDaemon(true);
            return thread;
        });
        // There is a thread only while a stream is waited for.
        limits.setKeepAliveTime(1, TimeUnit.SECONDS);
        limits.allowCoreThreadTimeOut(true);
        limits.setRemoveOnCancelPolicy(true);
    }

    /** A call of any kind has come. */
    void arrived() {
        arrived.increment();
    }

    long arrivals() {
        return arrived.sum();
    }

    /** Whether a stream that is opened now comes after the stop, or a drain, has begun. */
    boolean areLate() {
        return stop.state() != State.RUNNING;
    }

    /** Does it shortly before the deadline. */
    ScheduledFuture<?> atLimit(Deadline deadline, Runnable cut) {
        return limits.schedule(cut, deadline.remainingNanos() / 10 * 9, TimeUnit.NANOSECONDS);
    }

    // ---- telling

    /** There is going to be a time when clients are told to go away. */
    synchronized void expectGoAway() {
        goesAway = true;
    }

    /** Keeps one, to be told when its client has been told to go away; false if that is not to be waited for. */
    synchronized boolean tellWhenAway(StreamingCall<?, ?> call, Deadline deadline) {
        boolean later = goesAway && !away;
        if (later) {
            toTellWhenAway.put(call, deadline);
        }
        return later;
    }

    /** Clients have been told to go away: returns those that are to be told now. */
    synchronized Map<StreamingCall<?, ?>, Deadline> away() {
        away = true;
        Map<StreamingCall<?, ?>, Deadline> calls = new HashMap<>(toTellWhenAway);
        toTellWhenAway.clear();
        return calls;
    }

    // ---- what nobody waits for

    void addUncounted(StreamingCall<?, ?> call) {
        boolean tooLate;
        synchronized (this) {
            uncounted.add(call);
            tooLate = closing;
        }
        if (tooLate) {
            call.cut();
        }
    }

    /** Closes those that nobody waits for: they would keep their connections open. */
    void cutUncounted() {
        Set<StreamingCall<?, ?>> calls;
        synchronized (this) {
            closing = true;
            calls = new HashSet<>(uncounted);
        }
        calls.forEach(StreamingCall::cut);
    }

    /** It has ended. */
    synchronized void remove(StreamingCall<?, ?> call) {
        uncounted.remove(call);
        toTellWhenAway.remove(call);
    }
}
