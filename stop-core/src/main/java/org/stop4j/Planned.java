package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** A step as it was registered. Guarded by its {@link Plan} until its phase begins; then it does not change. */
final class Planned {
    final String name;
    final Phase phase;
    final StepWork work;
    final Set<String> after = new LinkedHashSet<>();

    @Nullable
    Duration ceiling;

    /** What runs it, once its phase has begun; written by the stop, read by whoever wants to know. */
    volatile @Nullable StepRun run;

    Planned(String name, Phase phase, StepWork work) {
        this.name = name;
        this.phase = phase;
        this.work = work;
    }

    /** Whether all others of its phase come first, but for those that are to come after it. */
    boolean isLast() {
        return work.isLast() || (phase.equals(Phase.NOTIFY) && after.contains(Gate.QUIET_WAIT));
    }
}
