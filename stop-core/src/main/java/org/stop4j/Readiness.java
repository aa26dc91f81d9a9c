package org.stop4j;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether the process wants to be sent work: while it is {@link State#RUNNING}, unless somebody in it objects.
 * It is not ready any more from the instant in which a stop or a drain begins, before the first step of
 * {@link Phase#NOTIFY}; after {@link Stop#resume} it is again.
 *
 * <p>What can be asked from outside ({@code /ready}) answers by this. That the process lives, it shows by
 * answering at all.
 *
 * <p>Safe to use from any thread.
 *
 * @see Stop#readiness
 * @since 0.1
 */
public final class Readiness {
    private final Stop stop;
    private final List<Objection> objections = new CopyOnWriteArrayList<>();
    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    Readiness(Stop stop) {
        this.stop = stop;
    }

    /**
     * Tells whether it is ready.
     *
     * @return whether the state is RUNNING, and nobody objects
     */
    public boolean isReady() {
        return stop.state() == State.RUNNING && objections.isEmpty();
    }

    /**
     * Says what keeps it from being ready.
     *
     * @return the state if that is not RUNNING, else the oldest objection, as it was given; empty if it is ready
     */
    public String why() {
        State state = stop.state();
        if (state != State.RUNNING) {
            return state.name();
        }
        for (Objection objection : objections) {
            return objection.because;
        }
        return "";
    }

    /**
     * Objects to being sent work, until the objection is closed: {@code "the cache is cold"}. There may be several
     * at a time, also for the same reason.
     *
     * @param because why, for people; not blank
     * @return the objection, to be withdrawn by closing it
     * @throws IllegalArgumentException if nothing is said
     */
    public Registration notReady(String because) {
        if (Objects.requireNonNull(because, "because").isBlank()) {
            throw new IllegalArgumentException(
                    "because is \"" + because + "\"; allowed: a few words, not blank");
        }
        Objection objection = new Objection(because);
        objections.add(objection);
        tell();
        return objection;
    }

    /**
     * Tells a listener of every change from now on.
     *
     * @param listener what is told
     * @return what ends that when it is closed
     */
    public Registration listen(ReadinessListener listener) {
        Entry entry = new Entry(Objects.requireNonNull(listener, "listener"));
        entries.add(entry);
        entry.states = stop.listen(entry);
        entry.tell(); // what has changed while it was being registered
        return entry;
    }

    private void tell() {
        for (Entry entry : entries) {
            try {
                entry.tell();
            } catch (RuntimeException | Error e) {
                stop.log().warning("listener " + Description.of(entry.listener) + " failed", e);
            }
        }
    }

    private final class Objection implements Registration {
        private final String because;

        private Objection(String because) {
            this.because = because;
        }

        @Override
        public void close() {
            if (objections.remove(this)) {
                tell();
            }
        }
    }

    private final class Entry implements StateListener, Registration {
        private final ReadinessListener listener;
        private volatile Registration states = () -> {};
        /** Of the thread that is in here. */
        private volatile boolean toldReady = isReady();
        // Guarded by this:
        private boolean busy;
        private boolean again;

        private Entry(ReadinessListener listener) {
            this.listener = listener;
        }

        @Override
        public void changed(StateChange change) {
            tell();
        }

        /** One at a time: a thread that finds another in here leaves it what there is to tell. */
        private void tell() {
            if (!begin()) {
                return;
            }
            boolean goesOn = true;
            try {
                while (goesOn) {
                    if (isNews()) {
                        listener.changed(toldReady, toldReady ? "" : why());
                    }
                    goesOn = !end();
                }
            } finally {
                if (goesOn) {
                    giveUp();
                }
            }
        }

        private synchronized boolean begin() {
            again = busy;
            boolean mine = !busy;
            busy = true;
            return mine;
        }

        private boolean isNews() {
            boolean ready = isReady();
            boolean news = ready != toldReady;
            toldReady = ready;
            return news;
        }

        private synchronized boolean end() {
            boolean done = !again;
            busy = !done;
            again = false;
            return done;
        }

        private synchronized void giveUp() {
            busy = false;
            again = false;
        }

        @Override
        public void close() {
            entries.remove(this);
            states.close();
        }

        /** As whoever is told of a change of state is named when it hangs. */
        @Override
        public String toString() {
            return Description.of(listener);
        }
    }
}
