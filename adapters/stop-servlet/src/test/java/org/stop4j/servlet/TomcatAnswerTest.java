package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stop4j.Exit;
import org.stop4j.State;
import org.stop4j.Stop;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Tomcat sends what is left of an answer when it has left everything that could count it. */
@Timeout(60)
class TomcatAnswerTest {
    private final Stop stop = Stop.builder().exit(Exit.never()).start();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final CountDownLatch mayLeave = new CountDownLatch(1);

    /** Ways to answer that leave it to the container to send something. */
    enum Way {
        A_STATUS_ALONE("http/1.1 404 ", "content-length: 0\n", ""),
        A_FEW_BYTES("http/1.1 200 ", "content-length: 3\n", "few"),
        AN_ASYNC_DISPATCH("http/1.1 200 ", "content-length: 3\n", "few");

        private final String status;
        private final String length;
        private final String body;

        Way(String status, String length, String body) {
            this.status = status;
            this.length = length;
            this.body = body;
        }
    }

    @SuppressWarnings("serial") // nobody writes it
    private final class Answering extends HttpServlet {
        private final Way way;

        private Answering(Way way) {
            this.way = way;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                hold(mayAnswer);
                if (way == Way.AN_ASYNC_DISPATCH) {
                    request.startAsync().dispatch();
                    return;
                }
            }
            if (way == Way.A_STATUS_ALONE) {
                response.setStatus(404);
                return;
            }
            response.getOutputStream().print("few");
        }
    }

    /** Keeps a request when everything inside has done with it. */
    private final class Outermost extends ValveBase {
        private Outermost() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response)
                throws IOException, ServletException {
            getNext().invoke(request, response);
            if (!request.isAsync()) {
                hold(mayLeave);
            }
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void release() {
        mayAnswer.countDown();
        mayLeave.countDown();
        stop.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatCountsNoMoreHasBeenAnsweredToTheLastByte(Way way) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        tomcat.getEngine().getPipeline().addValve(new Outermost());
        tomcat.addContext("", null)
                .addServletContainerInitializer(
                        (types, context) -> {
                            new StopFilter(stop).addTo(context);
                            ServletRegistration.Dynamic servlet =
                                    context.addServlet("answering", new Answering(way));
                            servlet.setAsyncSupported(true);
                            servlet.addMapping("/*");
                        },
                        null);
        tomcat.start();
        try (Wire wire = new Wire(connector.getLocalPort())) {
            wire.get("/");
            await().until(() -> stop.gate().inFlight() == 1);
            stop.request("test");
            assertThat(stop.await(State.STOPPING, Duration.ofSeconds(20))).isTrue();
            mayAnswer.countDown();
            await().until(() -> stop.gate().inFlight() == 0);

            assertThat(wire.head()).startsWith(way.status).contains(way.length);
            assertThat(wire.read(way.body.length())).isEqualTo(way.body);
        } finally {
            release();
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
