package org.stop4j.benchmarks.servlet;

import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.stop4j.Stop;
import org.stop4j.servlet.StopFilter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Counts the requests that one Tomcat answers in two contexts, one with the filter and one without, in turns.
 * Arguments: rounds, milliseconds of each half of a round. Prints for each round {@code round WITHOUT WITH}, in
 * requests per second.
 */
public final class FilterRounds {
    private static final int ROUNDS_TO_WARM_UP = 3;

    private FilterRounds() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        long millis = Long.parseLong(arguments[1]);
        Stop stop = Stop.builder().start();
        int port = serve(stop);
        ExecutorService threads = Executors.newFixedThreadPool(Clients.COUNT);
        try (Clients without = new Clients(threads, port, "/without/orders/42");
                Clients with = new Clients(threads, port, "/with/orders/42")) {
            for (int round = -ROUNDS_TO_WARM_UP; round < rounds; round++) {
                boolean turned = round % 2 != 0; // whoever comes second may have an advantage
                long first = (turned ? with : without).perSecond(millis);
                long second = (turned ? without : with).perSecond(millis);
                if (round >= 0) {
                    System.out.println(
                            "round " + (turned ? second : first) + ' ' + (turned ? first : second));
                }
            }
        }
        System.exit(0);
    }

    private static int serve(Stop stop) throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        tomcat.setConnector(connector);
        StopFilter filter = new StopFilter(stop);
        tomcat.addContext("/with", null)
                .addServletContainerInitializer(
                        (types, context) -> {
                            filter.addTo(context);
                            add(context.addServlet("answer", new Answer()));
                        },
                        null);
        tomcat.addContext("/without", null)
                .addServletContainerInitializer(
                        (types, context) -> add(context.addServlet("answer", new Answer())), null);
        tomcat.start();
        return connector.getLocalPort();
    }

    private static void add(ServletRegistration.Dynamic servlet) {
        servlet.setAsyncSupported(true);
        servlet.addMapping("/*");
    }

    /** As little as a servlet can do. */
    @SuppressWarnings("serial") // nobody writes it
    private static final class Answer extends HttpServlet {
        private static final byte[] TEXT = "answer\n".getBytes(StandardCharsets.US_ASCII);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.setContentType("text/plain");
            response.setContentLength(TEXT.length);
            response.getOutputStream().write(TEXT);
        }
    }
}
