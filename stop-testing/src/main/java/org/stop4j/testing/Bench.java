package org.stop4j.testing;

import org.jspecify.annotations.Nullable;
import org.stop4j.State;
import org.stop4j.Stop;

import java.time.Duration;

/** What belongs to one test. Used by the thread of that test. */
final class Bench {
    /** More than a hold takes by default; whoever is not at his end then is not going to be. */
    private static final Duration LAST_MOMENTS = Duration.ofSeconds(10);

    final VirtualTime time = new VirtualTime();
    private final FakeSignals signals = new FakeSignals();
    private final RecordingExit exit = new RecordingExit(time);
    private @Nullable Stop stop;

    Object get(Class<?> type) {
        if (type == VirtualTime.class) {
            return time;
        }
        if (type == FakeSignals.class) {
            return signals;
        }
        if (type == RecordingExit.class) {
            return exit;
        }
        return type == Stop.class ? stop() : builder();
    }

    private Stop stop() {
        Stop its = stop;
        if (its == null) {
            its = builder().start();
            stop = its;
        }
        return its;
    }

    private Stop.Builder builder() {
        return Stop.builder().time(time).exit(exit).trigger(signals);
    }

    /** Ends everything; a stop that is under way fails the test, if nothing else has. */
    void clear(boolean failed) throws InterruptedException {
        // In this order: what was not begun is closed, the time in any case.
        try (VirtualTime closing = time) {
            boolean over = false;
            for (Stop one : signals.stops()) {
                one.close();
                if (!failed) {
                    refuseUnderWay(one);
                }
                over = over || one.state() == State.STOPPED;
            }
            if (over && !failed) {
                closing.handOver();
                closing.sleep(LAST_MOMENTS);
            }
        }
    }

    private void refuseUnderWay(Stop one) {
        if (one.reason().isPresent()
                && one.state() != State.STOPPED
                && exit.code().isEmpty()) {
            throw new IllegalStateException("the test has ended, but its stop ("
                    + one.reason().get() + ") is under way, in state " + one.state()
                    + ": wait for it, by RecordingExit.await or Stop.await");
        }
    }
}
