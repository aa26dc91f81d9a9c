package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Bytes, ends and turns of the balancer. */
class BalancerTest {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Balancer balancer = new Balancer();

    @AfterEach
    void close() {
        balancer.close();
    }

    private static ServerSocket listen() throws IOException {
        ServerSocket door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        door.setSoTimeout(PATIENCE_MILLIS);
        return door;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), balancer.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static Endpoint endpoint(String name, ServerSocket door) {
        return new Endpoint(name, door.getLocalPort());
    }

    private static CompletableFuture<Void> write(Socket to, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                to.getOutputStream().write(bytes);
                to.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void everyByteArrivesAndTheEndOfOneDirectionLeavesTheOtherOpen() throws IOException {
        byte[] there = new byte[5 << 20];
        byte[] back = new byte[3 << 20];
        new Random(1).nextBytes(there);
        new Random(2).nextBytes(back);
        try (ServerSocket door = listen()) {
            balancer.add(endpoint("a", door));
            try (Socket client = connect();
                    Socket server = door.accept()) {
                CompletableFuture<Void> written = write(client, there);
                assertThat(Arrays.equals(server.getInputStream().readAllBytes(), there))
                        .isTrue();
                written.join();
                // The client has ended its direction; all of the other is still to come.
                written = write(server, back);
                assertThat(Arrays.equals(client.getInputStream().readAllBytes(), back))
                        .isTrue();
                written.join();
            }
        }
    }

    @Test
    void connectionsAreLedToEndpointsInTurnAndItKnowsWhere() throws IOException {
        try (ServerSocket one = listen();
                ServerSocket other = listen()) {
            balancer.add(endpoint("one", one));
            balancer.add(endpoint("other", other));
            for (int i = 0; i < 2; i++) {
                assertLedTo("one", one);
                assertLedTo("other", other);
            }
        }
    }

    private void assertLedTo(String name, ServerSocket door) throws IOException {
        try (Socket client = connect();
                Socket server = door.accept()) {
            server.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isOne();
            assertThat(balancer.whereabouts(client.getLocalPort()))
                    .isEqualTo(new Whereabouts(name, true));
        }
    }

    @Test
    void aDroppedEndpointGetsNoNewConnectionAndKeepsThoseItHas() throws IOException {
        try (ServerSocket dropped = listen();
                ServerSocket kept = listen()) {
            balancer.add(endpoint("dropped", dropped));
            try (Socket client = connect();
                    Socket server = dropped.accept()) {
                balancer.add(endpoint("kept", kept));
                balancer.drop(endpoint("dropped", dropped));
                assertLedTo("kept", kept);
                assertLedTo("kept", kept);

                client.getOutputStream().write(2);
                assertThat(server.getInputStream().read()).isEqualTo(2);
            }
        }
    }

    @Test
    void whatIsNoEndpointCannotBeDropped() {
        assertThatThrownBy(() -> balancer.drop(new Endpoint("nobody", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void anEndpointThatRefusesIsFeltByTheClientAndNoOtherIsTried() throws IOException {
        Endpoint gone;
        try (ServerSocket nobody = listen()) {
            gone = endpoint("gone", nobody);
        }
        try (ServerSocket other = listen()) {
            balancer.add(gone);
            balancer.add(endpoint("other", other));
            try (Socket client = connect()) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                assertThat(balancer.whereabouts(client.getLocalPort()))
                        .isEqualTo(new Whereabouts("gone", false));
            }
            assertLedTo("other", other);
        }
    }

    @Test
    void anEndpointThatIsResetEndsTheClientsConnection() throws IOException {
        try (ServerSocket door = listen()) {
            balancer.add(endpoint("a", door));
            try (Socket client = connect();
                    Socket server = door.accept()) {
                ScriptedServer.reset(server);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }
}
