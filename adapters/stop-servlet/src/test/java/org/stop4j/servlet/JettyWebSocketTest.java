package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServerContainer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stop4j.Exit;
import org.stop4j.Outcome;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.Stop;
import org.stop4j.Work;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Real WebSockets, and the stop. */
@Timeout(60)
public class JettyWebSocketTest {
    private final Stop stop = Stop.builder().exit(Exit.never()).start();

    /** An echo; one that is at the gate says goodbye when it is told. Public, since Jetty calls it by reflection. */
    public final class Echo implements Session.Listener.AutoDemanding {
        private final boolean atTheGate;
        private volatile Runnable leave = () -> {};
        private final CompletableFuture<Session> session = new CompletableFuture<>();

        private Echo(boolean atTheGate) {
            this.atTheGate = atTheGate;
        }

        @Override
        public void onWebSocketOpen(Session its) {
            session.complete(its);
            if (atTheGate) {
                Work work = stop.gate()
                        .enterLongLived(
                                "WebSocket",
                                deadline -> its.close(1001, "stopping", Callback.NOOP));
                leave = work::close;
            }
        }

        @Override
        public void onWebSocketText(String text) {
            session.join().sendText(text, Callback.NOOP);
        }

        @Override
        public void onWebSocketClose(int status, String reason) {
            leave.run();
        }
    }

    private Container.Running serve(boolean atTheGate) throws Exception {
        return Container.JETTY.start(stop, new StopFilter(stop), new Upgrading(atTheGate));
    }

    @SuppressWarnings("serial") // nobody writes it
    private final class Upgrading extends HttpServlet {
        private final boolean atTheGate;

        private Upgrading(boolean atTheGate) {
            this.atTheGate = atTheGate;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            assertThat(JettyWebSocketServerContainer.getContainer(getServletContext())
                            .upgrade((its, answer) -> new Echo(atTheGate), request, response))
                    .isTrue();
        }
    }

    private static final class Client implements WebSocket.Listener {
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket its, CharSequence data, boolean last) {
            text.complete(data.toString());
            its.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket its, int status, String reason) {
            closed.complete(status);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket its, Throwable error) {
            closed.complete(-1);
        }
    }

    private static Client echoed(Container.Running running) throws Exception {
        Client client = new Client();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + running.port() + "/echo"), client)
                .get(20, TimeUnit.SECONDS);
        socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
        assertThat(client.text.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
        return client;
    }

    private void endCleanly() throws InterruptedException {
        stop.request("test");
        Report report = stop.await(Duration.ofSeconds(20)).orElseThrow();
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
        assertThat(report.took()).isLessThan(Duration.ofSeconds(4)); // of 25
    }

    @Test
    void anOpenWebSocketNeitherHoldsUpTheStopNorOutlivesIt() throws Exception {
        try (Container.Running running = serve(false)) {
            Client client = echoed(running);
            await().until(() -> stop.gate().inFlight() == 0);
            endCleanly();
            client.closed.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aWebSocketIsOpenedAlsoWhileTheProcessDrains() throws Exception {
        try (Container.Running running = serve(false)) {
            stop.drain(Reason.of(Reason.Kind.CODE, "test"));
            Client client = echoed(running);
            endCleanly();
            client.closed.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aWebSocketThatHasEnteredTheGateSaysGoodbyeWhenItIsTold() throws Exception {
        try (Container.Running running = serve(true)) {
            Client client = echoed(running);
            await().until(() -> stop.gate().inFlight() == 1);
            endCleanly();
            assertThat(client.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
        }
    }
}
