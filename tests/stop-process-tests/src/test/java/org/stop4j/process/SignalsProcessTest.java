package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.process.Child.PathKind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Real signals, sent from outside to a real JVM. */
class SignalsProcessTest {
    private static boolean canReset;

    /** Whoever runs these tests, a nohup or a script's background, may have INT and HUP ignored. */
    @BeforeAll
    static void findOutWhetherInheritedIgnoresCanBeUndone() {
        try (Child env = Child.program(Map.of(), "env", "--default-signal=INT,HUP", "true")) {
            canReset = env.awaitExit() == 0;
        }
    }

    private static Child.Builder app() {
        return Child.fixture("SignalApp");
    }

    private static String[] reset(String... more) {
        assumeTrue(canReset, "needs an env that knows --default-signal (coreutils 8.31)");
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
        command.addAll(List.of(more));
        return command.toArray(new String[0]);
    }

    private static void order(Child app, String line, String answer) {
        app.tell(line);
        app.awaitLine(answer);
    }

    // ---- the channel

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void theChannelTakesTermIntAndHupByDefaultOneAfterAnother(PathKind kind) {
        try (Child app = app().on(kind).by(reset()).start()) {
            order(app, "channel a", "a has [SIGTERM, SIGINT, SIGHUP]");
            for (String name : List.of("TERM", "INT", "HUP")) {
                app.signal(name).awaitLine("a took SIG" + name);
            }
            // A second one of the same kind is delivered like the first.
            app.signal("TERM").awaitLines("a took SIGTERM", 2);
            order(app, "close a", "closed a");
            app.awaitLine("a ended the signal channel is closed");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void whatIsTakenCanBeConfigured(PathKind kind) {
        try (Child app = app().on(kind).start()) {
            order(app, "channel a USR1", "a has [SIGUSR1]");
            app.signal("USR1").awaitLine("a took SIGUSR1");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aSignalIsKeptUntilItIsPolledOrGoesToWhoHadAskedBefore(PathKind kind) {
        try (Child app = app().on(kind).start()) {
            order(app, "idle a TERM", "a has [SIGTERM]");
            order(app, "poll a 0", "a polled Optional.empty");
            app.signal("TERM");
            order(app, "poll a 60000", "a polled Optional[SIGTERM]");
            order(app, "next a", "a asked");
            app.signal("TERM");
            assertThat(app.awaitLine("a next"))
                    .isEqualTo("a next SIGTERM on stop-signal-TERM daemon=false loader=true");
            app.tell("end");
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    // ---- the callback

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aCallbackRunsOnItsOwnNonDaemonThreadThoughMainHasReturned(PathKind kind) {
        try (Child app = app().on(kind).start()) {
            order(app, "listen a outlive TERM", "a listens");
            app.signal("TERM");
            assertThat(app.awaitLine("a called"))
                    .isEqualTo("a called SIGTERM on stop-signal-TERM daemon=false loader=true");
            app.tell("end");
            assertThat(app.awaitExit()).as("%s", app).isZero();
            assertThat(app.out()).endsWith("a returned");
        }
    }

    @Test
    void aSecondSignalIsDeliveredWhileTheFirstCallbackStillRuns() {
        try (Child app = app().start()) {
            order(app, "listen a block TERM", "a listens");
            app.signal("TERM").awaitLine("a called SIGTERM");
            app.signal("TERM").awaitLines("a called SIGTERM", 2);
            assertThat(app.out()).doesNotContain("a returned");
            app.tell("release").awaitLines("a returned", 2);
            app.tell("end");
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "error"})
    void whateverTheCallbackThrowsReachesTheFailureHandlerAndTheNextSignalIsDelivered(String what) {
        try (Child app = app().start()) {
            order(app, "listen a " + what + " TERM", "a listens");
            String failure = what.equals("throw")
                    ? "a failed java.lang.IllegalStateException: as told"
                    : "a failed java.lang.AssertionError: as told";
            app.signal("TERM").awaitLine(failure);
            app.signal("TERM").awaitLines(failure, 2);
            order(app, "close a", "closed a");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.err()).isEmpty();
        }
    }

    // ---- several, and restoring

    @Test
    void severalTakersMayBeClosedInAnyOrderAndTheLastRestoresWhatWasThere() {
        List<String> orders = List.of("abc", "acb", "bac", "bca", "cab", "cba");
        try (Child app = app().start()) {
            for (int round = 0; round < orders.size(); round++) {
                closeInTurn(app, round, orders.get(round));
            }
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
            for (int round = 0; round < orders.size(); round++) {
                for (int place = 0; place < 3; place++) {
                    String name = orders.get(round).charAt(place) + "" + round;
                    // One signal for each taker that was closed before it, and one before all.
                    assertThat(app.countLines(name + " took"))
                            .as("%s of order %s, of %s", name, orders.get(round), app)
                            .isEqualTo(place + 1);
                }
            }
        }
    }

    private static void closeInTurn(Child app, int round, String closing) {
        for (String name : List.of("a", "b", "c")) {
            order(app, "channel " + name + round + " TERM", name + round + " has");
        }
        for (int place = 0; place < 3; place++) {
            app.signal("TERM");
            for (int open = place; open < 3; open++) {
                app.awaitLines(closing.charAt(open) + "" + round + " took", place + 1);
            }
            String name = closing.charAt(place) + "" + round;
            order(app, "close " + name, "closed " + name);
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aForeignHandlerFromBeforeIsCalledTooAndRestored(PathKind kind) {
        try (Child app = app().on(kind).start()) {
            order(app, "foreign f alone TERM", "f installed");
            order(app, "channel a TERM", "a has");
            order(app, "channel b TERM", "b has");
            app.signal("TERM").awaitLine("f heard TERM");
            app.awaitLine("a took SIGTERM");
            app.awaitLine("b took SIGTERM");
            order(app, "close a", "closed a");
            app.signal("TERM").awaitLines("f heard TERM", 2);
            app.awaitLines("b took SIGTERM", 2);
            order(app, "close b", "closed b");
            app.signal("TERM").awaitLines("f heard TERM", 3);
            assertThat(app.countLines("a took")).isEqualTo(1);
            assertThat(app.countLines("b took")).isEqualTo(2);
            app.tell("end");
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void aForeignHandlerOnTopStaysAndAClosedTakerBelowItIsAsIfItHadNeverBeenThere() {
        try (Child app = app().start()) {
            order(app, "channel a TERM", "a has");
            order(app, "foreign f chain TERM", "f installed");
            app.signal("TERM").awaitLine("f heard TERM");
            app.awaitLine("a took SIGTERM");
            order(app, "close a", "closed a");
            // It passes the signal on to what it found, which is now the JVM's own again.
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.countLines("f heard")).isEqualTo(2);
            assertThat(app.countLines("a took")).isEqualTo(1);
        }
    }

    // ---- what the process was started with

    @Test
    void aHangUpThatNohupIgnoresStaysIgnored() {
        try (Child app = app().by(reset("nohup")).start()) {
            order(app, "channel a", "a has [SIGTERM, SIGINT]");
            app.signal("HUP").signal("TERM").awaitLine("a took SIGTERM");
            order(app, "close a", "closed a");
            app.signal("HUP").signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.countLines("a took")).isEqualTo(1);
        }
    }

    @Test
    void anInterruptThatAScriptIgnoresForItsBackgroundStaysIgnored() {
        String script = "exec 3<&0; \"$@\" <&3 & wait $!";
        try (Child app = app().by(reset("sh", "-c", script, "sh")).start()) {
            long pid = Long.parseLong(app.awaitLine("up ").substring(3));
            order(app, "channel a", "a has [SIGTERM, SIGHUP]");
            app.signal("INT", pid).signal("TERM", pid).awaitLine("a took SIGTERM");
            order(app, "close a", "closed a");
            app.signal("INT", pid).signal("TERM", pid);
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
            assertThat(app.countLines("a took")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(PathKind.class)
    void aJvmThatLeavesSignalsToTheSystemIsDetectedAndSaid(PathKind kind) {
        try (Child app = app().on(kind).jvm("-Xrs").start()) {
            app.tell("channel a");
            assertThat(app.awaitLine("refused"))
                    .contains("cannot take SIGTERM")
                    .contains("-Xrs")
                    .contains("the stop command");
            app.signal("TERM");
            assertThat(app.awaitExit()).as("%s", app).isEqualTo(143);
        }
    }
}
