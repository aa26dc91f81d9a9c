package org.stop4j.servlet;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ListenerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;

import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.server.config.JettyWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Stop;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/** A servlet container, started as a user of this adapter would, on a free port of the loopback address. */
enum Container {
    TOMCAT {
        @Override
        Running start(Stop stop, StopFilter filter, HttpServlet servlet) throws Exception {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
            Connector connector = new Connector();
            connector.setPort(0);
            connector.setProperty("address", "127.0.0.1");
            connector.setProperty("maxThreads", Integer.toString(THREADS));
            connector.setProperty("bindOnInit", "false");
            Http2Protocol http2 = new Http2Protocol();
            http2.setMaxConcurrentStreamExecution(100); // of one connection; 20 otherwise
            connector.addUpgradeProtocol(http2);
            tomcat.setConnector(connector);
            Context context = tomcat.addContext("", null);
            context.addServletContainerInitializer(
                    (types, its) -> {
                        filter.addTo(its);
                        ServletRegistration.Dynamic registration =
                                its.addServlet("servlet", servlet);
                        registration.setAsyncSupported(true);
                        registration.addMapping("/*");
                    },
                    null);
            tomcat.start();
            stop.step(Phase.DRAIN, "tomcat", TomcatStep.of(tomcat)).after(Gate.STEP);
            return new Running(connector.getLocalPort(), () -> {
                tomcat.stop();
                tomcat.destroy();
            });
        }
    },

    JETTY {
        @Override
        Running start(Stop stop, StopFilter filter, HttpServlet servlet) throws Exception {
            Server server = new Server(new QueuedThreadPool(THREADS));
            HttpConfiguration http = new HttpConfiguration();
            ServerConnector connector = new ServerConnector(
                    server,
                    new HttpConnectionFactory(http),
                    new HTTP2CServerConnectionFactory(http));
            connector.setHost("127.0.0.1");
            connector.setAcceptQueueSize(256);
            server.addConnector(connector);
            ServletContextHandler context = new ServletContextHandler();
            context.addEventListener(new StopContextListener(filter));
            ServletHolder holder = new ServletHolder(servlet);
            holder.setAsyncSupported(true);
            context.addServlet(holder, "/*");
            JettyWebSocketServletContainerInitializer.configure(context, null);
            server.setHandler(context);
            server.start();
            stop.step(Phase.DRAIN, "jetty", JettyStep.of(server)).after(Gate.STEP);
            return new Running(connector.getLocalPort(), server::stop);
        }
    },

    UNDERTOW {
        @Override
        Running start(Stop stop, StopFilter filter, HttpServlet servlet) throws Exception {
            StopContextListener listener = new StopContextListener(filter);
            DeploymentInfo deployment = Servlets.deployment()
                    .setClassLoader(Container.class.getClassLoader())
                    .setContextPath("/")
                    .setDeploymentName("test")
                    .addListener(new ListenerInfo(
                            StopContextListener.class, new ImmediateInstanceFactory<>(listener)))
                    .addServlet(Servlets.servlet(
                                    "servlet",
                                    servlet.getClass(),
                                    new ImmediateInstanceFactory<>(servlet))
                            .addMapping("/*")
                            .setAsyncSupported(true));
            DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
            manager.deploy();
            Undertow undertow = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1")
                    .setWorkerThreads(THREADS)
                    .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                    .setServerOption(UndertowOptions.ENABLE_STATISTICS, true)
                    .setHandler(manager.start())
                    .build();
            undertow.start();
            stop.step(Phase.DRAIN, "undertow", UndertowStep.of(undertow)).after(Gate.STEP);
            InetSocketAddress address =
                    (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
            return new Running(address.getPort(), () -> {
                undertow.stop();
                manager.stop();
                manager.undeploy();
            });
        }
    };

    private static final int THREADS = 300;

    /** One that listens. */
    static final class Running implements AutoCloseable {
        private final int port;
        private final AutoCloseable closing;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Running(int port, AutoCloseable closing) {
            this.port = port;
            this.closing = closing;
        }

        int port() {
            return port;
        }

        @Override
        public void close() throws Exception {
            if (closed.compareAndSet(false, true)) {
                closing.close();
            }
        }
    }

    /** Serves everything by one servlet, and nothing without the filter. */
    abstract Running start(Stop stop, StopFilter filter, HttpServlet servlet) throws Exception;
}
