package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two instances behind a balancer that hears late, or never, that one of them is told to stop. */
class RollingRestartTest {
    /** The timeout of a stop by default, 25 s, and the second after which it is forced. */
    private static final long END_BY_MILLIS = 26_000;

    private static final Table TABLE = new Table();

    @AfterAll
    static void printTable() {
        TABLE.print(System.out);
    }

    @ParameterizedTest(name = "{0}, run {1}")
    @MethodSource({"org.stop4j.rolling.Servers#andRuns", "org.stop4j.rolling.Servers#ofBootAndRuns"
    })
    void aRestartOfBothBehindABalancerThatNoticesTwoSecondsLateFailsNoRequest(
            Server server, int number) throws InterruptedException {
        Measured run = RollingRestart.run(
                server, Servers.LOAD, RollingRestart.Notice.LATE, Instance.Signal.TERM);
        TABLE.add(run);

        Servers.assertThatItAddsUp(run);
        assertThat(run.inFlight()).as("in flight at SIGTERM, %s", run).isNotEmpty();
        assertThat(run.notAnswered()).as("not answered, %s", run).isEmpty();
        assertThat(run.everyExitCodeIs(0)).as("exit code 0, %s", run).isTrue();
    }

    @Test
    void behindABalancerThatNeverNoticesNothingLetInIsLostTheRestIsSentBackAndTheProcessEnds()
            throws InterruptedException {
        Measured run = RollingRestart.run(
                Servers.one(), Servers.LOAD, RollingRestart.Notice.NEVER, Instance.Signal.TERM);
        TABLE.add(run);

        Servers.assertThatItAddsUp(run);
        assertThat(run.inFlight()).as("in flight at SIGTERM, %s", run).isNotEmpty();
        assertThat(run.lost()).as("lost, %s", run).isEmpty();
        assertThat(run.ledger().count(Result.WRONG, Result.SILENT))
                .as("sent back without the words for it, or left waiting, %s", run)
                .isZero();
        assertThat(run.stopped()).as("%s", run).singleElement().satisfies(stopped -> {
            assertThat(stopped.exitCode()).isZero();
            assertThat(stopped.millis()).isLessThan(END_BY_MILLIS);
        });
    }
}
