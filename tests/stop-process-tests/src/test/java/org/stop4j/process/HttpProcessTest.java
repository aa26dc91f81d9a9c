package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A whole application, stopped over HTTP. */
class HttpProcessTest {

    @ParameterizedTest
    @EnumSource(Child.PathKind.class)
    void aBlockingCallHasItsWholeAnswerBeforeTheProcessEndsWithZero(Child.PathKind kind) {
        try (Child app = Child.fixture("HttpApp", "--port=" + freePort(), "--step-ms=200")
                .on(kind)
                .start()) {
            assertWholeAnswer(ask(port(app), "GET /shutdown"));
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).contains("stopped CLEAN");
        }
    }

    @ParameterizedTest
    @EnumSource(Child.PathKind.class)
    void aBlockingCallToAServerOfOnesOwnHasItsWholeAnswerToo(Child.PathKind kind) {
        try (Child app =
                Child.fixture("HttpApp", "--own", "--step-ms=200").on(kind).start()) {
            assertWholeAnswer(ask(port(app), "POST /shutdown"));
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    private static void assertWholeAnswer(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\"CLEAN\"");
        String[] parts = answer.split("\r\n\r\n", 2);
        assertThat(parts[0].lines().map(line -> line.toLowerCase(Locale.ROOT)))
                .contains("content-length: " + parts[1].getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void aCallThatDoesNotWaitIsAnsweredEvenIfTheStopIsAtOnce() {
        try (Child app = Child.fixture("HttpApp", "--port=" + freePort()).start()) {
            assertThat(ask(port(app), "GET /shutdown?wait=false")).startsWith("HTTP/1.1 202 ");
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void sigtermEndsAnApplicationWithAServerAndLeavesNoPortOpen() {
        try (Child app = Child.fixture("HttpApp", "--port=" + freePort()).start()) {
            int port = port(app);
            assertThat(ask(port, "GET /ready")).startsWith("HTTP/1.1 200 ");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertNobodyListens(port);
        }
    }

    @Test
    void sigtermWhileACallerWaitsAnswersTheCaller() {
        try (Child app = Child.fixture("HttpApp", "--port=" + freePort(), "--step-ms=500")
                .start()) {
            int port = port(app);
            try (Socket caller = send(port, "GET /shutdown")) {
                await().until(() -> ask(port, "GET /ready").startsWith("HTTP/1.1 503 "));
                app.signal("TERM");
                assertWholeAnswer(readAll(caller));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Child.PathKind.class)
    void aServerThatCallsBackClosesAndItsApplicationLivesOn(Child.PathKind kind) {
        try (Child app = Child.fixture("HttpApp", "--calling").on(kind).start()) {
            int port = port(app);
            assertWholeAnswer(ask(port, "GET /shutdown"));
            app.awaitLine("called");
            await().untilAsserted(() -> assertNobodyListens(port));
            assertThat(app.isAlive()).isTrue();
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void aPortThatIsTakenFailsTheStartNamingAddressAndPort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Child app = Child.fixture("HttpApp", "--port=" + taken.getLocalPort())
                        .start()) {
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(1);
            assertThat(String.join("\n", app.err()))
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    // ---- a client

    private static int port(Child app) {
        return Integer.parseInt(app.awaitLine("port ").substring("port ".length()));
    }

    private static String ask(int port, String methodAndTarget) {
        try (Socket socket = send(port, methodAndTarget)) {
            return readAll(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket send(int port, String methodAndTarget) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Child.PATIENCE.toMillis());
        socket.getOutputStream()
                .write((methodAndTarget
                                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertNobodyListens(int port) {
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
    }
}
