package org.stop4j.servlet;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ProtocolHandler;
import org.stop4j.Deadline;
import org.stop4j.Gate;
import org.stop4j.Step;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Closes the connectors of an embedded Tomcat (10.1 and 11): first what listens, then, when their threads have
 * nothing to do any more, the connections, of HTTP/2 with GOAWAY unless they were told before, and the threads. Comes
 * {@linkplain org.stop4j.RegisteredStep#after after} {@link Gate#STEP}.
 *
 * <pre>{@code
 * stop.step(Phase.DRAIN, "tomcat", TomcatStep.of(tomcat)).after(Gate.STEP);
 * }</pre>
 *
 * <p>The contexts stay as they are. Whoever wants to have their listeners called before the process ends has
 * {@code tomcat::stop} called in phase CLOSE. What was closed before by somebody else is left alone.
 *
 * <p>With {@code connector.setProperty("bindOnInit", "false")} the listener is closed first. Otherwise Tomcat
 * keeps it open until the end of the step, some milliseconds later, and who connects meanwhile is not answered.
 *
 * @since 0.1
 */
public final class TomcatStep implements Step {
    private final Connectors connectors;

    /** They may be changed until the step is run. */
    private interface Connectors {
        List<Connector> list();
    }

    private TomcatStep(Connectors connectors) {
        this.connectors = connectors;
    }

    /**
     * Closes all connectors that it has when the step is run.
     *
     * @param tomcat the server
     * @return the step
     */
    public static TomcatStep of(Tomcat tomcat) {
        Objects.requireNonNull(tomcat, "tomcat");
        return new TomcatStep(() -> List.of(tomcat.getService().findConnectors()));
    }

    /**
     * Closes connectors.
     *
     * @param connectors the connectors
     * @return the step
     */
    public static TomcatStep of(Connector... connectors) {
        List<Connector> list = List.of(connectors);
        return new TomcatStep(() -> list);
    }

    /**
     * Closes nothing, but waits, a second at most, until the threads of all connectors have nothing to do: then what was
     * answered last has been sent. Tomcat says that a request is complete a moment before that, and closes connections on
     * which something is still to be sent. For whoever closes the server otherwise, right before that.
     *
     * @param tomcat the server
     * @return the step
     */
    public static Step idle(Tomcat tomcat) {
        Objects.requireNonNull(tomcat, "tomcat");
        return deadline -> awaitIdle(List.of(tomcat.getService().findConnectors()), deadline);
    }

    @Override
    public void run(Deadline deadline) throws Exception {
        List<Connector> open = connectors.list().stream()
                .filter(connector -> connector.getState().isAvailable())
                .toList();
        for (Connector connector : open) {
            connector.getProtocolHandler().closeServerSocketGraceful();
            connector.pause();
        }
        awaitIdle(open, deadline);
        Failures failures = new Failures();
        for (Connector connector : open) {
            failures.collect(() -> close(connector));
        }
        failures.throwFirst();
    }

    private static void awaitIdle(List<Connector> connectors, Deadline deadline)
            throws InterruptedException {
        for (Connector connector : connectors) {
            ProtocolHandler protocol = connector.getProtocolHandler();
            Idle.await(deadline, canBeSeen(protocol), () -> isIdle(protocol));
        }
    }

    private static void close(Connector connector) throws LifecycleException {
        connector.stop();
        connector.destroy(); // without bindOnInit=false, it is this that closes the listener
    }

    private static boolean canBeSeen(ProtocolHandler protocol) {
        Executor executor = protocol.getExecutor();
        return executor instanceof org.apache.tomcat.util.threads.ThreadPoolExecutor
                || executor instanceof StandardThreadExecutor
                || executor instanceof ThreadPoolExecutor;
    }

    private static boolean isIdle(ProtocolHandler protocol) {
        Executor executor = protocol.getExecutor();
        if (executor instanceof org.apache.tomcat.util.threads.ThreadPoolExecutor its) {
            return its.getActiveCount() == 0 && its.getQueue().isEmpty();
        }
        if (executor instanceof StandardThreadExecutor shared) {
            return shared.getActiveCount() == 0 && shared.getQueueSize() == 0;
        }
        if (executor instanceof ThreadPoolExecutor own) {
            return own.getActiveCount() == 0 && own.getQueue().isEmpty();
        }
        return protocol instanceof AbstractProtocol<?> any && any.getConnectionCount() == 0;
    }
}
