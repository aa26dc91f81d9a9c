package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who learn of changes of state. Thread-safe. What one of them does keeps none of the others from it. */
final class Listeners {
    private final Log log;
    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    Listeners(Log log) {
        this.log = log;
    }

    Registration add(StateListener listener) {
        Entry entry = new Entry(listener);
        entries.add(entry);
        return entry;
    }

    /** Has them all learn of it before what they learn of later. Does not wait, and calls nobody. */
    void expect(StateChange change) {
        for (Entry entry : entries) {
            entry.expect(change);
        }
    }

    /** Tells them what they do not know yet; aside, if there is one, else on this thread. */
    void tell(@Nullable Narrator narrator, @Nullable Aside aside) {
        for (Entry entry : entries) {
            if (aside == null || narrator == null) {
                entry.run();
            } else if (!entry.hangs && !aside.call(entry)) {
                entry.hangs = true;
                narrator.note(
                        "listener " + Description.of(entry.listener) + " hung at " + aside.place()
                                + " and was given up",
                        null);
            }
        }
    }

    private final class Entry implements Registration, Runnable {
        private final StateListener listener;
        // Guarded by this:
        private final Deque<StateChange> expected = new ArrayDeque<>();
        private boolean busy;

        /** Of the thread of the stop alone. */
        private boolean hangs;

        private Entry(StateListener listener) {
            this.listener = listener;
        }

        private synchronized void expect(StateChange change) {
            expected.add(change);
        }

        /** One at a time: a thread that finds another in here leaves it what there is to tell. */
        // Throwable: other languages throw checked exceptions where none is declared.
        @Override
        @SuppressWarnings("CatchingUnchecked")
        public void run() {
            for (StateChange change = next(false); change != null; change = next(true)) {
                try {
                    listener.changed(change);
                } catch (Throwable e) {
                    log.warning("listener " + Description.of(listener) + " failed", e);
                }
            }
        }

        private synchronized @Nullable StateChange next(boolean mine) {
            if (busy && !mine) {
                return null;
            }
            StateChange next = expected.poll();
            busy = next != null;
            return next;
        }

        @Override
        public void close() {
            entries.remove(this);
        }
    }
}
