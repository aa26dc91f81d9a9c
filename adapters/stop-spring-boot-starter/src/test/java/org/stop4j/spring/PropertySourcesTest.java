package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.stop4j.Signal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;

class PropertySourcesTest {
    @Test
    void theSameIsSetByEnvironmentVariables() {
        PropertySource<?> variables = new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.ofEntries(
                        Map.entry("STOP_TIMEOUT", "40s"),
                        Map.entry("STOP_HOLDLIMIT", "2s"),
                        Map.entry("STOP_SIGNALS", "TERM,USR1"),
                        Map.entry("STOP_COMMAND", "false"),
                        Map.entry("STOP_DIR", "/run/orders"),
                        Map.entry("STOP_NAME", "orders"),
                        Map.entry("STOP_INTESTS", "true"),
                        Map.entry("STOP_HTTP_PORT", "9000"),
                        Map.entry("STOP_QUIETWAIT_FLOOR", "5s"),
                        Map.entry("STOP_LONGLIVED_LIMIT", "7s"),
                        Map.entry("STOP_RESERVE_CLOSE", "6s"),
                        Map.entry("STOP_EXCEPT", "/probe")));
        assertIsSet(variables);
    }

    @Test
    void theSameIsSetBySystemProperties() {
        Properties properties = new Properties();
        properties.putAll(Map.ofEntries(
                Map.entry("stop.timeout", "40s"),
                Map.entry("stop.hold-limit", "2s"),
                Map.entry("stop.signals", "TERM,USR1"),
                Map.entry("stop.command", "false"),
                Map.entry("stop.dir", "/run/orders"),
                Map.entry("stop.name", "orders"),
                Map.entry("stop.in-tests", "true"),
                Map.entry("stop.http.port", "9000"),
                Map.entry("stop.quiet-wait.floor", "5s"),
                Map.entry("stop.long-lived.limit", "7s"),
                Map.entry("stop.reserve.close", "6s"),
                Map.entry("stop.except", "/probe")));
        assertIsSet(new PropertiesPropertySource(
                StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, properties));
    }

    @Test
    void whoGaveSpringMoreTimeThanThereIsIsTold() {
        String springs = "spring.lifecycle.timeout-per-shutdown-phase";
        Duration timeout = Duration.ofSeconds(25);
        StandardEnvironment environment = new StandardEnvironment();
        assertThat(Settings.ofNoEffect(timeout, environment)).isEmpty();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("a", Map.of(springs, "20s")));
        assertThat(Settings.ofNoEffect(timeout, environment)).isEmpty();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("b", Map.of(springs, "2m")));
        assertThat(Settings.ofNoEffect(timeout, environment))
                .hasValueSatisfying(text -> assertThat(text)
                        .contains(springs + " is PT2M, which has no effect", "PT25S"));
    }

    private static void assertIsSet(PropertySource<?> source) {
        StopProperties bound = new Binder(ConfigurationPropertySources.from(source))
                .bindOrCreate("stop", StopProperties.class);
        assertThat(bound.timeout()).isEqualTo(Duration.ofSeconds(40));
        assertThat(bound.holdLimit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(bound.signals()).isEqualTo(List.of(Signal.TERM, Signal.USR1));
        assertThat(bound.command()).isFalse();
        assertThat(bound.dir()).isEqualTo(Path.of("/run/orders"));
        assertThat(bound.name()).isEqualTo("orders");
        assertThat(bound.inTests()).isTrue();
        assertThat(bound.http().port()).isEqualTo(9000);
        assertThat(bound.quietWait().floor()).isEqualTo(Duration.ofSeconds(5));
        assertThat(bound.longLived().limit()).isEqualTo(Duration.ofSeconds(7));
        assertThat(bound.reserve()).isEqualTo(Map.of("close", Duration.ofSeconds(6)));
        assertThat(bound.except()).isEqualTo(List.of("/probe"));
        assertThat(bound.enabled()).isTrue();
    }
}
