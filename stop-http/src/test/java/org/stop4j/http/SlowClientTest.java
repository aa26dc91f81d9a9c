package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.stop4j.http.Connection.Response;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Clients that send half, do not read, or go away. */
class SlowClientTest {

    @Test
    void halfARequestIsDisconnectedStopsNothingAndFreesItsThread() throws Exception {
        StoppedApp app = new StoppedApp();
        String line = "GET /shutdown HTTP/1.1\r\n";
        try (StopServer server = StopServer.on(0).start(app.stop);
                Connection one = Connection.open(server.port(), "G");
                Connection two = Connection.open(server.port(), line);
                Connection three = Connection.open(server.port(), line + "Host: 127.0.0.1\r\n")) {
            await().until(() -> running("stop-http-request"));
            assertThat(one.readAll()).isEmpty();
            assertThat(two.readAll()).isEmpty();
            assertThat(three.readAll()).isEmpty();
            await().until(() -> !running("stop-http-request"));
            assertThat(app.asked()).isFalse();
        }
    }

    @Test
    void aHeadThatIsTooLargeIsDisconnectedAndStopsNothing() {
        StoppedApp app = new StoppedApp();
        try (StopServer server = StopServer.on(0).start(app.stop)) {
            String many = IntStream.rangeClosed(0, 200)
                    .mapToObj(i -> "X-" + i + ": x\r\n")
                    .collect(Collectors.joining());
            assertThat(answerOrNothing(server, many)).isEmpty();
            assertThat(answerOrNothing(server, "X: " + "x".repeat(400_000) + "\r\n"))
                    .isEmpty();
            assertThat(app.asked()).isFalse();
        }
    }

    private static String answerOrNothing(StopServer server, String headers) {
        String head = "GET /shutdown?wait=false HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n";
        try (Connection client = Connection.open(server.port(), head)) {
            return client.readAll();
        } catch (UncheckedIOException reset) { // since not all that was sent was read
            return "";
        }
    }

    private static boolean running(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(name));
    }

    @Test
    void aRequestWhoseBodyNeverComesIsAnsweredAndDoesNotHoldTheProcess() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        StopServer server = StopServer.on(0).start(app.stop);
        String half = Connection.request("POST /shutdown", "Content-Length: 1000") + "half";
        try (Connection client = Connection.open(server.port(), half)) {
            assertThat(client.response().body()).contains("CLEAN");
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void aCallerThatHangsUpCancelsNothingAndDoesNotHoldTheProcess() throws Exception {
        StoppedApp app = new StoppedApp();
        StopServer server = StopServer.on(0).start(app.stop);
        Connection.open(server.port(), Connection.request("GET /shutdown")).close();
        app.awaitBegun();
        app.quick();
        assertThat(app.stop.await().toJson()).contains("CLEAN");
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void aCallerThatDoesNotReadItsAnswerDoesNotHoldTheProcessForLong() throws Exception {
        try (SlowReader reader = new SlowReader()) {
            assertThat(reader.app.awaitExit()).isEqualTo(1);
        }
    }

    @Test
    void aCallerThatDoesNotReadDoesNotDelayTheAnswerOfAnother() throws Exception {
        try (SlowReader reader = new SlowReader()) {
            Response response = Connection.ask(reader.server.port(), "GET /shutdown");
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body()).endsWith("}\n");
        }
    }

    // One after another they would take 5 s for each 32: 35 s, which is more than the client's
    // patience.
    @Test
    void anyNumberOfSlowClientsDoesNotStarveAProbeOrTheStop() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        StopServer server = StopServer.on(0).start(app.stop);
        List<Connection> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 448; i++) {
                slow.add(Connection.open(server.port(), "GET /shutdown HTTP/1.1\r\nX: "));
            }
            assertThat(Connection.ask(server.port(), "GET /live").status()).isEqualTo(200);
            assertThat(Connection.ask(server.port(), "GET /shutdown").status()).isEqualTo(200);
            assertThat(app.awaitExit()).isZero();
        } finally {
            slow.forEach(Connection::close);
        }
    }

    @Test
    void manyCallersAtOnceAllGetTheirAnswer() throws Exception {
        StoppedApp app = new StoppedApp();
        StopServer server = StopServer.on(0).start(app.stop);
        List<Connection> callers = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                callers.add(Connection.open(server.port(), Connection.request("GET /shutdown")));
            }
            await().until(() -> server.answersOwed() == 200);
            app.quick();
            for (Connection caller : callers) {
                assertThat(caller.response().body()).contains("CLEAN");
            }
            assertThat(app.awaitExit()).isZero();
        } finally {
            callers.forEach(Connection::close);
        }
    }
}
