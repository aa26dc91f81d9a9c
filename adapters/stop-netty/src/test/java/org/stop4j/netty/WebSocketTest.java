package org.stop4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** With a client that speaks the protocol byte by byte. */
class WebSocketTest {
    private static final int FIN_AND_CLOSE = 0x88;
    private static final int GOING_AWAY = 1001;

    private final Stop stop = Stop.builder()
            .timeout(Duration.ofSeconds(20))
            .longLived(Duration.ofMillis(700), Duration.ZERO)
            .exit(Exit.never())
            .start();
    private final NettyStop traffic = NettyStop.on(stop);
    private final NettyServer server = new NettyServer(() -> List.of(
            new HttpServerCodec(),
            traffic.http1(),
            new HttpObjectAggregator(1000),
            new WebSocketServerProtocolHandler("/chat")));
    private final Socket socket =
            new Socket(server.address().getAddress(), server.address().getPort());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());

    WebSocketTest() throws Exception {
        traffic.closes(server.channel, server.boss, server.workers);
        socket.setSoTimeout(20_000);
        send(Http1HandlerTest.WEB_SOCKET.getBytes(StandardCharsets.US_ASCII));
        String answer = "";
        while (!answer.endsWith("\r\n\r\n")) {
            answer += (char) in.readUnsignedByte();
        }
        assertThat(answer).startsWith("HTTP/1.1 101 ").doesNotContain("connection: close");
    }

    @AfterEach
    void close() throws Exception {
        socket.close();
        stop.request("the test is over");
        stop.await();
    }

    private void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private void assertTold() throws IOException {
        assertThat(in.readUnsignedByte()).isEqualTo(FIN_AND_CLOSE);
        byte[] said = new byte[in.readUnsignedByte() - 2];
        assertThat(in.readUnsignedShort()).isEqualTo(GOING_AWAY);
        in.readFully(said);
        assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("the server stops");
    }

    @Test
    void aWebSocketThatIsOpenIsClosedAsTheProtocolHasIt() throws Exception {
        CompletableFuture<Report> stopped = stop.request("test").toCompletableFuture();
        assertTold();
        assertThat(stop.gate().inFlight()).isEqualTo(1);
        send(new byte[] {(byte) FIN_AND_CLOSE, (byte) 0x82, 0, 0, 0, 0, 3, (byte) 0xE9});
        assertThat(stopped.join().outcome()).isEqualTo(Outcome.CLEAN);
        in.readAllBytes(); // the server's own close frame, perhaps, and the end
    }

    @Test
    void aWebSocketWhoseClientDoesNotAnswerIsClosedAtItsLimitAndNamed() throws Exception {
        Report report = stop.request("test").toCompletableFuture().join();
        assertTold();
        assertThat(in.read()).isEqualTo(-1);
        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        StepReport drain = report.steps().stream()
                .filter(step -> step.name().equals(Gate.STEP))
                .findFirst()
                .orElseThrow();
        assertThat(drain.failure()).hasMessageContaining("GET /chat");
        assertThat(server.workers.isTerminated()).isTrue();
    }
}
