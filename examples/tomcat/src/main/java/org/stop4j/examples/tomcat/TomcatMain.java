package org.stop4j.examples.tomcat;

import jakarta.servlet.ServletRegistration;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.stop4j.ControlDirectoryException;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Stop;
import org.stop4j.servlet.StopFilter;
import org.stop4j.servlet.TomcatStep;

import java.util.logging.Level;
import java.util.logging.Logger;

/** A service on an embedded Tomcat that loses no request when it is stopped. */
public final class TomcatMain {
    private static final Logger LOGGER = Logger.getLogger("org.apache");

    private TomcatMain() {}

    public static void main(String[] arguments) {
        LOGGER.setLevel(Level.WARNING);
        try {
            int port = Query.port(arguments);
            Stop stop = Stop.builder().onSignals().onCommand().start();
            try {
                System.out.println("listening on " + serve(stop, port));
            } catch (LifecycleException e) {
                stop.close();
                throw new IllegalArgumentException("cannot listen on port " + port, e);
            }
        } catch (IllegalArgumentException | ControlDirectoryException e) {
            System.err.println("tomcat: " + e.getMessage());
            System.exit(2);
        }
    }

    private static int serve(Stop stop, int port) throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        Connector connector = new Connector();
        connector.setPort(port);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("bindOnInit", "false"); // so that its listener can be closed first
        connector.setThrowOnFailure(true);
        connector.addUpgradeProtocol(new Http2Protocol());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        StopFilter filter = new StopFilter(stop).except("/ready");
        context.addServletContainerInitializer(
                (types, its) -> {
                    filter.addTo(its);
                    ServletRegistration.Dynamic jobs = its.addServlet("jobs", new Jobs(stop));
                    jobs.setAsyncSupported(true);
                    jobs.addMapping("/job", "/ready");
                },
                null);
        tomcat.start();
        stop.step(Phase.DRAIN, "tomcat", TomcatStep.of(tomcat)).after(Gate.STEP);
        return connector.getLocalPort();
    }
}
