package org.stop4j.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;

import org.apache.catalina.Container;
import org.apache.catalina.Service;
import org.apache.catalina.WebResourceRoot;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.stop4j.State;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/*
 * Nothing public leads from a request to its connection, so Tomcat has to say it on all connections of a connector at
 * once, as it does when that is paused, but without pausing it. Those that are idle should hear it, too. One that was
 * just made should not, before its first answer; so it is said once in a while, and a client that has to connect again
 * has its answer before the next time.
 *
 * It is said on a thread of Tomcat's own, since a client that does not read holds it up. A connection that is missed,
 * because another thread has just taken it in hand, has its turn after the next answer.
 */
/** Has Tomcat send GOAWAY on all its connections of HTTP/2. */
final class TomcatGoAway extends GoAway {
    /** The attribute of a context in which Tomcat has its resources, and by them itself. */
    static final String RESOURCES = "org.apache.catalina.resources";

    /** Far less than for how long nobody must have come before the gate is closed. */
    private static final long AFTER_MILLIS = 100;

    /** By itself, Tomcat drops new streams as soon as a PING would have been back, if the client has read it or not. */
    private static final Duration SERVED = Duration.ofDays(1);

    private final Stop stop;
    private final List<AbstractProtocol<?>> protocols;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private TomcatGoAway(Stop stop, List<AbstractProtocol<?>> protocols) {
        this.stop = stop;
        this.protocols = List.copyOf(protocols);
    }

    /**
     * Finds its connectors that speak HTTP/2.
     *
     * @throws NoSuchMethodError if it cannot be told to serve on: before 10.1.53 and 11.0.20
     */
    static GoAway of(ServletContext context, Stop stop) {
        if (!(context.getAttribute(RESOURCES) instanceof WebResourceRoot resources)
                || isOfOthers()) {
            return NONE;
        }
        Service service = Container.getService(resources.getContext());
        List<AbstractProtocol<?>> protocols = new ArrayList<>();
        for (Connector connector : service.findConnectors()) {
            if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                    && servesOn(connector)) {
                protocols.add(protocol);
            }
        }
        return protocols.isEmpty() ? NONE : new TomcatGoAway(stop, protocols);
    }

    /** Whether we are deployed in it: then it serves others, too, on the same connections, and lives on. */
    private static boolean isOfOthers() {
        return TomcatGoAway.class.getClassLoader() != Connector.class.getClassLoader();
    }

    private static boolean servesOn(Connector connector) {
        boolean http2 = false;
        for (UpgradeProtocol upgrade : connector.findUpgradeProtocols()) {
            if (upgrade instanceof Http2Protocol its) {
                http2 = true;
                if (its.getDrainTimeout() == 0) { // not set by somebody else
                    its.setDrainTimeout(SERVED.toNanos());
                }
            }
        }
        return http2;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    void say(HttpServletRequest request) {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            ScheduledExecutorService executor = protocols.get(0).getUtilityExecutor();
            try {
                executor.schedule(this::sayToAll, AFTER_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closed) {
                // So are the connections.
            }
        }
    }

    private void sayToAll() {
        scheduled.set(false); // before, so that the next answer is not overlooked
        if (stop.state() == State.RUNNING) {
            return; // resumed
        }
        for (AbstractProtocol<?> protocol : protocols) {
            protocol.getHandler().pause();
        }
    }
}
