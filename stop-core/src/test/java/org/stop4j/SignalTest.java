package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalTest {

    @ParameterizedTest
    @CsvSource({
        "TERM, TERM, 15",
        "SIGTERM, TERM, 15",
        "sigint, INT, 2",
        "' Hup ', HUP, 1",
        "usr1, USR1, 10"
    })
    void aSignalIsFoundByItsNameInAnyCase(String name, Signal signal, int number) {
        assertThat(Signal.of(name)).isEqualTo(signal);
        assertThat(signal.number()).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({
        "KILL, the system lets no process take it",
        "SIGSTOP, the system lets no process take it",
        "quit, the JVM prints its thread dump on it",
        "USR2, HotSpot uses it",
        "SEGV, the JVM needs it to run",
        "PIPE, the JVM needs it to run",
        "WINCH, not a signal that asks a process to end",
        "SIG, not a signal that asks a process to end",
        "'', not a signal that asks a process to end",
        "15, not a signal that asks a process to end"
    })
    void aSignalThatCannotBeTakenIsRefusedWithTheReasonAndWhatIsAllowed(String name, String why) {
        assertThatThrownBy(() -> Signal.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining('"' + name + '"')
                .hasMessageContaining(why)
                .hasMessageContaining("allowed: TERM, INT, HUP, USR1");
    }

    @Test
    void aSignalIsWrittenAsPeopleWriteIt() {
        assertThat(Signal.HUP).hasToString("SIGHUP");
    }
}
