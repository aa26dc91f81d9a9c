package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import java.util.List;

/** What Boot says of the failed start. */
class WrongValuesTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    @BeforeEach
    void forget() {
        LastAnalysis.forget();
    }

    @Test
    void aTimeThatIsNoneIsRefused() {
        assertRefused("stop.timeout=soon");
        assertThat(LastAnalysis.text())
                .contains("Property: stop.timeout")
                .contains("\"soon\"")
                .contains("is not a valid duration");
    }

    @Test
    void aTimeThatIsNegativeIsRefused() {
        assertRefused("stop.timeout=-5s");
        assertThat(LastAnalysis.text())
                .contains("stop.timeout: timeout is PT-5S; allowed: more than zero")
                .contains("as an environment variable (STOP_TIMEOUT)");
    }

    @Test
    void aPhaseThatIsNotThereIsRefused() {
        assertRefused("stop.reserve.dran=2s");
        assertThat(LastAnalysis.text())
                .contains("stop.reserve.dran: phase is \"dran\"; allowed: [NOTIFY, DRAIN, FINISH,"
                        + " CLOSE, LAST], in any case")
                .contains("STOP_RESERVE_DRAN");
    }

    @Test
    void aDirectoryThatIsRelativeIsRefused() {
        assertRefused("stop.dir=run", "stop.in-tests=true", "stop.signals=");
        assertThat(LastAnalysis.text())
                .contains("stop.dir is \"run\"; allowed: an absolute path")
                .contains("STOP_DIR");
    }

    @Test
    void aSignalThatCannotBeTakenIsRefused() {
        assertRefused("stop.signals=TERM,KILL");
        assertThat(LastAnalysis.text())
                .contains("stop.signals")
                .contains("KILL")
                .contains("HUP")
                .contains("USR1");
    }

    @Test
    void aPathWithAStarInItsMiddleIsRefused() {
        assertThatThrownBy(() ->
                        start(WebApplicationType.SERVLET, "stop.except=/live,/internal/*/probe"))
                .isNotNull();
        assertThat(LastAnalysis.text())
                .contains(
                        "stop.except: path is \"/internal/*/probe\"; allowed: one that begins with"
                                + " /, and may end with /*");
    }

    private static void assertRefused(String... properties) {
        assertThatThrownBy(() -> start(WebApplicationType.NONE, properties)).isNotNull();
    }

    private static void start(WebApplicationType type, String... properties) {
        Application.start(type, List.of(properties), App.class).close();
    }
}
