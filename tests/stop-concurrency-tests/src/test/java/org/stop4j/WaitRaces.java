package org.stop4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.stop4j.internal.Mailbox;
import org.stop4j.internal.Ticker;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Those who wait, and those who listen. A wake-up that is lost shows as a round that never ends. */
public final class WaitRaces {
    private WaitRaces() {}

    /** jcstress calls what throws nothing. */
    private static <T> T uninterrupted(Callable<T> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A hold that two threads close is closed once; the other one stays. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "one is left")
    @Outcome(expect = FORBIDDEN, desc = "counted twice, or not")
    @State
    public static class HoldClosedTwice {
        private final Holds holds = new Holds(Time.system());
        private final Hold hold = holds.add();

        public HoldClosedTwice() {
            holds.add();
        }

        @Actor
        public void one() {
            hold.close();
        }

        @Actor
        public void other() {
            hold.close();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = holds.count();
        }
    }

    /** Whoever waits for the last hold sees it close. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the wait has ended with the hold")
    @Outcome(expect = FORBIDDEN, desc = "the wait has ended with a hold open")
    @State
    public static class HoldClosedOrAwaited {
        private final Holds holds = new Holds(Time.system());
        private final Hold hold = holds.add();

        @Actor
        public void await(I_Result r) {
            holds.awaitNone(Duration.ofHours(1));
            r.r1 = holds.count();
        }

        @Actor
        public void close() {
            hold.close();
        }
    }

    /** A watchdog that is called off does not bite and does not stay. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "called off")
    @Outcome(expect = FORBIDDEN, desc = "bit all the same")
    @State
    public static class WatchdogEnds {
        private final AtomicInteger bites = new AtomicInteger();
        private final Watchdog watchdog = new Watchdog(
                Time.system(), Deadline.after(Duration.ofHours(1)), 1, bites::incrementAndGet);

        @Actor
        public void watch() {
            watchdog.run();
        }

        @Actor
        public void end() {
            watchdog.end();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = bites.get();
        }
    }

    /** A watchdog that waits sees its deadline come nearer. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "bit, once")
    @Outcome(expect = FORBIDDEN, desc = "did not bite, or bit twice")
    @State
    public static class WatchdogIsShortened {
        private final AtomicInteger bites = new AtomicInteger();
        private final Deadline deadline = Deadline.after(Duration.ofHours(1));
        private final Watchdog watchdog =
                new Watchdog(Time.system(), deadline, 1, bites::incrementAndGet);

        @Actor
        public void watch() {
            watchdog.run();
        }

        @Actor
        public void shorten() {
            deadline.shortenTo(Time.system().nanos());
            watchdog.wake();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = bites.get();
        }
    }

    /** Of two who shorten a deadline, the nearer one counts. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the nearer one")
    @Outcome(expect = FORBIDDEN, desc = "it has moved away again")
    @State
    public static class DeadlineShortenedTwice {
        private final Deadline deadline = Deadline.after(Duration.ofHours(1));
        private final long end = deadline.instant();

        @Actor
        public void nearer() {
            deadline.shortenTo(end - 1_000);
        }

        @Actor
        public void near() {
            deadline.shortenTo(end - 500);
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = (end - deadline.instant()) / 1_000;
        }
    }

    /** Two threads tell a listener: it learns of everything, in order, one thing at a time. */
    @JCStressTest
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "all, in order, one at a time")
    @Outcome(expect = FORBIDDEN, desc = "lost, out of order, or two at a time")
    @State
    public static class TwoTell {
        private final Listeners listeners = new Listeners(new Log());
        private final List<org.stop4j.State> told = new ArrayList<>();
        private final AtomicInteger inside = new AtomicInteger();
        private volatile boolean alone = true;

        public TwoTell() {
            listeners.add(change -> {
                alone &= inside.incrementAndGet() == 1;
                told.add(change.to());
                inside.decrementAndGet();
            });
            expect(org.stop4j.State.DRAINING);
        }

        private void expect(org.stop4j.State next) {
            listeners.expect(
                    new StateChange(org.stop4j.State.RUNNING, next, Parts.REASON, Instant.EPOCH));
        }

        @Actor
        public void one() {
            listeners.tell(null, null);
        }

        @Actor
        public void other() {
            expect(org.stop4j.State.STOPPING);
            listeners.tell(null, null);
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r1 = told.size() == 2;
            r.r2 = told.equals(List.of(org.stop4j.State.DRAINING, org.stop4j.State.STOPPING));
            r.r3 = alone;
        }
    }

    /** An item reaches who asked for it, or stays for the next when he takes his question back. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "he got it")
    @Outcome(
            id = "false, true",
            expect = ACCEPTABLE,
            desc = "taken back in time; it is still there")
    @Outcome(expect = FORBIDDEN, desc = "lost, or there twice")
    @State
    public static class ItemOrCancellation {
        private final Mailbox<String> mailbox = new Mailbox<>("mailbox", Ticker.system());
        private final CompletableFuture<String> asked = mailbox.next();

        @Actor
        public void put() {
            mailbox.put("item");
        }

        @Actor
        public void cancel() {
            asked.cancel(false);
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r1 = !asked.isCancelled();
            r.r2 = uninterrupted(() -> mailbox.poll(0)).isPresent();
        }
    }

    /** Two items and two takers: each gets one, and not the same. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "in this order")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "in the other")
    @Outcome(expect = FORBIDDEN, desc = "one got both, or both the same")
    @State
    public static class TwoTakers {
        private final Mailbox<Integer> mailbox = new Mailbox<>("mailbox", Ticker.system());

        public TwoTakers() {
            mailbox.put(1);
            mailbox.put(2);
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = uninterrupted(mailbox::take);
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = uninterrupted(mailbox::take);
        }
    }
}
