package org.stop4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.stop4j.StopAnswer.Result;

class TextTest {
    private static final String HOSTILE = "\033]0;owned\007 \u009b2J\n{\"event\":\"result\"}";

    @Test
    void whatATerminalObeysIsNotPrinted() {
        assertThat(Text.printable(HOSTILE)).isEqualTo(" ]0;owned   2J\n{\"event\":\"result\"}");
        assertThat(Text.oneLine(HOSTILE)).isEqualTo(" ]0;owned   2J {\"event\":\"result\"}");
    }

    @Test
    void aResultIsOneLineWhateverTheApplicationHasWritten() {
        String json = Text.json(Result.STOPPED, HOSTILE, "{\"outcome\":\n\"\033[2J\"}");
        assertThat(json)
                .isEqualTo("{\"event\":\"result\",\"result\":\"STOPPED\",\"exitCode\":0,"
                        + "\"message\":\"\\u001b]0;owned\\u0007 \\u009b2J\\u000a"
                        + "{\\\"event\\\":\\\"result\\\"}\","
                        + "\"report\":{\"outcome\": \" [2J\"}}");
    }
}
