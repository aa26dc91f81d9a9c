package org.stop4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.stop4j.Deadline;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;

/**
 * What every adapter for a server promises, as tests against the real server: nothing that was begun is lost,
 * what comes too late is refused politely, and the stop ends by its deadline. For a server that speaks
 * HTTP/1.1 extend {@link HttpServerContract}, which promises more and brings the client along.
 *
 * <p>The author of an adapter extends this class in the tests of the adapter, starts the server as a user of the
 * adapter would ({@link #start}), and bridges two things: the server's handler calls the {@link Service}
 * it is given, and a {@link Client} tells how a call came out. Everything else is here.
 *
 * <p>The tests run in real time, each against a server and a stop of its own, the longest for some seconds; none
 * runs while another test of the JVM does. Each ends with a look at the log: what the stop or anybody else logs at
 * WARNING or above fails it, if the test is not about something of which to warn. That is seen by
 * java.util.logging, to which the stop and most servers log if nothing else is installed; with another {@link
 * System.LoggerFinder} on the class path, every test fails and says so. Of a server that logs by another facade, put
 * that facade's bridge to java.util.logging on the test's class path.
 *
 * <p>A promise that an adapter cannot keep is overridden, and says why: {@code
 * Assumptions.abort("the server cannot ...")}.
 *
 * @since 0.1
 */
@Isolated("looks at everything that is logged")
@Timeout(120)
public abstract class ServerContract {
    /** How many are in flight at once. */
    private static final int MANY = 32;

    static final Reason BY_THE_CONTRACT = Reason.of(Reason.Kind.CODE, "by the contract");

    /** How long each of the two races is played; longer with the system property. */
    private static final Duration RACING =
            Duration.ofSeconds(Integer.getInteger("stop.contract.seconds", 3));

    private static final int RACERS = 8;

    /** For subclasses. */
    protected ServerContract() {}

    // ---- what the adapter's author gives

    /**
     * Starts a server on a free port of the loopback address, and registers it with the stop as a user of
     * the adapter would. Each request is to be served by calling the service, on the thread on which the server runs
     * its handlers, and answered by what that returns; if it throws, as the server does when a handler
     * throws. The server must be able to run 250 at the same time.
     *
     * @param stop the stop, started, not asked for anything
     * @param service what the handlers call
     * @return the server, which accepts connections
     * @throws Exception if it cannot be started; the test fails
     */
    protected abstract Server start(Stop stop, Service service) throws Exception;

    /**
     * Tells how the adapter calls the work of a request, in the log and the report.
     *
     * @param request a request; letters, digits and hyphens
     * @return the name, whole
     */
    protected abstract String workName(String request);

    /**
     * Tells whether the adapter knows which thread does the work, so that the report can show where it stands.
     *
     * @return true, if not overridden
     */
    protected boolean knowsThreads() {
        return true;
    }

    /**
     * Tells how many calls are made around the instants of closing.
     *
     * @return 10000, if not overridden; fewer, but no fewer than five servers' worth, if they take longer than
     *     3 s, or than the system property {@code stop.contract.seconds} says
     */
    protected int rounds() {
        return 10_000;
    }

    /**
     * Tells whether something the server logs at WARNING or above is all right, whatever the test is about.
     *
     * @param logger the name of its logger
     * @param message what is logged
     * @return false, if not overridden
     */
    protected boolean isHarmless(String logger, String message) {
        return false;
    }

