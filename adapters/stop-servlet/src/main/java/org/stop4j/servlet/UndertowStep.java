package org.stop4j.servlet;

import io.undertow.Undertow;

import org.stop4j.Deadline;
import org.stop4j.Gate;
import org.stop4j.Step;

import java.util.List;
import java.util.Objects;

/**
 * Closes an Undertow, when it has nothing to do any more: what listens, the connections, and its threads. Comes
 * {@linkplain org.stop4j.RegisteredStep#after after} {@link Gate#STEP}.
 *
 * <pre>{@code
 * stop.step(Phase.DRAIN, "undertow", UndertowStep.of(undertow)).after(Gate.STEP);
 * }</pre>
 *
 * <p>With {@code setServerOption(UndertowOptions.ENABLE_STATISTICS, true)}, it counts its requests, and the step
 * sees when the last answer, or the page of an error, is sent. Otherwise it waits 50 ms for that.
 *
 * <p>Connections of HTTP/2 are not told to go away before that, and are closed without GOAWAY: the only one that
 * Undertow can send closes the connection with all that is in flight on it. When this step comes they have no request
 * that was let in, but a client that has kept one may have been refused.
 *
 * <p>Deployments stay as they are. Whoever wants to have their listeners called before the process ends stops
 * their deployment manager in phase CLOSE. One that was stopped before by somebody else is left alone.
 *
 * @since 0.1
 */
public final class UndertowStep implements Step {
    private final Undertow undertow;

    private UndertowStep(Undertow undertow) {
        this.undertow = undertow;
    }

    /**
     * Closes a server.
     *
     * @param undertow the server
     * @return the step
     */
    public static UndertowStep of(Undertow undertow) {
        return new UndertowStep(Objects.requireNonNull(undertow, "undertow"));
    }

    @Override
    public void run(Deadline deadline) throws Exception {
        if (undertow.getXnio() == null) {
            return; // not started, or stopped
        }
        List<Undertow.ListenerInfo> listeners = undertow.getListenerInfo();
        boolean counts = listeners.stream().allMatch(one -> one.getConnectorStatistics() != null);
        Idle.await(deadline, counts, () -> counts && activeRequests(listeners) == 0);
        undertow.stop();
        if (undertow.getWorker() != null) {
            // Somebody else's, who goes on; and so would the connections.
            listeners.forEach(Undertow.ListenerInfo::suspend);
        }
    }

    private static long activeRequests(List<Undertow.ListenerInfo> listeners) {
        long sum = 0;
        for (Undertow.ListenerInfo one : listeners) {
            sum += one.getConnectorStatistics().getActiveRequests();
        }
        return sum;
    }
}
