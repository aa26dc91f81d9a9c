package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.stop4j.Gate;
import org.stop4j.Phase;
import org.stop4j.State;
import org.stop4j.Stop;
import org.stop4j.Work;
import org.stop4j.testing.HttpServerContract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The contracts of stop-testing find what is wrong: each of these adapters has one fault, and fails the test that is to find
 * it; without the fault, the same test passes. (Here and not with the other tests of stop-testing, because those
 * have loggers of their own.)
 */
class ContractsTest {
    /** What an adapter may do wrongly, and the promise that it breaks. */
    enum Fault {
        COUNTS_NOTHING("whatIsInFlightWhenTheStopBeginsIsAnswered"),
        CLOSES_WITHOUT_WAITING("whatIsInFlightWhenTheStopBeginsIsAnswered"),
        WARNS("whatIsInFlightWhenTheStopBeginsIsAnswered"),
        CUTS_OFF_WHAT_IT_REFUSES("whatComesAfterClosingIsRefusedPolitely"),
        CUTS_OFF_IN_THE_RACE("aCallInTheInstantOfClosingIsAnsweredOrRefusedAndNeverLost"),
        LEAVES_BEFORE_THE_ANSWER("whatAHandlerHasBegunIsAnsweredHoweverLateItCame"),
        LEAVES_TWICE("aHandlerThatThrowsLeavesTheGate"),
        NAMES_IT_OTHERWISE("aHandlerThatNeverReturnsIsNamedWithItsStackAndTheStopEndsAllTheSame"),
        FORGETS_THE_THREAD("aHandlerThatNeverReturnsIsNamedWithItsStackAndTheStopEndsAllTheSame"),
        SHOWS_THE_QUERY("anAnswerHalfWrittenAtTheDeadlineIsNamedWithoutItsQuery"),
        REFUSES_TOO_EARLY("duringTheQuietWaitItServesAlsoABurstOfNewConnections"),
        CLOSES_SLOWLY("aServerThatNobodyHasCalledStopsInLessThanTwoSeconds"),
        REFUSES_WITHOUT_RETRY_AFTER("afterClosingARequestGets503RetryAfterAndConnectionClose"),
        ALWAYS_CLOSES_CONNECTIONS("beforeTheStopNoAnswerClosesItsConnection"),
        NEVER_CLOSES_CONNECTIONS("fromNotifyOnEveryAnswerClosesItsConnection"),
        DECIDES_TO_CLOSE_AT_THE_BEGINNING("fromNotifyOnAnswersOfEveryKindCloseTheirConnection"),
        DOES_NOT_WAIT_FOR_DETACHED_ONES("aDetachedRequestIsWaitedForUntilItIsComplete"),
        NONE("");

        private final String promise;

        Fault(String promise) {
            this.promise = promise;
        }
    }

    /** That of the adapter that runs now; one at a time, and read when its server is started. */
    private static volatile Fault current = Fault.NONE;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsFoundByTheTestOfItsPromise(Fault fault) {
        TestExecutionSummary faulty = run(fault, fault.promise);
        assertThat(faulty.getTestsFailedCount()).as("failed with the fault").isEqualTo(1);
        TestExecutionSummary right = run(Fault.NONE, fault.promise);
        assertThat(right.getFailures()).as("failed without it").isEmpty();
        assertThat(right.getTestsSucceededCount()).isEqualTo(1);
    }

