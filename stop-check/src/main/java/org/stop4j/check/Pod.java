package org.stop4j.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A pod, or what pods are made from. */
final class Pod {
    /** Nobody sends them anything, so nobody asks whether they are ready. */
    private static final Set<String> JOBS = Set.of("Job", "CronJob");

    /** More than any node runs; each is compared with each. */
    static final int MOST_CONTAINERS = 500;

    private final String kind;
    private final Value spec;
    private final List<Container> containers;

    Pod(String kind, Value spec) {
        this.kind = kind;
        this.spec = spec;
        List<Container> all = new ArrayList<>();
        for (Value container : spec.get("containers").items()) {
            all.add(new Container(container));
        }
        for (Value container : spec.get("initContainers").items()) {
            if (container.get("restartPolicy").text().equals("Always")) {
                all.add(new Container(container)); // a sidecar: it is stopped with the pod
            }
        }
        containers = List.copyOf(all);
    }

    Value spec() {
        return spec;
    }

    boolean isJob() {
        return JOBS.contains(kind);
    }

    boolean isTooLarge() {
        return containers.size() > MOST_CONTAINERS;
    }

    /** All that are stopped with the pod. */
    List<Container> containers() {
        return containers;
    }

    /** Those that may hold an application of ours: that tell of it, or all if none does. */
    List<Container> subjects() {
        List<Container> telling =
                containers.stream().filter(Container::tellsOfStop).toList();
        return telling.isEmpty() ? containers : telling;
    }

    /** Where the grace period is said; missing if it is the default. */
    Value graceValue() {
        return spec.get("terminationGracePeriodSeconds");
    }

    /** How long Kubernetes waits before it kills; empty if the manifest does not tell. */
    Optional<Duration> grace() {
        Value value = graceValue();
        if (value.isMissing()) {
            return Optional.of(Times.GRACE);
        }
        return value.number().stream()
                .filter(seconds -> seconds >= 0 && seconds < Integer.MAX_VALUE)
                .mapToObj(Duration::ofSeconds)
                .findFirst();
    }

    /** The volume with this name; missing if there is none. */
    Value volume(String name) {
        for (Value volume : spec.get("volumes").items()) {
            if (volume.get("name").text().equals(name)) {
                return volume;
            }
        }
        return spec.absent();
    }

    /** Whether something that runs before the containers could prepare this volume. */
    boolean isPrepared(String volume) {
        return spec.get("initContainers").items().stream()
                .flatMap(container -> container.get("volumeMounts").items().stream())
                .anyMatch(mount -> mount.get("name").text().equals(volume));
    }
}
