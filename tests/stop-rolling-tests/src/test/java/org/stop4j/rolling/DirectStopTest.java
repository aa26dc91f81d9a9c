package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One instance, stopped in mid-flight by SIGTERM, nothing in between. */
class DirectStopTest {
    private static final Table TABLE = new Table();

    @AfterAll
    static void printTable() {
        TABLE.print(System.out);
    }

    @ParameterizedTest(name = "{0}, run {1}")
    @MethodSource("org.stop4j.rolling.Servers#andRuns")
    void whatIsInFlightAtSigtermIsAnsweredAndWhatComesLaterIsSentBackOrNotTaken(
            Server server, int number) throws InterruptedException {
        Measured run = DirectStop.run(server, Servers.LOAD, Instance.Signal.TERM);
        TABLE.add(run);

        Servers.assertThatItAddsUp(run);
        assertThat(run.inFlight())
                .as("in flight at SIGTERM, %s", run)
                .hasSizeGreaterThan(Servers.LOAD.connections() / 2);
        assertThat(run.lost()).as("lost, %s", run).isEmpty();
        // Those that were not read yet may be; all of them never are.
        assertThat(run.sentBack())
                .as("sent back although in flight, %s", run)
                .hasSizeLessThan(run.inFlight().size());
        assertThat(run.ledger().count(Result.WRONG, Result.SILENT))
                .as("wrong answers, and none at all, %s", run)
                .isZero();
        assertThat(run.everyExitCodeIs(0)).as("exit code 0, %s", run).isTrue();
    }
}
