package org.stop4j.spring;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.stop4j.ControlDirectory;
import org.stop4j.Exit;
import org.stop4j.Phase;
import org.stop4j.Signal;
import org.stop4j.Stop;
import org.stop4j.http.StopServer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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

    Settings(StopProperties properties, Surroundings surroundings, boolean web) {
        this.properties = properties;
        this.surroundings = surroundings;
        this.web = web;
    }

    Stop start(List<StopCustomizer> customizers) {
        Stop.Builder builder = Stop.builder();
        of("stop.timeout", () -> builder.timeout(properties.timeout()));
        of("stop.hold-limit", () -> builder.holdLimit(properties.holdLimit()));
        setQuietWait(builder);
        setLongLived(builder);
        setReserves(builder);
        if (!surroundings.endsProcess() && !asked()) {
            builder.exit(Exit.never());
        } else {
            setTriggers(builder);
        }
        customizers.forEach(one -> one.customize(builder));
        return of("stop.*", builder::start);
    }

    /** In a test, whoever asks for it gets what a process has. */
    private boolean asked() {
        return surroundings == Surroundings.TEST && properties.inTests();
    }

    private void setQuietWait(Stop.Builder builder) {
        StopProperties.QuietWait wait = properties.quietWait();
        if (wait.floor() != null || wait.quiet() != null || wait.ceiling() != null) {
            of(
                    "stop.quiet-wait",
                    () -> builder.quietWait(
                            or(wait.floor(), Duration.ofSeconds(3), wait.ceiling()),
                            or(wait.quiet(), Duration.ofSeconds(1), wait.ceiling()),
                            Objects.requireNonNullElse(wait.ceiling(), Duration.ofSeconds(10))));
        } else if (!web) {
            builder.quietWait(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        }
    }

    /** What was not set is no longer than a ceiling that was. */
    private static Duration or(
            @org.jspecify.annotations.Nullable Duration set,
            Duration other,
            @org.jspecify.annotations.Nullable Duration ceiling) {
        if (set != null) {
            return set;
        }
        return ceiling != null && ceiling.compareTo(other) < 0 ? ceiling : other;
    }

    private void setLongLived(Stop.Builder builder) {
        StopProperties.LongLived longLived = properties.longLived();
        if (longLived.limit() != null || longLived.pace() != null) {
            of(
                    "stop.long-lived",
                    () -> builder.longLived(
                            Objects.requireNonNullElseGet(
                                    longLived.limit(),
                                    () -> properties.timeout().dividedBy(5)),
                            Objects.requireNonNullElse(longLived.pace(), Duration.ofSeconds(1))));
        }
    }

    private void setReserves(Stop.Builder builder) {
        for (Map.Entry<String, Duration> entry : properties.reserve().entrySet()) {
            of(
                    "stop.reserve." + entry.getKey(),
                    () -> builder.reserve(phase(entry.getKey()), entry.getValue()));
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
            builder.onCommand(of("stop.dir, stop.name", this::directory));
        }
        StopProperties.Http http = properties.http();
        if (http.enabled()) {
            builder.trigger(of("stop.http", () -> server(http)));
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

    /** Something that makes a value, or refuses to. */
    private interface Setting<T> {
        T set();
    }

    private static <T> T of(String property, Setting<T> setting) {
        try {
            return setting.set();
        } catch (IllegalArgumentException
                | org.stop4j.ControlDirectoryException
                | java.io.UncheckedIOException e) {
            throw new StopConfigurationException(property, e);
        }
    }
}
