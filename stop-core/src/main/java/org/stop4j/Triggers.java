package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

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

    /** Of the thread of the stop alone: those that have not returned from a call. */
    private final Set<Trigger.Installed> hanging =
            Collections.newSetFromMap(new IdentityHashMap<>());

    Triggers(Log log) {
        this.log = log;
    }

    void install(Trigger trigger, Stop stop) throws IOException {
        Trigger.Installed one = Objects.requireNonNull(trigger.install(stop), "what was installed");
        synchronized (this) {
            installed.add(one);
        }
    }

    /** The state has changed; tells them on this thread. */
    void tell() {
        for (Trigger.Installed trigger : now()) {
            new Telling(trigger, null, log).run();
        }
    }

    /** The state has changed; tells them aside. */
    void tell(Narrator narrator, Aside aside) {
        call(null, narrator, aside);
    }

    void answer(Report report, Narrator narrator, Aside aside) {
        call(report, narrator, aside);
    }

    /** The answer to be given to all of them by force, on whichever thread. */
    Answer answer(Report report) {
        return new Answer(now(), report, log);
    }

    /** Giving the answer to all. */
    record Answer(List<Trigger.Installed> triggers, Report report, Log log) implements Runnable {
        @Override
        public void run() {
            for (Trigger.Installed trigger : triggers) {
                new Telling(trigger, report, log).run();
            }
        }
    }

    private void call(@Nullable Report report, Narrator narrator, Aside aside) {
        for (Trigger.Installed trigger : now()) {
            // Who was slow once may still have somebody to answer.
            boolean called = report != null || !hanging.contains(trigger);
            if (called && !aside.call(new Telling(trigger, report, log))) {
                hanging.add(trigger);
                narrator.note(
                        "trigger " + Description.of(trigger) + " hung at " + aside.place()
                                + " and was given up",
                        null);
            }
        }
    }

    /** A class rather than a lambda: linking the first one takes 2 ms, which a quick stop would notice. */
    private record Telling(
            Trigger.Installed trigger, @Nullable Report report, Log log) implements Runnable {
        // Throwable: other languages throw checked exceptions where none is declared.
        @Override
        @SuppressWarnings("CatchingUnchecked")
        public void run() {
            try {
                if (report == null) {
                    trigger.changed();
                } else {
                    trigger.stopped(report);
                }
            } catch (Throwable e) {
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

    /** Closing what was taken out, to be called aside. */
    static final class Closing implements Runnable {
        private final List<Trigger.Installed> removed;
        private volatile @Nullable IOException failure;

        Closing(List<Trigger.Installed> removed) {
            this.removed = removed;
        }

        @Override
        public void run() {
            failure = close(removed);
        }

        /** The first failure by now, the others suppressed in it; or null. */
        @Nullable
        IOException failure() {
            return failure;
        }
    }

    synchronized int count() {
        return installed.size();
    }

    /** What each says of itself, a line each; those that were closed are no more. */
    String inLines() {
        StringBuilder lines = new StringBuilder();
        for (Trigger.Installed trigger : now()) {
            lines.append(lines.isEmpty() ? "" : "\n");
            lines.append(Printable.line(Description.of(trigger)));
        }
        return lines.toString();
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
