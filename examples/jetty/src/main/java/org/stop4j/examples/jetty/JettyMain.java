package org.stop4j.examples.jetty;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.stop4j.ControlDirectoryException;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Stop;
import org.stop4j.servlet.JettyStep;
import org.stop4j.servlet.StopContextListener;
import org.stop4j.servlet.StopFilter;

import java.util.logging.Level;
import java.util.logging.Logger;

/** A service on an embedded Jetty that loses no request when it is stopped. */
public final class JettyMain {
    private static final Logger LOGGER = Logger.getLogger("org.eclipse.jetty");

    private JettyMain() {}

    public static void main(String[] arguments) throws Exception {
        LOGGER.setLevel(Level.WARNING);
        try {
            int port = Query.port(arguments);
            Stop stop = Stop.builder().onSignals().onCommand().start();
            try {
                System.out.println("listening on " + serve(stop, port));
            } catch (Exception e) { // what Jetty's start() throws
                stop.close();
                throw new IllegalArgumentException(
                        "cannot listen on port " + port + ": " + e.getMessage(), e);
            }
        } catch (IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("jetty: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int serve(Stop stop, int port) throws Exception {
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        ServerConnector connector = new ServerConnector(
                server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addEventListener(new StopContextListener(new StopFilter(stop).except("/ready")));
        ServletHolder jobs = new ServletHolder(new Jobs(stop));
        jobs.setAsyncSupported(true);
        context.addServlet(jobs, "/job");
        context.addServlet(jobs, "/ready");
        server.setHandler(context);
        server.start();
        stop.step(Phase.DRAIN, "jetty", JettyStep.of(server)).after(Gate.STEP);
        return connector.getLocalPort();
    }
}
