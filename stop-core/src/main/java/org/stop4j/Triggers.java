package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The triggers that were installed for one stop. Whatever one of them throws, the others get their turn.
 *
 * <p>Thread-safe: the lists are guarded by this object, which is not held while a trigger is called.
 */
final class Triggers {
    private final Log log;
    private final List<Trigger.Installed> installed = new ArrayList<>();
    /** Kept, since the lock by which the command sees the process end must not become garbage before. */
    private final List<Trigger.Installed> closed = new ArrayList<>();

    Triggers(Log log) {
        this.log = log;
    }

    void install(Trigger trigger, Stop stop) throws IOException {
        Trigger.Installed one = Objects.requireNonNull(trigger.install(stop), "what was installed");
        synchronized (this) {
            installed.add(one);
        }
    }

    /** The state has changed. */
    void tell() {
        call(null);
    }

    void answer(Report report) {
        call(report);
    }

    // No lambda for the call: linking one takes 2 ms, which a stop with nothing to do would notice.
    private void call(@Nullable Report report) {
        for (Trigger.Installed trigger : now()) {
            try {
                if (report == null) {
                    trigger.changed();
                } else {
                    trigger.stopped(report);
                }
            } catch (RuntimeException | Error e) {
                log.warning("trigger " + Description.of(trigger) + " failed", e);
            }
        }
    }

    private synchronized List<Trigger.Installed> now() {
        return List.copyOf(installed);
    }

    /** Takes out all, in the order of closing: last installed, first closed. */
    List<Trigger.Installed> removeAll() {
        return remove(true);
    }

    /** The same without the signals, which are given back last. */
    List<Trigger.Installed> removeAllButSignals() {
        return remove(false);
    }

    private synchronized List<Trigger.Installed> remove(boolean signalsToo) {
        List<Trigger.Installed> removed = new ArrayList<>();
        for (int i = installed.size() - 1; i >= 0; i--) {
            if (signalsToo || !(installed.get(i) instanceof SignalTrigger.Taken)) {
                removed.add(installed.remove(i));
            }
        }
        closed.addAll(removed);
        return removed;
    }

    /** Closes what was taken out; returns the first failure, the others suppressed in it. */
    static @Nullable IOException close(List<Trigger.Installed> removed) {
        IOException failure = null;
        for (Trigger.Installed trigger : removed) {
            try {
                trigger.close();
            } catch (IOException | RuntimeException | Error e) {
                IOException wrapped = new IOException(
                        "cannot close trigger " + Description.of(trigger) + ": "
                                + Description.of(e),
                        e);
                if (failure == null) {
                    failure = wrapped;
                } else {
                    failure.addSuppressed(wrapped);
                }
            }
        }
        return failure;
    }

    @Override
    public String toString() {
        List<String> names = new ArrayList<>();
        for (Trigger.Installed trigger : now()) {
            names.add(Description.of(trigger));
        }
        return names.toString();
    }
}
