package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.stop4j.ControlDirectory;
import org.stop4j.ControlDirectoryException;
import org.stop4j.Exit;
import org.stop4j.Phase;
import org.stop4j.Signal;
import org.stop4j.Stop;
import org.stop4j.http.StopServer;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Makes a stop of properties. What is wrong with one of them is said of it by its name. */
final class Settings {
    private static final Log LOG = LogFactory.getLog(Settings.class);
    private static final String SPRINGS_OWN = "spring.lifecycle.timeout-per-shutdown-phase";
    private static final List<Phase> PHASES =
            List.of(Phase.NOTIFY, Phase.DRAIN, Phase.FINISH, Phase.CLOSE, Phase.LAST);

    private final StopProperties properties;
    private final Surroundings surroundings;
    /** Whether others send requests here. */
    private final boolean web;
    /** The property that is being set: if its value is refused, that is said of this. */
    private String property = "";

    Settings(StopProperties properties, Surroundings surroundings, boolean web) {
        this.properties = properties;
        this.surroundings = surroundings;
        this.web = web;
    }

    /**
     * Starts it.
     *
     * @param customizers are asked last
     * @param rehearsals who rehearses
     */
    Stop start(List<StopCustomizer> customizers, Executor rehearsals) {
        Stop.Builder builder = Stop.builder().rehearseOn(rehearsals);
        try {
            describe(builder);
        } catch (IllegalArgumentException | ControlDirectoryException | UncheckedIOException e) {
            throw new StopConfigurationException(property, e);
        }
        customizers.forEach(one -> one.customize(builder));
        try {
            return builder.start();
        } catch (IllegalArgumentException | ControlDirectoryException | UncheckedIOException e) {
            throw new StopConfigurationException("stop.*", e);
        }
    }

    private void describe(Stop.Builder builder) {
        property = "stop.timeout";
        builder.timeout(properties.timeout());
        property = "stop.hold-limit";
        builder.holdLimit(properties.holdLimit());
        property = "stop.quiet-wait";
        setQuietWait(builder);
        property = "stop.long-lived";
        setLongLived(builder);
        for (Map.Entry<String, Duration> entry : properties.reserve().entrySet()) {
            property = "stop.reserve." + entry.getKey();
            builder.reserve(phase(entry.getKey()), entry.getValue());
        }
        if (!surroundings.endsProcess() && !asked()) {
            builder.exit(Exit.never());
        } else {
            setTriggers(builder);
        }
    }

    /** In a test, whoever asks for it gets what a process has. */
    private boolean asked() {
        return surroundings == Surroundings.TEST && properties.inTests();
    }

    private void setQuietWait(Stop.Builder builder) {
        StopProperties.QuietWait wait = properties.quietWait();
        if (wait.floor() != null || wait.quiet() != null || wait.ceiling() != null) {
            builder.quietWait(
                    or(wait.floor(), Duration.ofSeconds(3), wait.ceiling()),
                    or(wait.quiet(), Duration.ofSeconds(1), wait.ceiling()),
                    Objects.requireNonNullElse(wait.ceiling(), Duration.ofSeconds(10)));
        } else if (!web) {
            builder.quietWait(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        }
    }

    /** What was not set is no longer than a ceiling that was. */
    private static Duration or(@Nullable Duration set, Duration other, @Nullable Duration ceiling) {
        if (set != null) {
            return set;
        }
        return ceiling != null && ceiling.compareTo(other) < 0 ? ceiling : other;
    }

    private void setLongLived(Stop.Builder builder) {
        Duration limit = properties.longLived().limit();
        Duration pace = properties.longLived().pace();
        if (limit != null || pace != null) {
            builder.longLived(
                    limit == null ? properties.timeout().dividedBy(5) : limit,
                    pace == null ? Duration.ofSeconds(1) : pace);
        }
    }

    static Phase phase(String name) {
        for (Phase phase : PHASES) {
            if (phase.name().equals(name.toUpperCase(Locale.ROOT))) {
                return phase;
            }
        }
        throw new IllegalArgumentException(
                "phase is \"" + name + "\"; allowed: " + PHASES + ", in any case");
    }

    private void setTriggers(Stop.Builder builder) {
        if (!properties.signals().isEmpty()) {
            builder.onSignals(properties.signals().toArray(new Signal[0]));
        }
        if (properties.command()) {
            property = "stop.dir, stop.name";
            builder.onCommand(directory());
        }
        StopProperties.Http http = properties.http();
        if (http.enabled()) {
            property = "stop.http";
            builder.trigger(server(http));
        }
    }

    private ControlDirectory directory() {
        ControlDirectory found = ControlDirectory.fromEnvironment();
        Path dir = properties.dir();
        String name = properties.name();
        if (dir != null && !dir.isAbsolute()) {
            throw new IllegalArgumentException("stop.dir is \"" + dir
                    + "\"; allowed: an absolute path, since the application and the command may be started in"
                    + " different directories");
        }
        found = dir == null ? found : found.in(dir);
        return name == null ? found : found.named(name);
    }

    /** Nobody should believe that there is as much time as was said to Spring. */
    static void warnOfOther(StopProperties properties, Environment environment) {
        ofNoEffect(properties.timeout(), environment).ifPresent(LOG::warn);
    }

    static Optional<String> ofNoEffect(Duration timeout, Environment environment) {
        if (!environment.containsProperty(SPRINGS_OWN)) {
            return Optional.empty(); // as mostly; to bind it takes milliseconds
        }
        Duration phase =
                Binder.get(environment).bind(SPRINGS_OWN, Duration.class).orElse(Duration.ZERO);
        return phase.compareTo(timeout) > 0
                ? Optional.of(
                        SPRINGS_OWN + " is " + phase + ", which has no effect: the stop ends after "
                                + timeout + " in all; see stop.timeout")
                : Optional.empty();
    }

    private static StopServer.Builder server(StopProperties.Http http) {
        StopServer.Builder server = StopServer.on(http.port()).host(http.host());
        return http.token() == null ? server : server.token(http.token());
    }
}
