package org.stop4j.spring;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.stop4j.Registration;
import org.stop4j.State;
import org.stop4j.Stop;

/**
 * Keeps the two readinesses together, that of the stop and that of Boot: the process is not ready before Boot says so, and
 * Boot says that it refuses traffic as soon as a stop or a drain has begun.
 */
final class ReadinessBridge
        implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>>, AutoCloseable {
    private final Stop stop;
    private final ConfigurableApplicationContext context;
    private final Registration listening;
    /** What keeps it from being ready, as Boot sees it; guarded by this. */
    private @org.jspecify.annotations.Nullable Registration objection;

    private boolean accepting;

    ReadinessBridge(Stop stop, ConfigurableApplicationContext context) {
        this.stop = stop;
        this.context = context;
        objection = stop.readiness().notReady("the application is starting");
        listening = stop.listen(change -> stateChanged(change.to()));
    }

    private void stateChanged(State state) {
        if (state == State.DRAINING) {
            publish(ReadinessState.REFUSING_TRAFFIC);
        } else if (state == State.RUNNING && wasAccepting()) {
            publish(ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    private void publish(ReadinessState state) {
        if (context.isActive()) {
            AvailabilityChangeEvent.publish(context, this, state);
        }
    }

    private synchronized boolean wasAccepting() {
        return accepting;
    }

    @Override
    public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
        if (event.getSource() == this) {
            return;
        }
        boolean accepts = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
        object(!accepts);
        if (accepts && stop.state() != State.RUNNING) {
            publish(ReadinessState.REFUSING_TRAFFIC); // it was asked to stop while it was starting
        }
    }

    private synchronized void object(boolean toObject) {
        accepting = !toObject;
        if (toObject && objection == null) {
            objection = stop.readiness().notReady("the application refuses traffic");
        } else if (!toObject && objection != null) {
            objection.close();
            objection = null;
        }
    }

    @Override
    public void close() {
        listening.close();
    }
}
