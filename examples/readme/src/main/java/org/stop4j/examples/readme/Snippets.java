package org.stop4j.examples.readme;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.stop4j.CommandChannel;
import org.stop4j.ControlDirectory;
import org.stop4j.Deadline;
import org.stop4j.Phase;
import org.stop4j.QueueWorkers;
import org.stop4j.Reason;
import org.stop4j.Registration;
import org.stop4j.Signal;
import org.stop4j.SignalChannel;
import org.stop4j.Signals;
import org.stop4j.State;
import org.stop4j.Step;
import org.stop4j.Stop;
import org.stop4j.StopAnswer;
import org.stop4j.StopClient;
import org.stop4j.Work;
import org.stop4j.http.HttpGate;
import org.stop4j.http.StopHandler;
import org.stop4j.http.StopServer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * The code that README and Javadoc show, word for word, as methods of an imagined application; a test
 * compares them. Compiled, never run.
 */
final class Snippets {
    private final Server server;
    private final Orders orders;
    private final Pool pool;

    Snippets(Server server, Orders orders, Pool pool) {
        this.server = server;
        this.orders = orders;
        this.pool = pool;
    }

    /** A server that lets its requests end. */
    interface Server {
        void drain(Deadline deadline) throws InterruptedException;

        void close();
    }

    /** A pool of connections. */
    interface Pool extends AutoCloseable {
        @Override
        void close();
    }

    /** A consumer of messages. */
    interface Orders {
        void drain();
    }

    Stop tenLinesOfTheReadme() {
        Stop stop = Stop.builder()
                .timeout(Duration.ofSeconds(25))
                .onSignals() // SIGTERM, SIGINT, SIGHUP
                .onCommand() // the `stop` command
                .trigger(StopServer.on(8081)) // GET /shutdown, /ready, /live on loopback
                .start(); // nothing is installed before this

        stop.step(Phase.DRAIN, "http", deadline -> server.drain(deadline));
        stop.step(Phase.FINISH, "orders", orders::drain).ceiling(Duration.ofSeconds(8));
        stop.step(Phase.CLOSE, "database", pool);
        return stop;
    }

    /** What has a way of its own to end. */
    interface Client {
        CompletionStage<Void> closeAsync();
    }

    /** Where it is written down. */
    interface Audit {
        void write(String what);
    }

    void orderedStopOfTheReadme(
            Stop stop,
            ExecutorService executor,
            Thread poller,
            Process childProcess,
            Client client,
            Audit audit) {
        stop.step(Phase.FINISH, "workers", Step.shutDown(executor));
        stop.step(Phase.FINISH, "poller", Step.interrupt(poller)).after("workers");
        stop.step(Phase.FINISH, "converter", Step.destroy(childProcess))
                .ceiling(Duration.ofSeconds(5));
        stop.asyncStep(Phase.CLOSE, "client", deadline -> client.closeAsync());
        stop.step(Phase.LAST, "audit", (deadline, reason) -> audit.write("stopped: " + reason));
    }

    /** Something to be shipped. */
    record Order(int number) {}

    /** Ships it. */
    interface Shop {
        void ship(Order order) throws IOException;
    }

    void queueWorkersOfTheJavadoc(Stop stop, BlockingQueue<Order> queue, Shop shop) {
        QueueWorkers<Order> shipping = QueueWorkers.start("shipping", 4, queue, shop::ship);
        stop.step(Phase.FINISH, "shipping", shipping);
    }

    Stop ownPhaseOfTheReadme() {
        Phase flush = new Phase("FLUSH");
        Stop stop = Stop.builder()
                .onSignals()
                .phaseAfter(Phase.FINISH, flush)
                .reserve(Phase.CLOSE, Duration.ofSeconds(5)) // however FINISH behaves
                .abortOnFailure(flush) // what has not begun is skipped, up to LAST
                .start();

        stop.exitCode(70); // instead of 0, when the stop is clean
        stop.request("lost the database");
        return stop;
    }

    /** Where numbers go. */
    interface Metrics {
        void gauge(String name, String value);
    }

    boolean drainOfTheReadme(Stop stop, Metrics metrics) throws InterruptedException {
        stop.listen(change -> metrics.gauge("state", change.to().name()));
        stop.drain(Reason.of(Reason.Kind.CODE, "maintenance")); // readiness red, still serving
        stop.resume(Reason.of(Reason.Kind.CODE, "maintenance is over"));
        boolean stopping = stop.await(State.STOPPING, Duration.ofMinutes(1));
        return stopping;
    }

    StopServer.Builder preStopOfTheReadme() {
        return StopServer.on(8081).host("0.0.0.0").token(System.getenv("STOP_TOKEN"));
    }

    Stop javadocOfStop() {
        Stop stop = Stop.builder().onSignals().onCommand().start();
        stop.step(Phase.DRAIN, "http", server::drain);
        stop.step(Phase.FINISH, "orders", orders::drain).ceiling(Duration.ofSeconds(8));
        stop.step(Phase.CLOSE, "database", pool);
        return stop;
    }

    Stop javadocOfStopServer() {
        Stop stop = Stop.builder()
                .onSignals()
                .trigger(StopServer.on(8081).host("0.0.0.0").token(System.getenv("STOP_TOKEN")))
                .start();
        return stop;
    }

    void gateOfTheReadme(Stop stop, Runnable export) {
        try (Work work = stop.gate().enter("export 42")) { // refused once the gate is closed
            export.run();
        }
    }

    void javadocOfHttpGate(Stop stop, InetSocketAddress address, HttpHandler orders)
            throws IOException {
        HttpServer server = HttpGate.around(stop, HttpServer.create(address, 0));
        server.createContext("/orders", orders);
        server.start();
    }

    void javadocOfStopHandler(HttpServer server, Stop stop) {
        server.createContext("/shutdown", StopHandler.of(stop).token(System.getenv("STOP_TOKEN")));
    }

    /** The table "From the Go library", row by row. */
    void goTable(
            HttpServer server, Runnable f, Consumer<Signal> onSignal, Consumer<Throwable> onFailure)
            throws InterruptedException {
        Duration timeout = Duration.ofSeconds(1);
        try (SignalChannel channel = Signals.channel()) {
            Signal first = channel.take();
            Optional<Signal> second = channel.poll(timeout);
            channel.next().thenAccept(onSignal);
            onSignal.accept(second.orElse(first));
        }
        try (Registration registration = Signals.listen(onSignal, onFailure)) {
            server.createContext("/shutdown", StopHandler.calling(deadline -> f.run()));
        }
        try (StopServer background =
                StopServer.on(8081).host("127.0.0.1").calling(deadline -> f.run())) {
            background.port();
        }
        try (CommandChannel commandChannel = CommandChannel.open()) {
            commandChannel.take();
            commandChannel.stopped();
        }
        try (StopAnswer answer =
                StopClient.at(ControlDirectory.fromEnvironment()).stop()) {
            answer.result();
        }
    }
}
