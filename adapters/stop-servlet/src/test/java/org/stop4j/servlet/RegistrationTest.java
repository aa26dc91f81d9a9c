package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.Stop;

import java.io.IOException;
import java.time.Duration;

/** How the filter gets its stop, and what happens if it gets none. */
@Timeout(60)
class RegistrationTest {
    private final Stop stop = Stop.builder().exit(Exit.never()).start();

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final ServletContextHandler context = new ServletContextHandler();

    RegistrationTest() {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        context.addServlet(new ServletHolder(new InFlight()), "/*");
        server.setHandler(context);
    }

    @AfterEach
    void close() throws Exception {
        server.stop();
        stop.close();
    }

    /** Answers how many are in flight. */
    @SuppressWarnings("serial") // nobody writes it
    private final class InFlight extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().println(stop.gate().inFlight());
        }
    }

    private String get(String path) throws IOException {
        try (Wire wire = new Wire(connector.getLocalPort())) {
            wire.get(path, "Connection: close").head();
            return wire.rest().strip();
        }
    }

    @Test
    void aListenerWithoutAStopFindsItInTheContext() throws Exception {
        context.setAttribute(StopFilter.STOP, stop);
        context.setInitParameter(StopFilter.EXCEPT, "/live, /probes/*");
        context.addEventListener(new StopContextListener());
        server.start();
        assertThat(get("/")).isEqualTo("1");
        await().until(() -> stop.gate().inFlight() == 0);
        assertThat(get("/live")).isEqualTo("0");
        assertThat(get("/probes/any")).isEqualTo("0");
    }

    @Test
    void aListenerWithAStopNeedsNoContext() throws Exception {
        context.addEventListener(new StopContextListener(stop));
        server.start();
        assertThat(get("/")).isEqualTo("1");
    }

    @Test
    void withoutAStopTheContextDoesNotStartAndSaysWhichAttributeIsMissing() {
        context.addEventListener(new StopContextListener());
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "attribute \"org.stop4j.Stop\" of servlet context \"\" is not set");
    }

    @Test
    void withSomethingElseForAStopItSaysWhat() {
        context.setAttribute(StopFilter.STOP, "a text");
        context.addEventListener(new StopContextListener());
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is a java.lang.String; allowed: the org.stop4j.Stop");
    }

    @Test
    void aContextThatIsClosedBeforeTheStopDoesNotFailIt() throws Exception {
        context.addEventListener(new StopContextListener(stop));
        server.start();
        stop.step(Phase.DRAIN, "jetty", JettyStep.of(server)).after(Gate.STEP);
        assertThat(get("/")).isEqualTo("1");
        context.stop();
        stop.request("test");
        assertThat(stop.await(Duration.ofSeconds(20)).orElseThrow().exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ready", "*.html", "/a*", "/a/*/b", "/*/a"})
    void aPathThatCannotBeExceptedIsRefused(String path) {
        assertThatThrownBy(() -> new StopFilter(stop).except(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("excepted path is \"" + path + "\"; allowed: ");
    }
}
