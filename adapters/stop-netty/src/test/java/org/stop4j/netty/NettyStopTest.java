package org.stop4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.Version;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.stop4j.Exit;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;
import org.stop4j.StoppingException;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

class NettyStopTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final CountDownLatch testIsOver = new CountDownLatch(1);

    private Stop stop(Duration timeout) {
        return Stop.builder().timeout(timeout).exit(Exit.never()).start();
    }

    /** Answers nothing. */
    private static final class Silent extends SimpleChannelInboundHandler<HttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) {}
    }

    private NettyServer server(NettyStop traffic) throws Exception {
        NettyServer server = new NettyServer(
                () -> List.of(new HttpServerCodec(), traffic.http1(), new Silent()));
        toClose.add(() -> {
            server.boss.shutdownGracefully();
            server.workers.shutdownGracefully();
        });
        return server;
    }

    private Socket connect(NettyServer server) throws IOException {
        Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout((int) LONG.toMillis());
        toClose.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @AfterEach
    void closeAll() throws Exception {
        testIsOver.countDown();
        for (AutoCloseable one : toClose) {
            one.close();
        }
    }

    private static StepReport step(Report report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + name + " in " + report));
    }

    @Test
    void theNettyThatIsTestedIsTheOneThatTheBuildNames() {
        Version version = Objects.requireNonNull(Version.identify().get("netty-codec-http2"));
        assertThat(version.artifactVersion()).isEqualTo(System.getProperty("netty.version"));
    }

    @Test
    void anIdleServerIsClosedWithItsConnectionsAndEventLoops() throws Exception {
        Stop stop = stop(LONG);
        NettyStop traffic = NettyStop.on(stop);
        NettyServer server = server(traffic);
        traffic.closes(server.channel, server.boss, server.workers);
        Socket idle = connect(server);
        Socket half = connect(server);
        send(half, "GET /half HTT");
        Report report = stop.request("test").toCompletableFuture().join();
        assertThat(report.outcome()).as(report::toString).isEqualTo(Outcome.CLEAN);
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
        assertThat(half.getInputStream().read()).isEqualTo(-1);
        assertThat(server.channel.isOpen()).isFalse();
        assertThat(server.boss.isTerminated()).isTrue();
        assertThat(server.workers.isTerminated()).isTrue();
        // Netty's own quiet period is 2 s; this is far from both it and a busy machine.
        assertThat(step(report, "netty event loops").took()).isLessThan(Duration.ofSeconds(2));
        assertThat(report.steps())
                .extracting(StepReport::name)
                .containsExactly(Gate.STEP, "netty", "netty event loops");
    }

    @Test
    void aRequestThatIsNeverAnsweredIsNamedAndItsConnectionClosedWhenTheTimeIsOver()
            throws Exception {
        Stop stop = stop(Duration.ofSeconds(5));
        NettyStop traffic = NettyStop.on(stop);
        NettyServer server = server(traffic);
        traffic.closes(server.channel, server.boss, server.workers);
        Socket socket = connect(server);
        send(socket, "GET /never?x HTTP/1.1\r\nHost: x\r\n\r\n");
        await().atMost(LONG).until(() -> stop.gate().inFlight() == 1);
        Report report = stop.request("test").toCompletableFuture().join();
        assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
        assertThat(report.toText()).contains("GET /never").doesNotContain("/never?x");
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        assertThat(step(report, "netty").result()).isEqualTo(StepReport.Result.DONE);
        assertThat(server.workers.isTerminated()).isTrue();
    }

    @Test
    void aConnectionThatWasJustAcceptedIsToldThatItIsTooLate() throws Exception {
        Stop stop = stop(LONG);
        NettyStop traffic = NettyStop.on(stop);
        NettyServer server = server(traffic);
        traffic.closes(server.channel, server.boss, server.workers);
        CountDownLatch accepted = new CountDownLatch(1);
        server.channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object connection) {
                ctx.fireChannelRead(connection);
                accepted.countDown();
            }
        });
        // The event loops have something else to do, so that they do not know of the connection
        // yet.
        CountDownLatch busy = new CountDownLatch(1);
        server.workers.forEach(loop ->
                loop.execute(() -> await().atMost(LONG).until(() -> busy.getCount() == 0)));
        Socket socket = connect(server);
        send(socket, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
        accepted.await();
        CompletableFuture<Report> stopped = stop.request("test").toCompletableFuture();
        await().atMost(LONG).until(() -> !server.channel.isOpen());
        busy.countDown();
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 503 ");
        Report report = stopped.join();
        assertThat(report.outcome()).as(report::toString).isEqualTo(Outcome.CLEAN);
        assertThat(server.workers.isTerminated()).isTrue();
    }

    @Test
    void anEventLoopThatHangsIsNamedWithTheThreadAndThePlace() throws Exception {
        Stop stop = stop(Duration.ofSeconds(5));
        EventLoopGroup loops = Loops.make(1);
        toClose.add(loops::shutdownGracefully);
        CountDownLatch hangs = new CountDownLatch(1);
        loops.execute(() -> {
            hangs.countDown();
            try {
                testIsOver.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        hangs.await();
        stop.step(Phase.CLOSE, "loops", NettyStop.shutDown(loops));
        Report report = stop.request("test").toCompletableFuture().join();
        assertThat(step(report, "loops").failure())
                .hasMessageContaining("1 event loops have not ended")
                .hasMessageContaining("nioEventLoopGroup")
                .hasMessageContaining(" at ");
    }

    @Test
    void whatIsClosedBySomebodyElseBeforeDoesNoHarm() throws Exception {
        Stop stop = stop(LONG);
        NettyStop traffic = NettyStop.on(stop);
        NettyServer server = server(traffic);
        traffic.closes(server.channel, server.boss, server.workers);
        connect(server);
        server.channel.close().sync();
        server.boss.shutdownGracefully();
        server.workers.shutdownGracefully().sync();
        Report report = stop.request("test").toCompletableFuture().join();
        assertThat(report.outcome()).as(report::toString).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void severalServersHaveOneStepEach() throws Exception {
        Stop stop = stop(LONG);
        NettyStop one = NettyStop.on(stop);
        assertThatThrownBy(() -> NettyStop.on(stop))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("netty");
        NettyStop other = NettyStop.on(stop, "admin");
        NettyServer first = server(one);
        NettyServer second = server(other);
        one.closes(first.channel, first.boss, first.workers);
        other.closes(second.channel, second.boss).closes(second.channel, second.workers);
        Report report = stop.request("test").toCompletableFuture().join();
        assertThat(report.steps())
                .extracting(StepReport::name)
                .contains("netty", "netty event loops", "admin", "admin event loops");
        assertThat(second.boss.isTerminated()).isTrue();
        assertThat(second.workers.isTerminated()).isTrue();
    }

    @Test
    void aChannelThatComesTooLateIsClosedAndRefused() throws Exception {
        Stop stop = stop(LONG);
        NettyStop traffic = NettyStop.on(stop);
        NettyServer server = server(traffic);
        stop.request("test").toCompletableFuture().join();
        assertThatThrownBy(() -> traffic.closes(server.channel, server.boss))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the process is stopping");
        await().atMost(LONG).until(() -> !server.channel.isOpen());
        assertThatThrownBy(() -> NettyStop.on(stop, "another"))
                .isInstanceOf(StoppingException.class);
    }
}
