package org.stop4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class TerminalTest {
    private static final Map<String, String> COLOURS = Map.of("TERM", "xterm");

    @Test
    void theFirstLineTellsByItsColourWhetherAllIsWell() {
        assertThat(Terminal.headed("stopped\n  longest", 0, COLOURS))
                .isEqualTo("\033[32mstopped\033[0m\n  longest");
        assertThat(Terminal.headed("stopped", 1, COLOURS)).isEqualTo("\033[31mstopped\033[0m");
    }

    @Test
    void noColorAndADumbTerminalMeanNoColours() {
        for (Map<String, String> environment : List.<Map<String, String>>of(
                Map.of("TERM", "xterm", "NO_COLOR", "1"), Map.of("TERM", "dumb"), Map.of())) {
            assertThat(Terminal.headed("stopped", 0, environment)).isEqualTo("stopped");
        }
        assertThat(Terminal.headed("stopped", 0, Map.of("TERM", "xterm", "NO_COLOR", "")))
                .as("empty counts as unset")
                .contains("\033[32m");
    }
}
