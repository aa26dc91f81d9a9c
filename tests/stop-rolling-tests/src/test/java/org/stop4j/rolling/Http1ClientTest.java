package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** What the HTTP/1.1 client makes of an answer, and of what is none. */
class Http1ClientTest {
    private static final Job JOB = new Job("7", 0, 5);

    private static Outcome outcomeOf(ScriptedServer.Script script) {
        try (ScriptedServer server = new ScriptedServer(script);
                Client client = new Http1Client(server, Reuse.KEPT)) {
            Outcome outcome = client.request(JOB);
            assertThat(server.connections())
                    .as("connections: nothing is tried again")
                    .isOne();
            return outcome;
        }
    }

    private static Outcome outcomeOf(String answer) {
        return outcomeOf((request, socket) -> {
            ScriptedServer.write(socket, answer.replace("\n", "\r\n").replace("~", "\n"));
            socket.shutdownOutput();
        });
    }

    // In these, ~ is a line end of the body.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ANSWERED | \"HTTP/1.1 200 OK\nContent-Length: 5\n\n7~...\"",
                "ANSWERED | \"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\n7~.\n2\n..\n0\n\n\"",
                "WRONG | \"HTTP/1.1 200 OK\nContent-Length: 5\n\n8~...\"",
                "WRONG | \"HTTP/1.1 200 OK\nContent-Length: 4\n\n7~..\"",
                "WRONG | \"HTTP/1.1 500 Oh\nContent-Length: 5\n\n7~...\"",
                "WRONG | \"nonsense\n\n\"",
                "REFUSED | \"HTTP/1.1 503 No\nRetry-After: 1\nConnection: close\nContent-Length: 0\n\n\"",
                "WRONG | \"HTTP/1.1 503 No\nConnection: close\nContent-Length: 0\n\n\"",
                "WRONG | \"HTTP/1.1 503 No\nRetry-After: 1\nContent-Length: 0\n\n\"",
                "CUT_OFF | \"HTTP/1.1 200 OK\nContent-Length: 5\n\n7~..\"",
                "CUT_OFF | \"HTTP/1.1 200 OK\nContent-Le\"",
                "HUNG_UP | \"HTTP/1.1 503 No\nContent-Length: 5\n\nst\"",
                "CUT_OFF | \"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\n7~...\n\"",
            })
    void anAnswerIsWhatItIs(Result expected, String answer) {
        assertThat(outcomeOf(answer).result()).isEqualTo(expected);
    }

    @Test
    void aConnectionThatEndsWithoutAnAnswerHungUp() {
        Outcome outcome = outcomeOf((request, socket) -> socket.shutdownOutput());

        assertThat(outcome.result()).isEqualTo(Result.HUNG_UP);
        assertThat(outcome.sent()).isTrue();
    }

    @Test
    void aConnectionThatIsResetBeforeAnAnswerIsReset() {
        assertThat(outcomeOf((request, socket) -> ScriptedServer.reset(socket)).result())
                .isEqualTo(Result.RESET);
    }

    @Test
    void whereNobodyListensNothingIsSent() throws IOException {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        Target target = new Target() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public Whereabouts whereabouts(int localPort) {
                return Whereabouts.NOWHERE;
            }
        };
        try (Client client = new Http1Client(target, Reuse.KEPT)) {
            Outcome outcome = client.request(JOB);
            assertThat(outcome.result()).isEqualTo(Result.NOT_CONNECTED);
            assertThat(outcome.sent()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"KEPT, X: y, 1", "KEPT, Connection: close, 3", "ONCE, X: y, 3"})
    void aConnectionIsUsedUntilTheServerClosesItOrOnce(
            Reuse reuse, String header, int connections) {
        try (ScriptedServer server = new ScriptedServer((request, socket) -> ScriptedServer.write(
                        socket,
                        "HTTP/1.1 200 OK\r\n" + header + "\r\nContent-Length: 5\r\n\r\n7\n..."));
                Client client = new Http1Client(server, reuse)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.request(JOB).result()).isEqualTo(Result.ANSWERED);
            }
            assertThat(server.connections()).isEqualTo(connections);
        }
    }
}
