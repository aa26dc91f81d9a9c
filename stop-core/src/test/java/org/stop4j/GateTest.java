package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.internal.Threads;
import org.stop4j.spi.Time;
import org.stop4j.spi.Trigger;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the gate promises to those who enter; what the stop does with it is in the tests of the engine. */
@Timeout(120)
class GateTest {
    private static final Duration LONG = Duration.ofSeconds(Long.MAX_VALUE);

    private final LogLines log = new LogLines();
    private final LateTime time = new LateTime();
    private final Stop stop = Stop.builder().time(time).exit(Exit.never()).start();
    private final Gate gate = stop.gate();

    @RegisterExtension
    private final Threads threads = new Threads();

    @AfterEach
    void end() {
        stop.close();
        log.close();
    }

    /** The time of the JVM, some time later. */
    private static final class LateTime implements Time {
        private final AtomicLong later = new AtomicLong();

        void pass(Duration span) {
            later.addAndGet(span.toNanos());
        }

        @Override
        public long nanos() {
            return Time.system().nanos() + later.get();
        }

        @Override
        public Monitor monitor() {
            return Time.system().monitor();
        }

        @Override
        public Thread thread(Runnable work, String name) {
            return Time.system().thread(work, name);
        }
    }

    private static Gate alone() {
        return new Gate(Time.system(), Log.silent(), () -> {});
    }

    private void awaitClosed() throws InterruptedException {
        stop.request("");
        assertThat(stop.await(State.STOPPING, Duration.ofSeconds(60))).isTrue();
    }

    private Report awaitStopped() throws InterruptedException {
        return stop.await(Duration.ofSeconds(60)).orElseThrow();
    }

    private String onlyWarning() {
        assertThat(log.warnings()).hasSize(1);
        return log.warnings().get(0);
    }

    // ---- open and closed

