package org.stop4j.servlet;

import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.Container;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.stop4j.Deadline;
import org.stop4j.Gate;
import org.stop4j.Step;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Closes the connectors of a Jetty 12: first what listens, then, when its threads have nothing to do any more, the
 * connections, of HTTP/2 with a GOAWAY that names the last stream, and the threads that wait for them. Comes
 * {@linkplain org.stop4j.RegisteredStep#after after} {@link Gate#STEP}.
 *
 * <pre>{@code
 * stop.step(Phase.DRAIN, "jetty", JettyStep.of(server)).after(Gate.STEP);
 * }</pre>
 *
 * <p>The contexts stay as they are. Whoever wants to have their listeners called before the process ends has
 * {@code server::stop} called in phase CLOSE. What was closed before by somebody else is left alone.
 *
 * @since 0.1
 */
public final class JettyStep implements Step {
    /**
     * Far more than a thread needs to hand over a connection that it has accepted. At most half of it is
     * waited, and nothing if nobody connects in that instant.
     */
    private static final Duration ACCEPTED = Duration.ofMillis(200);

    private final Server server;

    private JettyStep(Server server) {
        this.server = server;
    }

    /**
     * Closes all connectors that it has when the step is run.
     *
     * @param server the server
     * @return the step
     */
    public static JettyStep of(Server server) {
        return new JettyStep(Objects.requireNonNull(server, "server"));
    }

    @Override
    public void run(Deadline deadline) throws Exception {
        List<Connector> open =
                Stream.of(server.getConnectors()).filter(Connector::isRunning).toList();
        int acceptors = open.stream().mapToInt(JettyStep::acceptors).sum();
        closeListeners(open);
        // By itself, it closes and interrupts at once; but a thread that is interrupted in the
        // instant in which it accepts a connection loses that: open, with nobody to read it.
        Idle.await(deadline.within(ACCEPTED), canBeSeen(), () -> isIdle(acceptors));
        // To those who have been told before, the graceful shutdown says nothing more.
        if (JettyGoAway.isPossible()) {
            open.forEach(one -> JettyGoAway.sayLast((Container) one));
        }
        // With all that is in them: it is that which sends GOAWAY.
        CompletableFuture<Void> closed = CompletableFuture.allOf(open.stream()
                .map(one -> Graceful.shutdown((Container) one))
                .toArray(CompletableFuture[]::new));
        // That an idle connection is closed gracefully takes a second, so it is not waited for.
        Idle.await(deadline, canBeSeen(), () -> closed.isDone() || isIdle(acceptors));
        Failures failures = new Failures();
        for (Connector connector : open) {
            failures.collect(connector::stop);
        }
        failures.throwFirst();
    }

    private static void closeListeners(List<Connector> connectors) {
        for (Connector connector : connectors) {
            if (connector instanceof NetworkConnector listening) {
                listening.close();
            }
        }
    }

    private boolean canBeSeen() {
        return server.getThreadPool() instanceof QueuedThreadPool pool
                && pool.getVirtualThreadsExecutor() == null;
    }

    /** The threads that accepted have ended, or soon will, but are still counted among those that it has leased. */
    private boolean isIdle(int acceptors) {
        return canBeSeen()
                && server.getThreadPool() instanceof QueuedThreadPool pool
                && pool.getUtilizedThreads() <= -acceptors
                && pool.getQueueSize() == 0;
    }

    private static int acceptors(Connector connector) {
        return connector instanceof AbstractConnector accepting ? accepting.getAcceptors() : 0;
    }
}
