package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The measures can fail: what must lose requests is seen to lose them. */
class ControlTest {
    /** Ends as most servers do by themselves: what it has begun is answered, but the port closes at once. */
    private static Server leavesAtOnce() {
        return new Server(
                "leaves-at-once",
                Protocol.HTTP1,
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeavesAtOnce.class.getName(),
                        "--port=0"));
    }

    @Test
    void anInstanceThatIsKilledLosesWhatWasInFlight() throws InterruptedException {
        Measured run = DirectStop.run(Servers.one(), Servers.LOAD, Instance.Signal.KILL);

        Servers.assertThatItAddsUp(run);
        assertThat(run.inFlight())
                .as("in flight at SIGKILL, %s", run)
                .hasSizeGreaterThan(Servers.LOAD.connections() / 2);
        assertThat(run.lost())
                .as("lost, %s", run)
                .hasSizeGreaterThan(run.inFlight().size() / 2);
        assertThat(run.everyExitCodeIs(137)).as("exit code 137, %s", run).isTrue();
    }

    @Test
    void aRollingRestartByKillingLosesWhatWasInFlight() throws InterruptedException {
        Measured run = RollingRestart.run(
                Servers.one(), Servers.LOAD, RollingRestart.Notice.LATE, Instance.Signal.KILL);

        Servers.assertThatItAddsUp(run);
        assertThat(run.lost())
                .as("lost, %s", run)
                .isNotEmpty()
                .hasSizeGreaterThan(run.inFlight().size() / 4);
        assertThat(run.notAnswered())
                .as("these, and those that the balancer led to nobody, %s", run)
                .hasSizeGreaterThan(run.lost().size());
    }

    @Test
    void aServerThatClosesItsPortAtOnceLosesNothingInFlightButFailsBehindALateBalancer()
            throws InterruptedException {
        Measured run = RollingRestart.run(
                leavesAtOnce(), Servers.LOAD, RollingRestart.Notice.LATE, Instance.Signal.TERM);

        Servers.assertThatItAddsUp(run);
        assertThat(run.lost()).as("lost, %s", run).isEmpty();
        assertThat(run.ledger().exchanges())
                .as("led to a port that is closed, %s", run)
                .anyMatch(exchange -> exchange.result() == Result.NOT_CONNECTED);
    }

    @Test
    void bootAloneFailsBehindALateBalancer() throws InterruptedException {
        Measured run = RollingRestart.run(
                Servers.server("boot-3.5-tomcat.alone"),
                Servers.LOAD,
                RollingRestart.Notice.LATE,
                Instance.Signal.TERM);

        Servers.assertThatItAddsUp(run);
        assertThat(run.notAnswered())
                .as("led to a port that is closed, or refused, %s", run)
                .hasSizeGreaterThan(10);
    }
}