    @Test
    void plainWorkIsCountedFromEnterToExit() {
        assertThat(gate.inFlight()).isZero();
        assertThat(gate.tryEnter()).isTrue();
        gate.enter();
        assertThat(gate.inFlight()).isEqualTo(2);
        assertThat(gate.named()).isEmpty();
        gate.exit();
        gate.exit();
        assertThat(gate.inFlight()).isZero();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void itIsOpenWhileTheProcessIsDrainingAndAfterItIsResumed() {
        assertThat(gate.isOpen()).isTrue();
        stop.drain(Reason.of(Reason.Kind.CODE, "a while"));
        assertThat(stop.state()).isEqualTo(State.DRAINING);
        assertThat(gate.isOpen()).isTrue();
        assertThat(gate.tryEnter()).isTrue();
        gate.exit();
        stop.resume(Reason.of(Reason.Kind.CODE, "enough"));
        assertThat(gate.tryEnter()).isTrue();
        gate.exit();
    }

    @Test
    void onceItIsClosedEverythingIsRefusedInItsWayAndCounted() throws Exception {
        gate.enter(); // so that it does not go on to STOPPED
        awaitClosed();

        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.tryEnter()).isFalse();
        assertThat(gate.tryEnter("a")).isEmpty();
        assertThat(gate.tryEnter("b", "by a test")).isEmpty();
        assertThat(gate.tryEnterLongLived("c", deadline -> {})).isEmpty();
        assertThat(gate.refused()).isEqualTo(4);
        assertThatThrownBy(gate::enter)
                .isInstanceOf(StoppingException.class)
                .hasMessage("work is refused: the process is stopping, and its gate is closed");
        assertThatThrownBy(() -> gate.enter("d"))
                .isInstanceOf(StoppingException.class)
                .hasMessageStartingWith("work \"d\" is refused");
        assertThatThrownBy(() -> gate.enterLongLived("e", deadline -> {}))
                .isInstanceOf(StoppingException.class)
                .hasMessageStartingWith("long-lived work \"e\" is refused");
        assertThat(gate.refused()).isEqualTo(7);
        assertThat(gate.inFlight()).isEqualTo(1);

        gate.exit();
        assertThat(awaitStopped().outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void nothingIsRefusedWhileItIsOpen() {
        gate.enter();
        gate.exit();
        gate.enter("a").close();
        assertThat(gate.refused()).isZero();
    }

    @Test
    void afterTheStopItRefusesAndIsEmpty() throws Exception {
        stop.request("");
        awaitStopped();
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.tryEnter()).isFalse();
        assertThat(gate.tryEnter("late")).isEmpty();
        assertThat(gate.inFlight()).isZero();
        assertThat(gate.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void whatTheStopCouldNotWaitForMayLeaveAfterIt() throws Exception {
        try (Stop hasty =
                Stop.builder().timeout(Duration.ofMillis(50)).exit(Exit.never()).start()) {
            Work late = hasty.gate().enter("late");
            hasty.gate().enter();
            hasty.request("");
            Report report = hasty.await();
            assertThat(report.outcome()).isEqualTo(Outcome.FORCED);
            assertThat(hasty.gate().inFlight()).isEqualTo(2);

            late.close();
            hasty.gate().exit();
            assertThat(hasty.gate().inFlight()).isZero();
            // What the stop itself has to say may come only now.
            assertThat(log.warnings()).noneMatch(line -> line.contains("it changes nothing"));
        }
    }

    @Test
    void itCanBeUsedWhileStartIsStillAtWork() throws Exception {
        AtomicLong inFlight = new AtomicLong();
        Trigger early = its -> {
            try (Work work = its.gate().enter("early")) {
                work.with("when", "before start has returned");
                inFlight.set(its.gate().inFlight());
            }
            return () -> {};
        };
        try (Stop other = Stop.builder().trigger(early).exit(Exit.never()).start()) {
            assertThat(inFlight).hasValue(1);
            assertThat(other.gate().inFlight()).isZero();
            other.request("");
            assertThat(other.await().outcome()).isEqualTo(Outcome.CLEAN);
        }
    }

    @Test
    void ofTwoStopsEachHasAGateOfItsOwn() throws Exception {
        try (Stop other = Stop.builder().exit(Exit.never()).start()) {
            assertThat(other.gate()).isNotSameAs(gate).isSameAs(other.gate());
            gate.enter();
            assertThat(other.gate().inFlight()).isZero();
            other.request("");
            other.await();
            assertThat(other.gate().isOpen()).isFalse();
            assertThat(gate.isOpen()).isTrue();
            gate.exit();
        }
    }

    // ---- leaving too often

    @Test
    void toExitMoreOftenThanToEnterChangesNothingAndIsSaidOnceWithThePlace() {
        gate.exit();
        gate.exit();
        gate.enter();
        assertThat(gate.inFlight()).isEqualTo(1);
        gate.exit();
        gate.exit();
        assertThat(gate.inFlight()).isZero();

        assertThat(onlyWarning())
                .startsWith("exit() without an enter() on this thread ("
                        + Thread.currentThread().getName() + ')');
        assertThat(log.thrown().get(0).getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("toExitMoreOftenThanToEnterChangesNothingAndIsSaidOnceWithThePlace");
    }

    @Test
    void toCloseWorkAgainDoesNothingAndIsSaidOnceWithThePlace() {
        gate.enter();
        Work work = gate.enter("export 42");
        work.close();
        work.close();
        work.close();
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(onlyWarning()).startsWith("work \"export 42\" is closed a second time");
        assertThat(log.thrown().get(0).getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains("toCloseWorkAgainDoesNothingAndIsSaidOnceWithThePlace");
        gate.exit();
    }

    @Test
    void toCloseWorkAgainAfterTheClosingDoesNotEmptyTheGateForOthers() throws Exception {
        Work first = gate.enter("first");
        Work second = gate.enter("second");
        awaitClosed();
        first.close();
        first.close();
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.awaitEmpty(Duration.ZERO)).isFalse();
        second.close();
        assertThat(awaitStopped().outcome()).isEqualTo(Outcome.CLEAN);
    }

    // ---- names

    @Test
    void namedWorkIsListedUntilItIsClosedTheOldestFirst() {
        Work first = gate.enter("first");
        time.pass(Duration.ofSeconds(5));
        Work second = gate.tryEnter("second", "by a test").orElseThrow();
        time.pass(Duration.ofSeconds(2));
        Work third = gate.tryEnter("third").orElseThrow();

        List<WorkInFlight> listed = gate.named();
        assertThat(listed)
                .extracting(WorkInFlight::name)
                .containsExactly("first", "second", "third");
        assertThat(listed.get(0).age()).isBetween(Duration.ofSeconds(7), Duration.ofMinutes(2));
        assertThat(listed.get(1).age()).isBetween(Duration.ofSeconds(2), Duration.ofMinutes(2));
        assertThat(gate.inFlight()).isEqualTo(3);
        second.close();
        assertThat(gate.named()).extracting(WorkInFlight::name).containsExactly("first", "third");
        assertThat(listed).hasSize(3); // as of then
        first.close();
        third.close();
        assertThat(gate.named()).isEmpty();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void namesNeedNotBeUnique() {
        try (Work one = gate.enter("same");
                Work other = gate.enter("same")) {
            assertThat(gate.named()).hasSize(2);
            assertThat(one).isNotEqualTo(other);
        }
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void workMayBeClosedOnAnotherThread() throws Exception {
        Work work = gate.enter("elsewhere");
        threads.start(work::close).join();
        assertThat(gate.inFlight()).isZero();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void controlCharactersInNamesAndAttributesAreSpacesAndWhatIsLongIsCut() {
        String longName = "x".repeat(201);
        try (Work work = gate.enter("GET /a\r\nb\u001b[31m\tc").with("k\n", "v\u0000w");
                Work other = gate.enter(longName).with("k", longName);
                Work justFits = gate.enter("x".repeat(200))) {
            assertThat(work.name()).isEqualTo("GET /a  b [31m c");
            assertThat(gate.named().get(0).attributes()).containsExactly(entry("k ", "v w"));
            assertThat(other.name()).isEqualTo("x".repeat(200) + '…');
            assertThat(gate.named().get(1).attributes())
                    .containsExactly(entry("k", "x".repeat(200) + '…'));
            assertThat(justFits.name()).isEqualTo("x".repeat(200));
        }
    }

    private static Map.Entry<String, String> entry(String key, String value) {
        return Map.entry(key, value);
    }

    @Test
    void whatIsSaidOfWorkIsShownInTheOrderOfSayingTheLastOfEachKey() {
        try (Work work = gate.enter("job")) {
            assertThat(work.with("b", "1").with("a", "2").with("b", "3")).isSameAs(work);
            assertThat(gate.named().get(0).attributes())
                    .containsExactly(entry("b", "3"), entry("a", "2"));
            assertThat(gate.named().get(0).toString()).endsWith(" (b=3, a=2)");
        }
    }

    @Test
    void workIsOnTheThreadThatAdmittedItUntilItLeavesThatOrAnotherTakesIt() throws Exception {
        try (Work work = gate.enter("job")) {
            String here = Thread.currentThread().getName();
            assertThat(gate.named().get(0).thread()).isEqualTo(here);
            assertThat(work.leaveThread()).isSameAs(work);
            assertThat(gate.named().get(0).thread()).isEmpty();
            Thread other = threads.start(() -> assertThat(work.takeThread()).isSameAs(work));
            other.join();
            assertThat(gate.named().get(0).thread()).isEqualTo("test");
        }
        assertThat(threads.failures()).isEmpty();
    }

    @Test
    void longLivedWorkIsOnNoThreadAndNotToldWhileTheProcessRuns() {
        AtomicInteger told = new AtomicInteger();
        try (Work stream = gate.enterLongLived("GET /events", deadline -> told.incrementAndGet());
                Work request = gate.enter("GET /")) {
            assertThat(stream.name()).isEqualTo("GET /events");
            assertThat(request.name()).isEqualTo("GET /");
            List<WorkInFlight> listed = gate.named();
            assertThat(listed).extracting(WorkInFlight::longLived).containsExactly(true, false);
            assertThat(listed.get(0).thread()).isEmpty();
            assertThat(gate.inFlight()).isEqualTo(2);
        }
        assertThat(told).hasValue(0);
    }

    @Test
    void longLivedWorkIsToldOnceOnAThreadOfTheStopAndWaitedForUntilItIsClosed() throws Exception {
        AtomicInteger told = new AtomicInteger();
        CountDownLatch heard = new CountDownLatch(1);
        Thread here = Thread.currentThread();
        Work stream = gate.tryEnterLongLived("stream", deadline -> {
                    assertThat(Thread.currentThread()).isNotSameAs(here);
                    assertThat(deadline.remaining()).isPositive();
                    told.incrementAndGet();
                    heard.countDown();
                })
                .orElseThrow();
        awaitClosed();
        heard.await();
        assertThat(stop.await(Duration.ZERO)).isEmpty();
        stream.close();
        assertThat(awaitStopped().outcome()).isEqualTo(Outcome.CLEAN);
        assertThat(told).hasValue(1);
    }

    @Test
    void whereWorkWasAdmittedIsThePlaceOfTheCallerOrWhatTheAdapterSays() {
        try (Work one = gate.enter("one");
                Work two = gate.tryEnter("two").orElseThrow();
                Work three = gate.enterLongLived("three", deadline -> {});
                Work four = gate.tryEnter("four", "by a test").orElseThrow()) {
            for (Work work : List.of(one, two, three)) {
                assertThat(work.origin().frames()).singleElement().satisfies(frame -> {
                    assertThat(frame.getClassName()).isEqualTo(GateTest.class.getName());
                    assertThat(frame.getMethodName())
                            .isEqualTo(
                                    "whereWorkWasAdmittedIsThePlaceOfTheCallerOrWhatTheAdapterSays");
                });
            }
            assertThat(four.origin().thread()).isEqualTo("\"four\" was admitted by a test");
            assertThat(four.origin().frames()).isEmpty();
        }
    }

    @Test
    void whatIsInFlightIsSaidForPeople() {
        WorkInFlight plain = new WorkInFlight(
                "GET /export", Duration.ofMillis(12_300), false, "http-7", Map.of());
        assertThat(plain).hasToString("\"GET /export\" for 12.3 s in http-7");
        WorkInFlight more = new WorkInFlight(
                "job", Duration.ofMillis(12_300), true, "", Map.of("customer", "4711"));
        assertThat(more).hasToString("\"job\" for 12.3 s (customer=4711)");
    }

    @Test
    void whatWasToldOfWorkDoesNotChangeWithItsMap() {
        Map<String, String> map = new HashMap<>(Map.of("a", "1"));
        WorkInFlight told = new WorkInFlight("job", Duration.ZERO, false, "", map);
        map.put("b", "2");
        assertThat(told.attributes()).containsExactly(entry("a", "1"));
        assertThatThrownBy(() -> told.attributes().put("c", "3"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    // ---- waiting

    @Test
    void whoeverWaitsEndsWhenTheLastHasLeftAfterTheClosing() throws Exception {
        gate.enter();
        Work work = gate.enter("work");
        CountDownLatch done = new CountDownLatch(2);
        Thread[] waiting = new Thread[2];
        for (int i = 0; i < 2; i++) {
            waiting[i] = threads.start(() -> {
                assertThat(gate.awaitEmpty(LONG)).isTrue();
                assertThat(gate.inFlight()).isZero();
                done.countDown();
            });
        }
        for (Thread each : waiting) {
            Threads.awaitWaiting(each);
        }
        awaitClosed();
        gate.exit();
        assertThat(done.getCount()).isEqualTo(2);
        work.close();
        done.await();
        assertThat(threads.failures()).isEmpty();
    }

    @Test
    void anEmptyGateThatIsOpenIsNotWhatIsWaitedFor() throws Exception {
        assertThat(gate.awaitEmpty(Duration.ofMillis(1))).isFalse();
        Thread waiting = threads.start(() -> assertThat(gate.awaitEmpty(LONG)).isTrue());
        Threads.awaitWaiting(waiting);
        stop.request("");
        waiting.join();
        assertThat(threads.failures()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aLimitOfNothingOnlyLooks(long seconds) throws Exception {
        Duration limit = Duration.ofSeconds(seconds);
        gate.enter();
        awaitClosed();
        assertThat(gate.awaitEmpty(limit)).isFalse();
        gate.exit();
        assertThat(gate.awaitEmpty(limit)).isTrue();
    }

    @Test
    void whoeverIsInterruptedWaitsNoLongerAndLeavesTheOthersWaiting() throws Exception {
        gate.enter();
        awaitClosed();
        AtomicInteger interrupted = new AtomicInteger();
        Thread gone = threads.start(() -> {
            assertThatThrownBy(() -> gate.awaitEmpty(LONG))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            interrupted.incrementAndGet();
        });
        Thread stays = threads.start(() -> assertThat(gate.awaitEmpty(LONG)).isTrue());
        Threads.awaitWaiting(gone);
        Threads.awaitWaiting(stays);
        gone.interrupt();
        gone.join();
        assertThat(interrupted).hasValue(1);
        assertThat(gate.awaitEmpty(Duration.ofMillis(1))).isFalse(); // gives up, too

        gate.exit();
        stays.join();
        assertThat(threads.failures()).isEmpty();
        assertThat(awaitStopped().outcome()).isEqualTo(Outcome.CLEAN);
    }

    @Test
    void whoeverWaitsForNewsHasThoseThatCameJustBefore() throws Exception {
        Gate its = alone();
        Work stays = its.enter("stays");
        its.enter();
        its.close();
        its.awaitNews(Long.MAX_VALUE); // of the closing
        stays.close(); // none: another is in
        Thread waiting = threads.start(() -> its.awaitNews(Long.MAX_VALUE));
        Threads.awaitWaiting(waiting);
        its.exit();
        waiting.join();
        assertThat(threads.failures()).isEmpty();
    }

    // ---- many

    /** Thousands of times a closing in the instant of an arrival; all that is admitted has left when the wait is over. */
    @ParameterizedTest
    @CsvSource({"1, 10000", "3, 3000"})
    void whatArrivesInTheInstantOfClosingIsRefusedOrWaitedFor(int arriving, int rounds)
            throws Exception {
        Busy[] all = new Busy[rounds];
        Arrays.setAll(all, i -> new Busy());
        Thread[] arrivals = new Thread[arriving];
        for (int t = 0; t < arriving; t++) {
            boolean byName = t == 1;
            arrivals[t] = threads.start(() -> {
                for (Busy each : all) {
                    each.passUntilRefused(byName);
                }
            });
        }
        for (Busy each : all) {
            each.closeAndAwaitEmpty();
        }
        for (Thread each : arrivals) {
            each.join();
        }
        assertThat(threads.failures()).isEmpty();
        for (Busy each : all) {
            assertThat(each.gate.inFlight()).isZero();
            assertThat(each.gate.refused()).isEqualTo(arriving);
        }
    }

    /** A gate through which others pass until it is closed. */
    private static final class Busy {
        private final Gate gate = new Gate(Time.system(), Log.silent(), () -> {});
        private final AtomicInteger inside = new AtomicInteger();
        private final CountDownLatch busy = new CountDownLatch(1);
        private volatile boolean over;

        void passUntilRefused(boolean byName) {
            boolean admitted = true;
            while (admitted) {
                admitted = byName ? passByName() : pass();
            }
        }

        private boolean pass() {
            boolean admitted = gate.tryEnter();
            if (admitted) {
                beInside();
                gate.exit();
            }
            return admitted;
        }

        private boolean passByName() {
            Optional<Work> work = gate.tryEnter("work", "by a test");
            work.ifPresent(its -> {
                beInside();
                its.close();
            });
            return work.isPresent();
        }

        private void beInside() {
            inside.incrementAndGet();
            assertThat(over).isFalse();
            busy.countDown();
            inside.decrementAndGet();
        }

        void closeAndAwaitEmpty() throws InterruptedException {
            busy.await();
            gate.close();
            assertThat(gate.awaitEmpty(Duration.ofSeconds(60))).isTrue();
            over = true;
            assertThat(inside).hasValue(0);
        }
    }

    @Test
    void virtualThreadsEnterAndExitAsOthersDo() throws Exception {
        Java21.needed();
        int many = 10_000;
        CountDownLatch in = new CountDownLatch(many);
        CountDownLatch leave = new CountDownLatch(1);
        ExecutorService executor = Java21.virtualThreadPerTask();
        for (int i = 0; i < many; i++) {
            executor.execute(() -> {
                gate.enter();
                in.countDown();
                try {
                    leave.await(); // it may go on on another carrier
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                gate.exit();
            });
        }
        in.await();
        assertThat(gate.inFlight()).isEqualTo(many);
        leave.countDown();
        executor.shutdown();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.inFlight()).isZero();
        assertThat(log.warnings()).isEmpty();
    }
}