    private static TestExecutionSummary run(Fault fault, String test) {
        current = fault;
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectMethod(Adapter.class, test))
                .build();
        LauncherFactory.create().execute(request, summary);
        return summary.getSummary();
    }

    /** One that is right but for its fault. */
    @Tag("run-within")
    static final class Adapter extends HttpServerContract {
        @Override
        protected int rounds() {
            return 1000;
        }

        @Override
        protected boolean canDetach() {
            return true;
        }

        @Override
        protected Listening serve(Stop stop, Handler handler) throws IOException {
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            HttpServer server = HttpServer.create(anyPort, 256);
            ExecutorService threads = Executors.newCachedThreadPool();
            Fault fault = current;
            server.setExecutor(threads);
            server.createContext(
                    "/", exchange -> new OneRequest(stop, fault, exchange).serve(handler));
            server.start();
            stop.gate();
            var step = stop.step(Phase.DRAIN, "server", deadline -> {
                if (fault == Fault.CLOSES_SLOWLY) {
                    new CountDownLatch(1).await(2100, TimeUnit.MILLISECONDS);
                }
                if (fault == Fault.WARNS) {
                    System.getLogger("server").log(System.Logger.Level.WARNING, "closing");
                }
                server.stop(0);
            });
            if (fault != Fault.CLOSES_WITHOUT_WAITING) {
                step.after(Gate.STEP);
            }
            return new Listening(server.getAddress().getPort(), () -> {
                server.stop(0);
                threads.shutdownNow();
            });
        }
    }

    private static final class OneRequest implements HttpServerContract.Exchange {
        private final Stop stop;
        private final Fault fault;
        private final HttpExchange exchange;
        private final boolean stoppingAtTheBeginning;
        private Optional<Work> work = Optional.empty();
        private boolean detached;

        private OneRequest(Stop stop, Fault fault, HttpExchange exchange) {
            this.stop = stop;
            this.fault = fault;
            this.exchange = exchange;
            stoppingAtTheBeginning = isStopping();
        }

        private boolean isStopping() {
            return stop.state() != State.RUNNING;
        }

        private void serve(HttpServerContract.Handler handler) throws IOException {
            if (fault != Fault.COUNTS_NOTHING) {
                work = stop.gate().tryEnter(name(), "by the test");
                if (work.isEmpty() || (fault == Fault.REFUSES_TOO_EARLY && isStopping())) {
                    refuse();
                    return;
                }
            }
            if (fault == Fault.FORGETS_THE_THREAD) {
                work.ifPresent(Work::leaveThread);
            }
            boolean thrown = true;
            try {
                handler.handle(this);
                thrown = false;
            } finally {
                if (thrown || !detached) {
                    complete();
                } else if (fault == Fault.DOES_NOT_WAIT_FOR_DETACHED_ONES) {
                    work.ifPresent(Work::close);
                }
            }
        }

        private String name() {
            String path = exchange.getRequestURI().getPath();
            return switch (fault) {
                case NAMES_IT_OTHERWISE -> "a request";
                case SHOWS_THE_QUERY -> "GET " + exchange.getRequestURI();
                default -> exchange.getRequestMethod() + " " + path;
            };
        }

        private void refuse() throws IOException {
            work.ifPresent(Work::close);
            try (exchange) {
                boolean cut = fault == Fault.CUTS_OFF_WHAT_IT_REFUSES
                        || fault == Fault.CUTS_OFF_IN_THE_RACE;
                if (!cut) {
                    exchange.getRequestBody().readAllBytes();
                    if (fault != Fault.REFUSES_WITHOUT_RETRY_AFTER) {
                        exchange.getResponseHeaders().set("Retry-After", "1");
                    }
                    exchange.getResponseHeaders().set("Connection", "close");
                    exchange.sendResponseHeaders(503, -1);
                }
            }
        }

        @Override
        public String path() {
            return exchange.getRequestURI().getPath();
        }

        @Override
        public InputStream body() {
            return exchange.getRequestBody();
        }

        @Override
        public OutputStream answer(int status, long length) throws IOException {
            if (fault == Fault.LEAVES_BEFORE_THE_ANSWER) {
                work.ifPresent(Work::close);
                work = Optional.empty();
                // Long enough that somebody is in here when the stop begins, on any machine.
                if (awaits(State.STOPPING, Duration.ofMillis(20))) {
                    awaits(State.STOPPED, Duration.ofSeconds(1));
                }
            }
            boolean closes = switch (fault) {
                case ALWAYS_CLOSES_CONNECTIONS -> true;
                case NEVER_CLOSES_CONNECTIONS -> false;
                case DECIDES_TO_CLOSE_AT_THE_BEGINNING -> stoppingAtTheBeginning;
                default -> isStopping();
            };
            if (closes) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(status, length == 0 ? -1 : Math.max(0, length));
            return exchange.getResponseBody();
        }

        private boolean awaits(State state, Duration limit) throws IOException {
            try {
                return stop.await(state, limit);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void detach() {
            detached = true;
            work.ifPresent(Work::leaveThread);
        }

        @Override
        public void complete() {
            exchange.close();
            work.ifPresent(Work::close);
            if (fault == Fault.LEAVES_TWICE) {
                work.ifPresent(Work::close);
            }
        }
    }
}
