package org.stop4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZJ_Result;
import org.openjdk.jcstress.infra.results.ZZJ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;
import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Those who enter and leave, against the closing and against who waits for the last. A wake-up that is lost
 * shows as a round that never ends.
 */
public final class GateRaces {
    /** Two cells of an admission, whose index is not the same. */
    private static final int CELL = 16;

    private static final int OTHER = 32;

    /** The one that is closed last. */
    private static final int LAST_CELL = CELL
            * Math.min(
                    256, Integer.highestOneBit(8 * Runtime.getRuntime().availableProcessors() - 1));

    private static final Duration LONG = Duration.ofHours(1);

    private GateRaces() {}

    private static Admission admission() {
        return new Admission(() -> {});
    }

    private static Gate gate() {
        return new Gate(Time.system(), Log.silent(), () -> {});
    }

    private static boolean awaitEmpty(Gate gate) {
        try {
            return gate.awaitEmpty(LONG);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Who is admitted is counted when the closing has returned; who is refused is not. */
    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "admitted, and counted")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "refused")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "refused, and not yet taken back")
    @Outcome(expect = FORBIDDEN, desc = "admitted, and not waited for")
    @State
    public static class EnterOrClose {
        private final Admission admission = admission();

        @Actor
        public void enter(ZJ_Result r) {
            r.r1 = admission.enter(CELL);
        }

        @Actor
        public void close(ZJ_Result r) {
            admission.close();
            r.r2 = admission.count();
        }
    }

    /** The same at two cells, of which one is closed before the other; afterwards nothing of who was refused is left. */
    @JCStressTest
    @Outcome(id = "true, true, 2", expect = ACCEPTABLE, desc = "both admitted")
    @Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "one")
    @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "none")
    @Outcome(expect = FORBIDDEN, desc = "counted more or fewer than were admitted")
    @State
    public static class TwoCellsOrClose {
        private final Admission admission = admission();

        @Actor
        public void enter(ZZJ_Result r) {
            r.r1 = admission.enter(CELL);
            r.r2 = admission.enter(OTHER);
        }

        @Actor
        public void close() {
            admission.close();
        }

        @Arbiter
        public void after(ZZJ_Result r) {
            r.r3 = admission.count();
        }
    }

    /** Whoever sees it closed and empty sees nobody admitted later. */
    @JCStressTest
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "not yet empty; admitted")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "just closing; refused")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "empty; refused")
    @Outcome(expect = FORBIDDEN, desc = "it was empty, and then one was admitted")
    @State
    public static class EmptyWhileItIsClosed {
        private final Admission admission = admission();

        @Actor
        public void close() {
            admission.close();
        }

        @Actor
        public void lookAndEnter(ZZ_Result r) {
            r.r1 = admission.isClosed() && admission.count() == 0;
            r.r2 = admission.enter(LAST_CELL);
        }
    }

    /** Of two who close at once, each returns when nobody is let in any more. */
    @JCStressTest
    @Outcome(id = "0, false", expect = ACCEPTABLE, desc = "each is refused")
    @Outcome(expect = FORBIDDEN, desc = "one has returned too early")
    @State
    public static class ClosedTwice {
        private final Admission admission = admission();
        private final AtomicInteger admitted = new AtomicInteger();

        private void closeAndEnter() {
            admission.close();
            for (int cell = CELL; cell <= LAST_CELL; cell += CELL) {
                if (admission.enter(cell)) {
                    admitted.incrementAndGet();
                }
            }
        }

        @Actor
        public void one() {
            closeAndEnter();
        }

        @Actor
        public void other() {
            closeAndEnter();
        }

        @Arbiter
        public void after(IZ_Result r) {
            r.r1 = admitted.get();
            r.r2 = admission.enter(CELL);
        }
    }

    /** Two leave, each from a cell of its own; whichever is the last, who waits sees it. */
    @JCStressTest
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "the wait has ended with the last")
    @Outcome(expect = FORBIDDEN, desc = "it has ended with somebody in")
    @State
    public static class LastLeavesOrIsAwaited {
        private final Gate gate = gate();
        private final Work other = gate.enter("other");

        @Actor
        public void leaveAndAwait(ZJ_Result r) {
            gate.enter("one").close();
            gate.close();
            r.r1 = awaitEmpty(gate);
            r.r2 = gate.inFlight();
        }

        @Actor
        public void leave() {
            other.close();
        }
    }

    /** Whoever waits since before the closing sees the last leave, and the closing, in either order. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "the wait has ended")
    @Outcome(expect = FORBIDDEN, desc = "it has ended otherwise")
    @State
    public static class AwaitedSinceBeforeTheClosing {
        private final Gate gate = gate();
        private final Work work = gate.enter("work");

        @Actor
        public void await(Z_Result r) {
            r.r1 = awaitEmpty(gate);
        }

        @Actor
        public void closeAndLeave() {
            gate.close();
            work.close();
        }
    }

    /** One that is admitted for a moment and taken back does not keep who waits. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "the wait has ended")
    @Outcome(expect = FORBIDDEN, desc = "it has ended otherwise")
    @State
    public static class TakenBackOrAwaited {
        private final Gate gate = gate();

        @Actor
        public void closeAndAwait(Z_Result r) {
            gate.close();
            r.r1 = awaitEmpty(gate);
        }

        @Actor
        public void enter() {
            if (gate.tryEnter()) {
                gate.exit();
            }
        }
    }

    /** Work that is closed twice, and that the stop gives up, leaves once: the other stays. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the other is in")
    @Outcome(expect = FORBIDDEN, desc = "counted twice, or not")
    @State
    public static class WorkEndsThrice {
        private final Gate gate = gate();
        private final Work work = gate.enter("work");

        public WorkEndsThrice() {
            gate.enter("the other");
            gate.close();
        }

        @Actor
        public void close() {
            work.close();
        }

        @Actor
        public void giveUpAndClose() {
            work.giveUp();
            work.close();
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = gate.inFlight();
        }
    }

    /** Whoever leaves too often while others come and go at the same cell leaves no count behind. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "nobody is in")
    @Outcome(expect = FORBIDDEN, desc = "a count that nobody will ever take")
    @State
    public static class LeavesTooOften {
        private final Admission admission = admission();

        private void comeAndGo() {
            admission.enter(CELL);
            admission.leave(CELL);
        }

        @Actor
        public void comesAndGoes() {
            comeAndGo();
            comeAndGo();
        }

        @Actor
        public void tooOften() {
            admission.leave(CELL);
            comeAndGo();
            admission.leave(CELL);
        }

        @Arbiter
        public void after(J_Result r) {
            r.r1 = admission.count();
        }
    }

    /** Whoever leaves an empty cell too often hides nobody who comes there at that moment. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "who came is counted")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE,
            desc = "he came first, and another left in his place")
    @Outcome(expect = FORBIDDEN, desc = "another than the cell and all cells tell")
    @State
    public static class LeavesTooOftenAsOneComes {
        private final Admission admission = admission();
        private volatile boolean left;

        @Actor
        public void come() {
            admission.enter(CELL);
        }

        @Actor
        public void tooOften() {
            left = admission.leave(CELL);
        }

        @Arbiter
        public void after(JJ_Result r) {
            r.r1 = admission.count();
            r.r2 = left ? 0 : 1;
        }
    }

    /** Long-lived work is told once, whoever tells it. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "told once")
    @Outcome(expect = FORBIDDEN, desc = "told twice, or not")
    @State
    public static class ToldTwice {
        private final Gate gate = gate();
        private final Work work = gate.enterLongLived("stream", deadline -> {});
        private final AtomicInteger told = new AtomicInteger();

        private void tell() {
            if (work.toTell(0) != null) {
                told.incrementAndGet();
            }
        }

        @Actor
        public void one() {
            tell();
        }

        @Actor
        public void other() {
            tell();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = told.get();
        }
    }

    /**
     * Long-lived work that comes as the gate is closed is refused or told, once: whoever tells it sees it however
     * late it is listed.
     */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "admitted, and told")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "told twice, or though it was refused")
    @State
    public static class LongLivedOrClose {
        private final Gate gate = gate();
        private final AtomicInteger told = new AtomicInteger();

        @Actor
        public void enter(JJ_Result r) {
            r.r1 = gate.tryEnterLongLived("stream", deadline -> {}).isPresent() ? 1 : 0;
        }

        /** What the step that drains does. */
        @Actor
        public void drain(JJ_Result r) {
            gate.close();
            try {
                while (!gate.isEmpty()) {
                    for (Work work : gate.untold()) {
                        if (work.toTell(0) != null) {
                            told.incrementAndGet();
                            work.close();
                        }
                    }
                    gate.awaitNews(Long.MAX_VALUE);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            r.r2 = told.get();
        }
    }
}
