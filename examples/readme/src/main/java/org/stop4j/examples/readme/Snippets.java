package org.stop4j.examples.readme;

import com.sun.net.httpserver.HttpServer;

import org.stop4j.Deadline;
import org.stop4j.Stop;
import org.stop4j.http.StopHandler;
import org.stop4j.http.StopServer;

import java.time.Duration;

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
    interface Pool {
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

        stop.step("http", deadline -> server.drain(deadline));
        stop.step("orders", orders::drain);
        stop.step("database", pool::close);
        return stop;
    }

    StopServer.Builder preStopOfTheReadme() {
        return StopServer.on(8081).host("0.0.0.0").token(System.getenv("STOP_TOKEN"));
    }

    Stop javadocOfStop() {
        Stop stop = Stop.builder().onSignals().onCommand().start();
        stop.step("http", server::close);
        stop.step("database", pool::close);
        return stop;
    }

    Stop javadocOfStopServer() {
        Stop stop = Stop.builder()
                .onSignals()
                .trigger(StopServer.on(8081).host("0.0.0.0").token(System.getenv("STOP_TOKEN")))
                .start();
        return stop;
    }

    void javadocOfStopHandler(HttpServer server, Stop stop) {
        server.createContext("/shutdown", StopHandler.of(stop).token(System.getenv("STOP_TOKEN")));
    }
}
