package org.stop4j.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Finds the pods in a document. */
final class Pods {
    private final List<Pod> found = new ArrayList<>();
    /**
     * By identity: lists of lists by aliases would otherwise be looked at a number of times without
     * end.
     */
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Pods() {}

    static List<Pod> in(Value document) {
        Pods pods = new Pods();
        pods.collect(document);
        return pods.found;
    }

    private void collect(Value object) {
        String kind = object.get("kind").text();
        if (kind.endsWith("List")) {
            List<Value> items = object.get("items").items();
            if (seen.add(items)) {
                items.forEach(this::collect);
            }
            return;
        }
        Value spec = switch (kind) {
            case "Pod" -> object.get("spec");
            case "PodTemplate" -> object.path("template", "spec");
            case "CronJob" -> object.path("spec", "jobTemplate", "spec", "template", "spec");
            default -> object.path("spec", "template", "spec");
        };
        if (!spec.get("containers").isMissing()) {
            found.add(new Pod(kind, spec));
        }
    }
}
