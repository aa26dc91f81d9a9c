package org.stop4j.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.stop4j.Signal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What can be configured, each as a property, a system property or an environment variable: {@code stop.timeout},
 * {@code STOP_TIMEOUT}. A wrong value fails the start of the application, with what is allowed.
 *
 * @param enabled whether there is a stop at all
 * @param timeout how long the whole stop may take
 * @param holdLimit how long the process stays, when the stop is done, for those who wait for the answer
 * @param signals on which signals it stops: TERM, INT, HUP or USR1; empty for none
 * @param command whether it stops on the {@code stop} command
 * @param dir where the command meets it; as {@code STOP_DIR}, the same for both
 * @param name by which name the command meets it; as {@code STOP_NAME}, the same for both
 * @param inTests whether signals, command and HTTP are installed in tests, too
 * @param http the stop and probes over HTTP, on a port of their own
 * @param quietWait for how long it goes on serving when it is not ready any more; if nothing is said, as
 *     usual under Kubernetes and not at all elsewhere, or in an application without a web server
 * @param longLived how work is treated that does not end by itself
 * @param reserve for each phase, what is kept for it however those before it behave
 * @param except paths that are neither counted nor refused: {@code /probe}, or {@code /internal/*} for what is below.
 *     Those of actuator are added
 * @param find what is found among the beans and has a step of its own
 * @since 0.1
 */
@ConfigurationProperties("stop")
public record StopProperties(
        boolean enabled,
        Duration timeout,
        Duration holdLimit,
        List<Signal> signals,
        boolean command,
        @Nullable Path dir,
        @Nullable String name,
        boolean inTests,
        Http http,
        QuietWait quietWait,
        LongLived longLived,
        Map<String, Duration> reserve,
        List<String> except,
        Find find) {

    /**
     * Takes what was bound; null is what was not. Defaults that Boot would have to convert, at each start, are told here.
     *
     * @param enabled whether there is a stop at all
     * @param timeout how long the whole stop may take; 25 s if null
     * @param holdLimit how long the process stays; 5 s if null
     * @param signals on which signals it stops; TERM, INT and HUP if null
     * @param command whether it stops on the {@code stop} command
     * @param dir where the command meets it
     * @param name by which name the command meets it
     * @param inTests whether all is installed in tests, too
     * @param http the stop and probes over HTTP
     * @param quietWait for how long it goes on serving
     * @param longLived how work is treated that does not end by itself
     * @param reserve for each phase, what is kept for it; nothing if null
     * @param except paths that are neither counted nor refused; none if null
     * @param find what is found among the beans
     */
    public StopProperties(
            @DefaultValue("true") boolean enabled,
            @Nullable Duration timeout,
            @Nullable Duration holdLimit,
            @Nullable List<Signal> signals,
            @DefaultValue("true") boolean command,
            @Nullable Path dir,
            @Nullable String name,
            @DefaultValue("false") boolean inTests,
            @DefaultValue Http http,
            @DefaultValue QuietWait quietWait,
            @DefaultValue LongLived longLived,
            @Nullable Map<String, Duration> reserve,
            @Nullable List<String> except,
            @DefaultValue Find find) {
        this.enabled = enabled;
        this.timeout = timeout == null ? Duration.ofSeconds(25) : timeout;
        this.holdLimit = holdLimit == null ? Duration.ofSeconds(5) : holdLimit;
        this.signals = signals == null ? List.of(Signal.TERM, Signal.INT, Signal.HUP) : signals;
        this.command = command;
        this.dir = dir;
        this.name = name;
        this.inTests = inTests;
        this.http = http;
        this.quietWait = quietWait;
        this.longLived = longLived;
        this.reserve = reserve == null ? Map.of() : reserve;
        this.except = except == null ? List.of() : except;
        this.find = find;
    }

    /**
     * The stop and probes over HTTP: {@code /shutdown}, {@code /ready} and {@code /live}.
     *
     * @param enabled whether there is such a server
     * @param port its port
     * @param host the address on which it listens
     * @param token what a caller must send; needed on an address that is not the loopback
     */
    public record Http(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("8081") int port,
            @DefaultValue("127.0.0.1") String host,
            @Nullable String token) {

        /** Without the token, which must not come into a log. */
        @Override
        public String toString() {
            return "Http[enabled=" + enabled + ", port=" + port + ", host=" + host + ']';
        }
    }

    /**
     * For how long it goes on serving when it is not ready any more. What is not set is as under Kubernetes, if one of
     * the three is.
     *
     * @param floor how long at least; 3 s if not set
     * @param quiet for how long nothing must have come; 1 s if not set
     * @param ceiling how long at most; 10 s if not set; zero for no wait
     */
    public record QuietWait(
            @Nullable Duration floor,
            @Nullable Duration quiet,
            @Nullable Duration ceiling) {}

    /**
     * How work is treated that does not end by itself: streams of events, WebSockets.
     *
     * @param limit how long each is waited for when it was told
     * @param pace over which time telling them is spread
     */
    public record LongLived(
            @Nullable Duration limit, @Nullable Duration pace) {}

    /**
     * What is found among the beans and has a step of its own.
     *
     * @param tasks whether the tasks of Spring's executors and schedulers are work in flight, and waited for in a step
     *     {@code tasks}
     * @param executors whether executors and schedulers are shut down in phase {@code FINISH}, so that what they have
     *     taken is done before they are destroyed. If not, Spring does what it does: it interrupts what runs, and drops
     *     what waits
     * @param kafka whether listener containers of Kafka end after the record in hand, each in a step {@code kafka} with its
     *     name. If not, Spring does what it does: it finishes all that the last poll has brought, in one step for all
     * @param rabbit whether listener containers of RabbitMQ end after the message in hand, each in a step {@code rabbit}
     *     with its name. If not, Spring does what it does: it finishes all that it was sent, for its five seconds
     * @param except names of beans that have no step: what has a lifecycle is then not stopped, and all are destroyed at
     *     the very end, in one step
     */
    public record Find(
            @DefaultValue("true") boolean tasks,
            @DefaultValue("true") boolean executors,
            @DefaultValue("true") boolean kafka,
            @DefaultValue("true") boolean rabbit,
            @Nullable List<String> except) {

        /**
         * Returns the names of beans that have no step.
         *
         * @return the names; none if nothing was said
         */
        @Override
        public List<String> except() {
            return except == null ? List.of() : except;
        }
    }
}
