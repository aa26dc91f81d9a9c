package org.stop4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import java.time.Duration;
import java.util.List;

/** Those who register steps against each other, and against the phase that begins. */
public final class PlanRaces {
    private static final StepWork NOTHING = StepWork.of((Step) deadline -> {});

    private PlanRaces() {}

    /** A step is run or refused. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "registered, and run")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "registered and lost, or refused and run")
    @State
    public static class AddOrBegin {
        private final Plan plan = new Plan(Parts.PHASES);

        @Actor
        public void add(ZZ_Result r) {
            try {
                plan.add(Phase.CLOSE, "step", NOTHING);
                r.r1 = true;
            } catch (StoppingException tooLate) {
                r.r1 = false;
            }
        }

        @Actor
        public void begin(ZZ_Result r) {
            r.r2 = plan.begin(0).size() == 1;
        }
    }

    /** A step that is taken out is not run and not counted, or it is both. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "too late")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "taken out")
    @Outcome(expect = FORBIDDEN, desc = "run without being known, or known without being run")
    @State
    public static class CloseOrBegin {
        private final Plan plan = new Plan(Parts.PHASES);
        private final RegisteredStep step = plan.add(Phase.CLOSE, "step", NOTHING);

        @Actor
        public void close() {
            step.close();
        }

        @Actor
        public void begin(II_Result r) {
            r.r1 = plan.begin(0).size();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = plan.count();
        }
    }

    /** A ceiling that is accepted counts. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "accepted, and seen")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "accepted and not seen, or refused and seen")
    @State
    public static class CeilingOrBegin {
        private final Plan plan = new Plan(Parts.PHASES);
        private final RegisteredStep step = plan.add(Phase.CLOSE, "step", NOTHING);

        @Actor
        public void ceiling(ZZ_Result r) {
            try {
                step.ceiling(Duration.ofSeconds(1));
                r.r1 = true;
            } catch (StoppingException tooLate) {
                r.r1 = false;
            }
        }

        @Actor
        public void begin(ZZ_Result r) {
            List<Planned> its = plan.begin(0);
            r.r2 = its.get(0).ceiling != null;
        }
    }

    /** Of two steps of one name, one is registered. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the first is")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the second is")
    @Outcome(expect = FORBIDDEN, desc = "both or neither")
    @State
    public static class TwoOfOneName {
        private final Plan plan = new Plan(Parts.PHASES);

        private boolean add(Phase phase) {
            try {
                plan.add(phase, "step", NOTHING);
                return true;
            } catch (IllegalArgumentException taken) {
                return false;
            }
        }

        @Actor
        public void one(ZZ_Result r) {
            r.r1 = add(Phase.CLOSE);
        }

        @Actor
        public void other(ZZ_Result r) {
            r.r2 = add(Phase.LAST);
        }
    }

    /** Of two orders that make a circle together, one is refused. */
    @JCStressTest
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the first counts")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the second counts")
    @Outcome(expect = FORBIDDEN, desc = "a circle, or both refused")
    @State
    public static class Circle {
        private final Plan plan = new Plan(Parts.PHASES);
        private final RegisteredStep a = plan.add(Phase.CLOSE, "a", NOTHING);
        private final RegisteredStep b = plan.add(Phase.CLOSE, "b", NOTHING);

        private static boolean order(RegisteredStep step, String other) {
            try {
                step.after(other);
                return true;
            } catch (IllegalArgumentException circle) {
                return false;
            }
        }

        @Actor
        public void one(ZZ_Result r) {
            r.r1 = order(a, "b");
        }

        @Actor
        public void other(ZZ_Result r) {
            r.r2 = order(b, "a");
        }
    }
}
