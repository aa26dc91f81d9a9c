package org.stop4j.examples.undertow;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ListenerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletException;

import org.stop4j.ControlDirectoryException;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Stop;
import org.stop4j.servlet.StopContextListener;
import org.stop4j.servlet.StopFilter;
import org.stop4j.servlet.UndertowStep;

import java.net.InetSocketAddress;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A service on an embedded Undertow that loses no request when it is stopped. */
public final class UndertowMain {
    private static final Logger[] LOGGERS = {
        Logger.getLogger("io.undertow"), Logger.getLogger("org.xnio"), Logger.getLogger("org.jboss")
    };

    private UndertowMain() {}

    public static void main(String[] arguments) throws ServletException {
        for (Logger logger : LOGGERS) {
            logger.setLevel(Level.WARNING);
        }
        try {
            int port = Query.port(arguments);
            Stop stop = Stop.builder().onSignals().onCommand().start();
            try {
                System.out.println("listening on " + serve(stop, port));
            } catch (RuntimeException e) { // as Undertow wraps what is thrown when it binds
                stop.close();
                throw new IllegalArgumentException(
                        "cannot listen on port " + port + ": " + e.getMessage(), e);
            }
        } catch (IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("undertow: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int serve(Stop stop, int port) throws ServletException {
        StopContextListener listener =
                new StopContextListener(new StopFilter(stop).except("/ready"));
        DeploymentInfo deployment = Servlets.deployment()
                .setClassLoader(UndertowMain.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("jobs")
                .addListener(new ListenerInfo(
                        StopContextListener.class, new ImmediateInstanceFactory<>(listener)))
                .addServlet(Servlets.servlet(
                                "jobs", Jobs.class, new ImmediateInstanceFactory<>(new Jobs(stop)))
                        .addMappings("/job", "/ready")
                        .setAsyncSupported(true));
        DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
        manager.deploy();
        Undertow undertow = Undertow.builder()
                .addHttpListener(port, "127.0.0.1")
                .setWorkerThreads(200) // what waits for a thread has not been let in yet
                .setHandler(manager.start())
                // Then its step sees when the last answer is sent.
                .setServerOption(UndertowOptions.ENABLE_STATISTICS, true)
                .build();
        undertow.start();
        stop.step(Phase.DRAIN, "undertow", UndertowStep.of(undertow)).after(Gate.STEP);
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }
}
