package org.stop4j.testing;

import org.junit.jupiter.api.Assertions;
import org.stop4j.Deadline;
import org.stop4j.Gate;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.StepReport;
import org.stop4j.Stop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.logging.LogRecord;

/**
 * One server with its stop, from its start to its end, and who calls it meanwhile. What every life must
 * end with, whatever the test is about, is looked at when it is closed: the gate is empty, no request
 * was served twice, nothing was counted out twice, and nothing unexpected was logged.
 *
 * <p>Used by the thread of the test.
 */
final class Life implements AutoCloseable {
    /** Far more than anything here takes, on a slow machine as well. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** An answer that was sent before the end of the stop has come by then. */
    private static final Duration LINGERING = Duration.ofSeconds(5);

    /** Starts the server under test. */
    @FunctionalInterface
    interface Starter {
        ServerContract.Server start(Stop stop, ServerContract.Service service) throws Exception;
    }

    final ContractService service = new ContractService();
    final Stop stop;
    final ServerContract.Server server;
    private final ContractTime time = new ContractTime();
    private final RecordingExit exit = new RecordingExit(time);
    private final ContractLog log = new ContractLog();
    private final Predicate<LogRecord> harmless;
    private final List<AutoCloseable> closing = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch notifyMayEnd = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "contract-caller");
        thread.setDaemon(true);
        return thread;
    });
    private boolean stopMayWarn;
    private boolean serverMayWarn;

    Life(Stop.Builder described, Starter starter, Predicate<LogRecord> harmless) throws Exception {
        this.harmless = harmless;
        stop = described.time(time).exit(exit).start();
        boolean started = false;
        try {
            server = starter.start(stop, service);
            closing.add(server);
            started = true;
        } finally {
            if (!started) {
                stop.close();
                log.close();
            }
        }
    }

    // ---- calling

    /** A new client, which is closed with this. */
    ServerContract.Client client() throws Exception {
        return closedAtTheEnd(server.client());
    }

    <T extends AutoCloseable> T closedAtTheEnd(T closeable) {
        closing.add(closeable);
        return closeable;
    }

    /** Calls on a thread beside, by a client of its own. */
    Future<ServerContract.Call> call(String request) {
        return beside(() -> client().call(request));
    }

    /** Does something on a thread beside. */
    <T> Future<T> beside(Callable<T> work) {
        return callers.submit(work);
    }

    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no outcome within " + PATIENCE, e);
        } catch (ExecutionException e) {
            throw new AssertionError("the client has thrown " + e.getCause(), e.getCause());
        }
    }

    /**
     * The outcome; a client that has none soon hangs up. Before the end of the process, a connection may be open
     * that the server has accepted while it was being closed, and knows nothing of.
     */
    static <T> T getOrHangUp(Future<T> future, ServerContract.Client client) throws Exception {
        try {
            return future.get(LINGERING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            client.close();
            return get(future);
        } catch (ExecutionException e) {
            return get(future);
        }
    }

    static void assertAnswered(String request, ServerContract.Call call) {
        Assertions.assertEquals(
                ServerContract.Call.answered(ContractService.answerTo(request)), call, request);
    }

    static void assertRefused(ServerContract.Call call) {
        Assertions.assertEquals(ServerContract.Call.Kind.REFUSED, call.kind(), call::toString);
    }

    // ---- the course of the stop

    /** Keeps the stop in its first phase until it is let go. */
    Life holdNotify() {
        stop.step(Phase.NOTIFY, "held by the contract", deadline -> notifyMayEnd.await());
        return this;
    }

    void letNotifyEnd() {
        notifyMayEnd.countDown();
    }

    /** Begins the stop, and waits for a state. */
    void stopUntil(State state) throws InterruptedException {
        stop.request("by the contract");
        Assertions.assertTrue(stop.await(state, PATIENCE), () -> "state is " + stop.state());
    }

    /** Waits until the process would have ended. */
    Report end() throws InterruptedException {
        stop.request("by the contract");
        Report report =
                stop.await(PATIENCE).orElseThrow(() -> new AssertionError("the stop does not end"));
        exit.await();
        return report;
    }

    /** Waits for the end, which must be a clean one. */
    Report endCleanly() throws InterruptedException {
        Report report = end();
        Assertions.assertEquals(Outcome.CLEAN, report.outcome(), report::toText);
        return report;
    }

    /** Waits for the end, at which the work must be named as what was waited for in vain. */
    StepReport endInVain(String workName) throws InterruptedException {
        stopMayWarn = true;
        Report report = end();
        Assertions.assertEquals(Outcome.FORCED, report.outcome(), report::toText);
        StepReport drain = report.steps().stream()
                .filter(step -> step.name().equals(Gate.STEP))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no step " + Gate.STEP));
        Assertions.assertTrue(drain.detail().contains('"' + workName + '"'), report::toText);
        return drain;
    }

    static void await(String what, BooleanSupplier condition) {
        Deadline deadline = Deadline.after(PATIENCE);
        while (!condition.getAsBoolean()) {
            Assertions.assertFalse(deadline.expired(), "not in time: " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    // ---- the end

    /** The stop has something to warn of. */
    Life stopMayWarn() {
        stopMayWarn = true;
        return this;
    }

    /** The server has something to warn of. */
    Life serverMayWarn() {
        serverMayWarn = true;
        return this;
    }

    @Override
    public void close() throws Exception {
        try (log) {
            service.end();
            letNotifyEnd();
            for (AutoCloseable one : newestFirst()) {
                one.close();
            }
            stop.close();
            callers.shutdown();
            // A stop waits for its logger only for so long; what it says later must not come into
            // the
            // next test.
            await("the threads of the stop have ended", time::isQuiet);
            await("every client has its outcome", () -> isTerminated(callers));
            await("the gate is empty: " + stop.gate().named(), () -> stop.gate().inFlight() == 0);
            Assertions.assertEquals(List.of(), service.begunTwice(), "served twice");
            Assertions.assertEquals(List.of(), log.besides(this::isAllowed), "logged");
        }
    }

    private List<AutoCloseable> newestFirst() {
        List<AutoCloseable> list = new ArrayList<>(closing);
        Collections.reverse(list);
        return list;
    }

    private static boolean isTerminated(ExecutorService executor) {
        return executor.isTerminated();
    }

    private boolean isAllowed(LogRecord record) {
        String logger = String.valueOf(record.getLoggerName());
        boolean ofTheStop = logger.equals("org.stop4j");
        if (ofTheStop && ContractLog.message(record).contains("it changes nothing")) {
            return false; // somebody has left the gate twice
        }
        return (ofTheStop ? stopMayWarn : serverMayWarn) || harmless.test(record);
    }
}
