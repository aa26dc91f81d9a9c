package org.stop4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import java.util.concurrent.atomic.AtomicInteger;

/** Races that are there on purpose: whoever runs the others must find these, or finds nothing. */
public final class PlantedRaces {
    private PlantedRaces() {}

    /** As {@link StepRaces.EndOrGiveUp}, but each looks at the stage before it sets it. */
    @JCStressTest
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "ended")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "given up")
    @Outcome(expect = FORBIDDEN, desc = "both")
    @State
    public static class LookThenSet {
        private volatile StepRun.Stage stage = StepRun.Stage.RUNNING;

        private boolean move(StepRun.Stage to) {
            if (stage == StepRun.Stage.RUNNING) {
                stage = to;
                return true;
            }
            return false;
        }

        @Actor
        public void giveUp(ZZ_Result r) {
            r.r1 = move(StepRun.Stage.GIVEN_UP);
        }

        @Actor
        public void end(ZZ_Result r) {
            r.r2 = move(StepRun.Stage.ENDED);
        }
    }

    /** As {@link GateRaces.EnterOrClose}, but looking whether it is closed and counting are two steps. */
    @JCStressTest
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "admitted, and counted")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "admitted, and not waited for")
    @State
    public static class LookThenCount {
        private final AtomicInteger count = new AtomicInteger();
        private volatile boolean closed;

        @Actor
        public void enter(ZI_Result r) {
            r.r1 = !closed;
            if (r.r1) {
                count.incrementAndGet();
            }
        }

        @Actor
        public void close(ZI_Result r) {
            closed = true;
            r.r2 = count.get();
        }
    }
}
