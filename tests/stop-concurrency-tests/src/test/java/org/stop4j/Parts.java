package org.stop4j;

import org.stop4j.spi.Time;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Parts of the core, as a {@link Stop} would put them together. */
final class Parts {
    static final List<Phase> PHASES = List.of(Phase.CLOSE, Phase.LAST);
    static final Reason REASON = Reason.of(Reason.Kind.CODE, "a race");

    private Parts() {}

    /** A step about to be run, for which nobody but the caller decides. */
    static StepRun step(StepWork work) {
        Time time = Time.system();
        Deadline whole = Deadline.after(Duration.ofHours(1), time);
        Aside aside = new Aside(time, 1, 1, null);
        Run run = new Run(
                new Plan(PHASES),
                new Budget(Duration.ofHours(1), PHASES, Map.of()),
                time,
                whole,
                REASON,
                Set.of(),
                new Narrator(new Log(), aside),
                new Watchdog(time, whole, 1, () -> {}),
                null);
        return new StepRun(new Planned("step", Phase.CLOSE, work), run, whole);
    }

    /** A time in which no thread that is started ever runs: the caller is alone with what it asks. */
    static final class Still implements Time {
        private final AtomicInteger stops = new AtomicInteger();

        /** How many stops were begun. */
        int stops() {
            return stops.get();
        }

        @Override
        public long nanos() {
            return Time.system().nanos();
        }

        @Override
        public Monitor monitor() {
            return Time.system().monitor();
        }

        @Override
        public Thread thread(Runnable work, String name) {
            return new Thread(work, name) {
                @Override
                public synchronized void start() {
                    if (name.equals("stop")) {
                        stops.incrementAndGet();
                    }
                }
            };
        }
    }
}
