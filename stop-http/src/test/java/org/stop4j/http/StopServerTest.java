package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.Exit;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Registration;
import org.stop4j.Stop;
import org.stop4j.http.Connection.Response;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

class StopServerTest {

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aBlockingCallIsAnsweredWithTheReportBeforeTheProcessEnds(String method) throws Exception {
        StoppedApp app = new StoppedApp();
        StopServer server = StopServer.on(0).start(app.stop);
        String request = Connection.request(method + " /shutdown", "Content-Length: 0");
        try (Connection caller = Connection.open(server.port(), request)) {
            app.awaitBegun();
            assertThat(app.exited()).isFalse();
            app.quick();
            Response response = caller.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Type")).isEqualTo("application/json");
            assertThat(response.header("Connection")).isEqualTo("close");
            assertThat(response.header("Cache-Control")).isEqualTo("no-store");
            assertThat(response.body())
                    .isEqualTo(app.stop.await().toJson() + "\n")
                    .contains("CLEAN");
            Reason reason = app.stop.await().reason();
            assertThat(reason.kind()).isEqualTo(Reason.Kind.HTTP);
            assertThat(reason.detail())
                    .isEqualTo(
                            method + " /shutdown from 127.0.0.1:" + caller.socket.getLocalPort());
        }
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void theProcessIsHeldUntilTheCallerHasItsAnswer() throws Exception {
        try (SlowReader reader = new SlowReader()) {
            assertThat(reader.app.exited())
                    .as("exited while the answer was being sent")
                    .isFalse();
            assertThat(reader.connection.response().body()).contains("FAILED").endsWith("\n");
            assertThat(reader.app.awaitExit()).isEqualTo(1);
        }
    }

    @Test
    void aStopThatIsNotCleanIsAnsweredWith500AndTheReport() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        app.stop.step(Phase.FINISH, "bad", deadline -> {
            throw new IllegalStateException("as told");
        });
        StopServer server = StopServer.on(0).start(app.stop);
        Response response = Connection.ask(server.port(), "GET /shutdown");
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body()).contains("FAILED").contains("as told");
        assertThat(app.awaitExit()).isEqualTo(1);
    }

    @Test
    void aCallThatDoesNotWaitIsAnsweredWhileTheStopGoesOn() throws Exception {
        StoppedApp app = new StoppedApp();
        StopServer server = StopServer.on(0).start(app.stop);
        assertThat(Connection.ask(server.port(), "GET /shutdown?wait=false").status())
                .isEqualTo(202);
        app.awaitBegun();
        app.quick();
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void twoConcurrentCallsGetTheSameReport() throws Exception {
        StoppedApp app = new StoppedApp();
        StopServer server = StopServer.on(0).start(app.stop);
        try (Connection first =
                        Connection.open(server.port(), Connection.request("GET /shutdown"));
                Connection second = Connection.open(
                        server.port(), Connection.request("GET /shutdown?wait=true"))) {
            app.awaitBegun();
            app.quick();
            Response one = first.response();
            assertThat(one.status()).isEqualTo(200);
            assertThat(second.response().body()).isEqualTo(one.body());
        }
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void theProbesAnswerWhileCallersWaitAndReadinessGoesRed() throws Exception {
        StoppedApp app = new StoppedApp();
        StopServer server = StopServer.on(0).start(app.stop);
        assertThat(Connection.ask(server.port(), "GET /ready").status()).isEqualTo(200);
        assertThat(Connection.ask(server.port(), "GET /live").status()).isEqualTo(200);
        try (Connection caller =
                Connection.open(server.port(), Connection.request("GET /shutdown"))) {
            app.awaitBegun();
            Response ready = Connection.ask(server.port(), "GET /ready");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("STOPPING\n");
            assertThat(ready.header("Connection")).isEqualTo("close");
            assertThat(Connection.ask(server.port(), "GET /live").status()).isEqualTo(200);
            Response head = Connection.ask(server.port(), "HEAD /live");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            app.quick();
            assertThat(caller.response().status()).isEqualTo(200);
        }
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void readinessAnswersWhatKeepsTheProcessFromIt() throws Exception {
        try (Stop stop = Stop.builder().exit(Exit.never()).start();
                StopServer server = StopServer.on(0).start(stop)) {
            Response ready = Connection.ask(server.port(), "GET /ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.body()).isEqualTo("ready\n");
            try (Registration cold = stop.readiness().notReady("the cache is cold")) {
                Response notYet = Connection.ask(server.port(), "GET /ready");
                assertThat(notYet.status()).isEqualTo(503);
                assertThat(notYet.body()).isEqualTo("the cache is cold\n");
                assertThat(Connection.ask(server.port(), "GET /live").status()).isEqualTo(200);
            }
            assertThat(Connection.ask(server.port(), "GET /ready").status()).isEqualTo(200);
            stop.drain(Reason.of(Reason.Kind.CODE, "test"));
            Response draining = Connection.ask(server.port(), "GET /ready");
            assertThat(draining.status()).isEqualTo(503);
            assertThat(draining.body()).isEqualTo("DRAINING\n");
        }
    }

    @Test
    void asATriggerItIsClosedByTheStopAsTheLastThing() throws Exception {
        int port = freePort();
        StoppedApp app = new StoppedApp(Stop.builder().trigger(StopServer.on(port))).quick();
        assertThat(Connection.ask(port, "GET /shutdown").status()).isEqualTo(200);
        assertThat(app.awaitExit()).isZero();
        assertClosed(port);
    }

    @Test
    void closingTheStopBeforeItBeginsClosesItsServer() throws Exception {
        int port = freePort();
        StoppedApp app = new StoppedApp(Stop.builder().trigger(StopServer.on(port)));
        app.stop.close();
        assertClosed(port);
        assertThat(app.asked()).isFalse();
    }

    @Test
    void closingTwiceDoesNothingAndTheHandleStillKnowsItsPort() throws Exception {
        StopServer server = StopServer.on(0).start(new StoppedApp().stop);
        int port = server.port();
        assertThat(port).isPositive();
        server.close();
        server.close();
        assertClosed(port);
        assertThat(server.port()).isEqualTo(port);
        assertThat(server).hasToString("HTTP at 127.0.0.1:" + port + "/shutdown");
    }

    @Test
    void aStopThatBeganElsewhereClosesTheServerToo() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        StopServer server = StopServer.on(0).start(app.stop);
        app.stop.request("a test");
        assertThat(app.awaitExit()).isZero();
        assertClosed(server.port());
    }

    @Test
    void aServerClosedBeforeTheStopDoesNotHoldTheProcess() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        StopServer.on(0).start(app.stop).close();
        app.stop.request("a test");
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void aCallbackIsCalledOnceThenTheServerClosesAndTheApplicationLivesOn() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        StopServer server = StopServer.on(0).calling(deadline -> calls.incrementAndGet());
        assertThat(Connection.ask(server.port(), "GET /shutdown").status()).isEqualTo(200);
        await().until(() -> isFree(server.port()));
        assertThat(calls).hasValue(1);
    }

    @Test
    void whatACallbackThrowsIsInTheAnswer() {
        StopServer server = StopServer.on(0).calling(deadline -> {
            throw new IOException("as told");
        });
        Response response = Connection.ask(server.port(), "GET /shutdown");
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body()).contains("as told");
    }

    @Test
    void aPortThatIsTakenFailsTheStartNamingAddressAndPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Stop.Builder builder = Stop.builder().exit(Exit.never()).trigger(StopServer.on(port));
            assertThatThrownBy(builder::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void failedStartsLeaveNothingOpen() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StopServer.Builder builder = StopServer.on(taken.getLocalPort());
            Stop stop = new StoppedApp().stop;
            int before = openFiles();
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> builder.start(stop));
            }
            assertThat(openFiles()).isLessThan(before + 25);
        }
    }

    private static int openFiles() {
        String[] open = new File("/proc/self/fd").list();
        assumeTrue(open != null, "this system has no /proc/self/fd");
        return open == null ? 0 : open.length;
    }

    @Test
    void onlyTheExactPathsAreServed() throws Exception {
        StoppedApp app = new StoppedApp().quick();
        try (StopServer server = StopServer.on(0).path("/a/stop").start(app.stop)) {
            for (String path : new String[] {
                "/",
                "/shutdown",
                "/a",
                "/a/stopper",
                "/a/stop/",
                "/a/stop/x",
                "/readyx",
                "/ready/x",
                "/livex",
                "/live/",
                "*"
            }) {
                assertThat(Connection.ask(server.port(), "GET " + path).status())
                        .as("%s", path)
                        .isEqualTo(404);
            }
            assertThat(app.asked()).isFalse();
            assertThat(Connection.ask(server.port(), "GET /a/stop?wait=false").status())
                    .isEqualTo(202);
        }
    }

    @Test
    void itsThreadsAreDaemonsAndThoseWithNothingToDoEnd() throws Exception {
        try (StopServer server = StopServer.on(0).start(new StoppedApp().stop)) {
            Connection.ask(server.port(), "GET /live");
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("HTTP-Dispatcher")
                            || thread.getName().startsWith("stop-http-"))
                    .isNotEmpty()
                    .allMatch(Thread::isDaemon);
            await().until(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("stop-http-")));
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void assertClosed(int port) {
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException stillTaken) {
            return false;
        }
    }
}
