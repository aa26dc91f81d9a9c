package org.stop4j.netty;

import org.jspecify.annotations.Nullable;
import org.stop4j.Gate;
import org.stop4j.Work;

import java.util.Set;

/**
 * Admits requests at the gate. Thread-safe.
 *
 * @param gate the gate
 * @param uncounted the paths that are served without being counted
 * @param by who admits, for people
 */
record Admission(Gate gate, Set<String> uncounted, String by) {

    /** A request that is to be served; null if it is refused. */
    @Nullable
    Exchange admit(String method, String uri) {
        // Without the query, in which there may be secrets.
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        String name = method + ' ' + path;
        if (uncounted.contains(path)) {
            return new Exchange(method, name, null);
        }
        Work work = gate.tryEnter(name, by).orElse(null);
        return work == null ? null : new Exchange(method, name, work.leaveThread());
    }
}
