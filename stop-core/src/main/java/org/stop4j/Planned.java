package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** A step as it was registered. Guarded by its {@link Plan} until its phase begins; then it does not change. */
final class Planned {
    final String name;
    final Phase phase;
    final Work work;
    final Set<String> after = new LinkedHashSet<>();

    @Nullable
    Duration ceiling;

    Planned(String name, Phase phase, Work work) {
        this.name = name;
        this.phase = phase;
        this.work = work;
    }
}
