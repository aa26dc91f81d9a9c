package org.stop4j.internal.control;

import java.util.HashSet;
import java.util.Set;

/**
 * Carries out requests to drain and to resume: each once, however often it is placed, which its owner does until it is
 * listed; and on a thread of its own, since others may have to be told, who may hang.
 *
 * <p>Thread-safe.
 */
final class DrainRequests {
    private final Guard guard;
    private final Requesters requesters;
    private final ApplicationEnd.Listener listener;
    private final ApplicationEnd end;
    /** Those that are being carried out; guarded by guard. */
    private final Set<String> underway = new HashSet<>();

    DrainRequests(
            Guard guard,
            Requesters requesters,
            ApplicationEnd.Listener listener,
            ApplicationEnd end) {
        this.guard = guard;
        this.requesters = requesters;
        this.listener = listener;
        this.end = end;
    }

    /** Begins to; nobody is held for it. */
    void carryOut(Requester requester) {
        Request request = requester.request();
        boolean isNew;
        guard.lock();
        try {
            requesters.closeAndSay(requester);
            isNew = !requesters.taken().contains(request.id()) && underway.add(request.id());
        } finally {
            guard.unlock();
        }
        if (isNew) {
            Thread aside =
                    new Thread(new CarryOut(request), "stop-" + request.ask().word());
            aside.setDaemon(true);
            try {
                aside.start();
            } catch (OutOfMemoryError noThreadLeft) {
                isOver(request, false); // it is placed again, and tried again
                listener.say("cannot " + request.ask().word() + " now: no thread can be made");
            }
        }
    }

    private void isOver(Request request, boolean done) {
        guard.lock();
        try {
            underway.remove(request.id());
            if (done) {
                requesters.list(request.id());
            }
        } finally {
            guard.unlock();
        }
    }

    private final class CarryOut implements Runnable {
        private final Request request;

        private CarryOut(Request request) {
            this.request = request;
        }

        @Override
        public void run() {
            boolean done = false;
            try {
                listener.askedForMore(request);
                done = true;
            } finally {
                isOver(request, done);
                end.update();
            }
        }
    }
}
