package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Map;

class GraceTest {
    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

    private final LogLines log = new LogLines();

    @AfterEach
    void endLog() {
        log.close();
    }

    private static Grace grace(String seconds) {
        return Grace.from(Map.of("STOP_GRACE_SECONDS", seconds));
    }

    @Test
    void aStopThatFitsIsNotTalkedOf() {
        grace("26").check(Duration.ofSeconds(25), new Log());
        grace("").check(ENDLESS, new Log());
        Grace.from(Map.of()).check(ENDLESS, new Log());
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void aStopThatMayTakeLongerIsNamedWithWhatWouldFit() {
        grace(" 25 ").check(Duration.ofSeconds(25), new Log());
        assertThat(log.warnings())
                .containsExactly("the stop may take 26.0 s (timeout 25.0 s, and 1.0 s to end), but"
                        + " STOP_GRACE_SECONDS is 25: the process would be killed in the middle of"
                        + " it. Make the timeout 24 s at most, or the grace period longer");
    }

    @Test
    void aGracePeriodThatNoTimeoutFitsIsToBecomeLonger() {
        grace("1").check(Duration.ofMillis(1), new Log());
        assertThat(log.warnings())
                .singleElement()
                .asString()
                .endsWith(". Make the grace period longer");
    }

    @Test
    void aTimeoutWithoutAnEndDoesNotOverflow() {
        grace("30").check(ENDLESS, new Log());
        assertThat(log.warnings()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "30s", "1.5", "99999999999999999999"})
    void whatIsNoNumberOfSecondsIsRefusedByItsName(String value) {
        assertThatThrownBy(() -> grace(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("STOP_GRACE_SECONDS is \"" + value
                        + "\"; allowed: a whole number of seconds, 1 or more");
    }
}
