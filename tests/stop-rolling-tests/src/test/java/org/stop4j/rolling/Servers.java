package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.provider.Arguments;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The servers that every build restarts, and how much of it: {@code -Drolling.runs=10} is the long form. */
final class Servers {
    /** As in {@link Server#of}. */
    private static final List<String> ALL =
            List.of("plain-main", "tomcat", "jetty", "undertow", "netty", "h2c:netty", "grpc:grpc");

    /**
     * Of the lines and servers of Spring Boot, those that differ most: {@code run} has all of them. Not Tomcat over
     * HTTP/2, which breaks a new connection off now and then, long before any stop: two of its threads read it at a time
     * ("A new remote stream ID of [11] was requested but the most recent stream was [13]").
     */
    private static final List<String> BOOT = List.of(
            "spring-boot",
            "boot-3.5-undertow",
            "boot-4.0-jetty",
            "boot-4.1-netty",
            "h2c:boot-4.1-jetty");

    private static final int RUNS = Integer.getInteger("rolling.runs", 1);

    /** Half of what `run` takes: the build shares the machine with others. */
    static final Load LOAD = new Load(
            Integer.getInteger("rolling.connections", 32), Load.FULL.millis(), Load.FULL.bytes());

    private Servers() {}

    static Server one() {
        return server(ALL.get(0));
    }

    static Stream<Arguments> andRuns() {
        return andRuns(ALL);
    }

    static Stream<Arguments> ofBootAndRuns() {
        return andRuns(BOOT);
    }

    private static Stream<Arguments> andRuns(List<String> servers) {
        return servers.stream()
                .flatMap(server -> IntStream.rangeClosed(1, RUNS)
                        .mapToObj(run -> Arguments.of(server(server), run)));
    }

    static Server server(String text) {
        // Thrown when a jar is missing: these tests need the phase `package` of the servers.
        return Server.of(text, Path.of(Objects.requireNonNull(System.getProperty("stop.basedir"))));
    }

    /** Every request has one outcome, and none is open: otherwise all other numbers mean nothing. */
    static void assertThatItAddsUp(Measured run) {
        Ledger ledger = run.ledger();
        int answered = ledger.count(Result.ANSWERED);
        int refused = ledger.count(Result.REFUSED, Result.UNPROCESSED);
        int failed = (int) ledger.exchanges().stream()
                .filter(exchange -> exchange.result().isFailure())
                .count();
        assertThat(ledger.open()).as("open requests of %s", run).isZero();
        assertThat(answered + refused + failed).as("outcomes of %s", run).isEqualTo(ledger.begun());
        assertThat(ledger.exchanges().stream()
                        .map(exchange -> exchange.job().id())
                        .distinct())
                .as("requests by id of %s", run)
                .hasSize(ledger.begun());
    }
}