    /**
     * What a server's handlers call, in place of what an application does.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Service {

        /**
         * Serves one request. May take long, throw, or not return before the end of the test.
         *
         * @param request what the client has sent: letters, digits and hyphens
         * @return what the client is to get
         * @throws Exception if the test is about handlers that throw, or the thread is interrupted
         */
        String serve(String request) throws Exception;
    }

    /**
     * A server that runs.
     *
     * @since 0.1
     */
    public interface Server extends AutoCloseable {

        /**
         * Makes a client with a connection of its own. May be called by several threads at a time.
         *
         * @return the client; it may connect when it is first used
         * @throws Exception if none can be made; the test fails. That nobody listens is no failure, but the
         *     outcome of the client's next call
         */
        Client client() throws Exception;

        /**
         * Closes the server by its own means, at once, whatever state it is in, and what was started beside it:
         * threads, say. Called at the end of each test, usually after the stop has closed the server; in one
         * test also before the stop, as anybody else in the application might. Closing again does nothing.
         *
         * @throws Exception if it cannot; the test fails
         */
        @Override
        void close() throws Exception;
    }

    /**
     * A client with one connection, which it keeps for as long as the server lets it, as usual clients of the
     * protocol do: if it was told that the connection is to be used no more, it makes a new one for the next
     * call; it never calls twice for one call. Used by one thread at a time, but for {@link #close}.
     *
     * @since 0.1
     */
    public interface Client extends AutoCloseable {

        /**
         * Makes one call, and waits for its outcome, for 20 s at most.
         *
         * @param request the request
         * @return how it came out
         * @throws Exception if that cannot be told; the test fails
         */
        Call call(String request) throws Exception;

        /**
         * Hangs up, also in the middle of a call, whose outcome then does not matter. Closing again does
         * nothing.
         *
         * @throws Exception if it cannot; the test fails
         */
        @Override
        void close() throws Exception;
    }

    /**
     * How a call came out.
     *
     * @param kind in which way
     * @param text the answer; or what else there is to tell, for people
     * @since 0.1
     */
    public record Call(Kind kind, String text) {

        /**
         * In which way.
         *
         * @since 0.1
         */
        public enum Kind {
            /** Completely and, as far as the protocol can tell, rightly. */
            ANSWERED,
            /** By a complete answer that tells, in the protocol's own way, to call elsewhere or again. */
            REFUSED,
            /** In any other way: the connection was cut, or the answer half or wrong. */
            LOST,
            /** Nobody has accepted the connection, so nothing was sent. */
            NOT_CONNECTED
        }

        /**
         * Makes the outcome of a call.
         *
         * @param kind in which way
         * @param text the answer; or what else there is to tell
         */
        public Call {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(text, "text");
        }

        /**
         * Makes the outcome of a call that was answered.
         *
         * @param answer what the client has got
         * @return the outcome
         */
        public static Call answered(String answer) {
            return new Call(Kind.ANSWERED, answer);
        }

        /**
         * Makes the outcome of a call that was refused politely.
         *
         * @param how in which words
         * @return the outcome
         */
        public static Call refused(String how) {
            return new Call(Kind.REFUSED, how);
        }

        /**
         * Makes the outcome of a call that was lost.
         *
         * @param how what happened
         * @return the outcome
         */
        public static Call lost(String how) {
            return new Call(Kind.LOST, how);
        }

        /**
         * Makes the outcome of a call for which there was no connection.
         *
         * @param how what happened
         * @return the outcome
         */
        public static Call notConnected(String how) {
            return new Call(Kind.NOT_CONNECTED, how);
        }
    }

    // ---- in flight

    /**
     * 32 calls are in flight, the stop begins, they end: each is answered.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void whatIsInFlightWhenTheStopBeginsIsAnswered() throws Exception {
        try (Life life = begin()) {
            List<Future<Call>> calls = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                calls.add(life.call("held-" + i));
            }
            life.service.awaitWaiting(MANY);
            life.stopUntil(State.STOPPING);
            assertEquals(MANY, life.stop.gate().inFlight());
            life.service.release();
            for (int i = 0; i < MANY; i++) {
                Life.assertAnswered("held-" + i, Life.get(calls.get(i)));
            }
            life.endCleanly();
        }
    }

    /**
     * While the stop waits for a call, others come, on new connections and on one that was open: they are
     * refused, and no handler sees them.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void whatComesAfterClosingIsRefusedPolitely() throws Exception {
        try (Life life = begin()) {
            Client open = life.client();
            Life.assertAnswered("before", open.call("before"));
            Future<Call> held = life.call("held");
            life.service.awaitWaiting(1);
            life.stopUntil(State.STOPPING);
            Life.assertRefused(open.call("late-on-an-open-connection"));
            Life.assertRefused(Life.get(life.call("late-on-a-new-connection")));
            life.service.release();
            Life.assertAnswered("held", Life.get(held));
            life.endCleanly();
            assertEquals(2, life.service.begun());
        }
    }

    /**
     * Calls come one after the other on eight connections while the gate closes, thousands over many lives of a
     * server: each is answered or refused.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aCallInTheInstantOfClosingIsAnsweredOrRefusedAndNeverLost() throws Exception {
        Deadline enough = Deadline.after(RACING);
        int calls = 0;
        for (int lives = 0; lives < 5 || (calls < rounds() && !enough.expired()); lives++) {
            try (Life life = begin()) {
                // Keeps the server from being closed: what is refused then is another promise.
                Future<Call> held = life.call("held");
                life.service.awaitWaiting(1);
                calls += raceUntilRefused(life);
                life.service.release();
                Life.assertAnswered("held", Life.get(held));
                life.endCleanly();
            }
        }
    }

    private static int raceUntilRefused(Life life) throws Exception {
        CountDownLatch underWay = new CountDownLatch(RACERS);
        List<Future<Integer>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            String racer = "race-" + i + "-";
            racers.add(life.beside(() -> callUntilRefused(life, racer, underWay)));
        }
        // Even if one has failed already: its future tells why.
        boolean all = underWay.await(Life.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        life.stopUntil(State.DRAINING);
        int calls = 0;
        for (Future<Integer> racer : racers) {
            calls += Life.get(racer);
        }
        assertTrue(all, "the calls were slow");
        return calls;
    }

    private static int callUntilRefused(Life life, String racer, CountDownLatch underWay)
            throws Exception {
        try (Client client = life.server.client()) {
            for (int i = 0; ; i++) {
                String request = racer + i;
                Call call = client.call(request);
                if (call.kind() == Call.Kind.REFUSED) {
                    assertFalse(life.service.hasBegun(request), "refused, and served all the same");
                    return i;
                }
                Life.assertAnswered(request, call);
                if (i == 2) {
                    underWay.countDown();
                }
            }
        } finally {
            underWay.countDown();
        }
    }

    /**
     * Calls come while the server closes, with nothing else in flight that would delay that: some find nobody any
     * more, but what a handler has begun is answered completely.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void whatAHandlerHasBegunIsAnsweredHoweverLateItCame() throws Exception {
        Deadline enough = Deadline.after(RACING);
        for (int lives = 0; lives < 5 || (lives < rounds() / 100 && !enough.expired()); lives++) {
            try (Life life = begin()) {
                CountDownLatch underWay = new CountDownLatch(RACERS);
                List<Client> clients = new ArrayList<>();
                List<Future<String>> racers = new ArrayList<>();
                for (int i = 0; i < RACERS; i++) {
                    String racer = "race-" + i + "-";
                    Client client = life.client();
                    clients.add(client);
                    racers.add(life.beside(() -> callUntilOver(life, client, racer, underWay)));
                }
                assertTrue(underWay.await(Life.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
                life.endCleanly();
                for (int i = 0; i < RACERS; i++) {
                    assertEquals("", Life.getOrHangUp(racers.get(i), clients.get(i)));
                }
            }
        }
    }

    /** What was begun and lost; or nothing. */
    private static String callUntilOver(
            Life life, Client client, String racer, CountDownLatch underWay) throws Exception {
        try {
            for (int i = 0; ; i++) {
                String request = racer + i;
                Call call = client.call(request);
                if (call.kind() != Call.Kind.ANSWERED) {
                    return life.service.hasBegun(request) ? request + " " + call : "";
                }
                Life.assertAnswered(request, call);
                if (i == 2) {
                    underWay.countDown();
                }
            }
        } finally {
            underWay.countDown();
        }
    }

    // ---- what goes wrong

    /**
     * A handler throws: the work is counted out, and the stop does not wait for it.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aHandlerThatThrowsLeavesTheGate() throws Exception {
        try (Life life = begin().serverMayWarn()) {
            for (int i = 0; i < 3; i++) {
                Call call = Life.get(life.call("failing-" + i));
                assertFalse(call.kind() == Call.Kind.ANSWERED, call::toString);
            }
            Life.await("the gate is empty", () -> life.stop.gate().inFlight() == 0);
            Life.assertAnswered("after", Life.get(life.call("after")));
            life.endCleanly();
        }
    }

    /**
     * A handler never returns, and ignores interrupts: the stop ends by its deadline, and its report names the call
     * and shows where the handler stands.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aHandlerThatNeverReturnsIsNamedWithItsStackAndTheStopEndsAllTheSame()
            throws Exception {
        try (Life life = begin(soon()).serverMayWarn()) {
            Future<Call> call = life.call("endless");
            life.service.awaitWaiting(1);
            StepReport drain = life.endInVain(workName("endless"));
            if (knowsThreads()) {
                assertTrue(showsTheService(drain), drain.stacks()::toString);
            }
            life.service.end();
            Life.get(call);
        }
        Assumptions.assumeTrue(
                knowsThreads(), "all but the stack: the adapter does not know the thread");
    }

    private static boolean showsTheService(StepReport drain) {
        return drain.stacks().stream()
                .flatMap(stack -> stack.frames().stream())
                .anyMatch(frame -> frame.getClassName().equals(ContractService.class.getName()));
    }

    /**
     * Clients hang up while their calls are in flight: the work is counted out when the handlers have ended, and the
     * stop is clean.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aClientThatHangsUpLeavesTheGateWhenTheHandlerHasEnded() throws Exception {
        try (Life life = begin().serverMayWarn()) {
            for (int i = 0; i < 4; i++) {
                Client client = life.client();
                String request = "held-" + i;
                Future<Call> lost = life.beside(() -> client.call(request));
                life.service.awaitWaiting(1);
                client.close();
                Life.get(lost);
            }
            life.stopUntil(State.STOPPING);
            life.service.release();
            life.endCleanly();
        }
    }

    /**
     * Somebody else has closed the server before the stop: that fails nothing. (What a server says when it is closed
     * under a connection that has just been answered is its own.)
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aServerThatSomebodyElseHasClosedDoesNotFailTheStop() throws Exception {
        try (Life life = begin().serverMayWarn()) {
            Life.assertAnswered("before", Life.get(life.call("before")));
            life.server.close();
            life.endCleanly();
        }
    }

    // ---- around it

    /**
     * Many calls on one connection, one after the other, and on many connections that are closed then: when they are
     * answered, nothing is in flight.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void nothingIsInFlightWhenEverythingIsAnswered() throws Exception {
        try (Life life = begin()) {
            Client one = life.client();
            for (int i = 0; i < 20; i++) {
                Life.assertAnswered("one-" + i, one.call("one-" + i));
            }
            for (int i = 0; i < 20; i++) {
                try (Client another = life.server.client()) {
                    Life.assertAnswered("another-" + i, another.call("another-" + i));
                }
            }
            Life.await("the gate is empty", () -> life.stop.gate().inFlight() == 0);
            life.endCleanly();
        }
    }

    /**
     * During the quiet wait the process is not ready, and serves: on an open connection, on a new one, and on
     * 200 new ones at once.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void duringTheQuietWaitItServesAlsoABurstOfNewConnections() throws Exception {
        Duration quiet = Duration.ofSeconds(2);
        Stop.Builder described = Stop.builder()
                .timeout(Duration.ofSeconds(40))
                .quietWait(Duration.ZERO, quiet, Duration.ofSeconds(15));
        try (Life life = begin(described)) {
            Client open = life.client();
            Life.assertAnswered("before", open.call("before"));
            life.stopUntil(State.DRAINING);
            assertFalse(life.stop.readiness().isReady());
            Life.assertAnswered("on-an-open-connection", open.call("on-an-open-connection"));
            List<Future<Call>> burst = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                burst.add(life.call("burst-" + i));
            }
            for (int i = 0; i < 200; i++) {
                Life.assertAnswered("burst-" + i, Life.get(burst.get(i)));
            }
            Report report = life.endCleanly();
            assertTrue(report.took().compareTo(quiet) >= 0, report::toText);
        }
    }

    /**
     * After the end nobody is served; nobody answers, or who does refuses.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void afterTheEndNobodyIsServed() throws Exception {
        try (Life life = begin()) {
            Life.assertAnswered("before", Life.get(life.call("before")));
            life.endCleanly();
            Call call = Life.get(life.call("after"));
            assertTrue(
                    call.kind() == Call.Kind.REFUSED || call.kind() == Call.Kind.NOT_CONNECTED,
                    call::toString);
            assertEquals(1, life.service.begun());
        }
    }

    /**
     * A drain that is undone has changed nothing: it serves before and after.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aDrainThatIsUndoneHasChangedNothing() throws Exception {
        try (Life life = begin()) {
            Client open = life.client();
            Life.assertAnswered("before", open.call("before"));
            life.stop.drain(BY_THE_CONTRACT);
            Life.assertAnswered("meanwhile", open.call("meanwhile"));
            life.stop.resume(BY_THE_CONTRACT);
            Life.assertAnswered("afterwards", open.call("afterwards"));
            Life.assertAnswered("new", Life.get(life.call("new")));
            life.endCleanly();
        }
    }

    /**
     * Nobody has ever connected: the stop does not wait for anything. The limit of 2 s is to find defaults of a
     * server that waits for seconds.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void aServerThatNobodyHasCalledStopsInLessThanTwoSeconds() throws Exception {
        try (Life life = begin()) {
            assertShort(life.endCleanly());
        }
    }

    /**
     * There are open connections on which nothing happens: the stop does not wait for them.
     *
     * @throws Exception if the test fails
     */
    @Test
    public void idleConnectionsDoNotDelayTheStop() throws Exception {
        try (Life life = begin()) {
            for (int i = 0; i < 10; i++) {
                Life.assertAnswered("idle-" + i, life.client().call("idle-" + i));
            }
            assertShort(life.endCleanly());
        }
    }

    private static void assertShort(Report report) {
        assertTrue(report.took().compareTo(Duration.ofSeconds(2)) < 0, report::toText);
    }

    // ---- how they begin

    /** A stop that does not wait for long. */
    static Stop.Builder soon() {
        return Stop.builder().timeout(Duration.ofSeconds(2));
    }

    private Life begin() throws Exception {
        return begin(Stop.builder());
    }

    private Life begin(Stop.Builder described) throws Exception {
        return new Life(described, this::start, this::isHarmless);
    }

    boolean isHarmless(LogRecord record) {
        return isHarmless(String.valueOf(record.getLoggerName()), ContractLog.message(record));
    }
}
