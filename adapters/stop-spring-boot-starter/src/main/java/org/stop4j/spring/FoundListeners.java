package org.stop4j.spring;

import org.springframework.context.Lifecycle;
import org.springframework.context.Phased;
import org.springframework.context.SmartLifecycle;
import org.stop4j.Deadline;
import org.stop4j.Step;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The listener containers of one kind of broker, each stopped in a step of its own: by a registry, one that does not end
 * would be neither named nor limited by itself.
 */
abstract class FoundListeners {
    private final String kind;
    private final Class<? extends SmartLifecycle> type;

    FoundListeners(String kind, Class<? extends SmartLifecycle> type) {
        this.kind = kind;
        this.type = type;
    }

    /** Those in the registry, by their names; none if that is no registry of these. */
    abstract Map<String, ? extends SmartLifecycle> containers(Lifecycle registry);

    /** To be said to one before it is stopped. */
    abstract void prepare(SmartLifecycle container, Deadline deadline);

    /** Puts each in the place of the same bean, or beside the registry that has it, which comes after all of them. */
    final void addTo(Map<String, Lifecycle> running) {
        Map<String, SmartLifecycle> registered = new TreeMap<>();
        running.replaceAll((name, bean) -> {
            Map<String, ? extends SmartLifecycle> its = containers(bean);
            registered.putAll(its);
            if (type.isInstance(bean)) {
                return found(name, type.cast(bean));
            }
            return its.isEmpty() ? bean : after(its.values(), bean);
        });
        registered.forEach((name, container) -> {
            if (container.isRunning()) {
                running.put(
                        running.containsKey(name) ? kind + ' ' + name : name,
                        found(name, container));
            }
        });
    }

    private FoundLifecycle found(String name, SmartLifecycle container) {
        Step stop = new StopLifecycle(container, () -> where(name));
        return new FoundLifecycle(kind, container, container.getPhase(), deadline -> {
            prepare(container, deadline);
            stop.run(deadline);
        });
    }

    /** Stopped at the same time, each would hear of the other that it has stopped, and not wait until it is true. */
    private FoundLifecycle after(
            Collection<? extends SmartLifecycle> containers, Lifecycle registry) {
        int phase = registry instanceof Phased phased ? phased.getPhase() : 0;
        for (SmartLifecycle one : containers) {
            phase = Math.min(phase, one.getPhase());
        }
        return new FoundLifecycle(
                "lifecycle",
                registry,
                Math.max(phase, Integer.MIN_VALUE + 1) - 1,
                new StopLifecycle(registry));
    }

    /** What hangs is one of its threads, which are called after it unless somebody has given it others. */
    private static String where(String name) {
        StringBuilder where = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (thread.getName().startsWith(name + '-')) {
                Place.own(stack)
                        .ifPresent(place -> where.append("; thread \"")
                                .append(thread.getName())
                                .append("\" stands at ")
                                .append(place));
            }
        });
        return where.toString();
    }
}
