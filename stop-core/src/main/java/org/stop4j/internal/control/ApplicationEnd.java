package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The application's end of a control directory: holds the lock, takes requests, shows the status, writes
 * the answer, and knows who still waits for it.
 *
 * <p>One thread, {@code stop-control}, looks for requests and calls the {@link Listener}. Safe to use from
 * any thread: {@code guard} protects everything mutable, and is never held while the listener is called.
 */
public final class ApplicationEnd implements Closeable {
    private static final long HOME_CHECK_NANOS = 2_000_000_000L;
    private static final long ATTENTIVE_NANOS = 5_000_000L;
    /** How soon the status tells what has changed: to whoever waits for it, and to whoever may come to look. */
    private static final long STATUS_NANOS = 40_000_000L;

    private static final long IDLE_STATUS_NANOS = 1_000_000_000L;
    private static final long JOIN_MILLIS = 1_000;
    private static final ReentrantLock OPENING = new ReentrantLock();

    private final ControlFiles files;
    private final Listener listener;
    private final Ticker ticker = Ticker.system();
    private final DirectoryWatch watch;
    private final Thread thread = new Thread(this::run, "stop-control");
    private final Guard guard;

    // Guarded by guard:
    private final Home home;
    private final Requesters requesters;
    private final StatusFile status;
    private final AnswerFile answer;
    private final DrainRequests drains;
    /** Whether we have left the place for good: what is answered after that is nobody's. */
    private boolean left;

    /** Written under guard; volatile so that the thread sees it without. */
    private volatile boolean closed;

    /** Whether somebody waits, so that the thread looks every few milliseconds. */
    private volatile boolean attentive;

    /** Whether the status is to be written as soon as nobody waits for anything better. */
    private volatile boolean statusDue;

    // The thread's own; when that has ended, the closing one's:
    private final Intake intake;
    private long statusWritten;

    /** What the application's side tells its owner, on the thread {@code stop-control}; must be quick. */
    public interface Listener extends Notices {

        /** A request to stop was taken; it counts as waiting until {@link #left}. */
        void asked(Request request);

        /**
         * A request to drain or to resume was taken. Called on a thread of its own, since others may have to be
         * told; whoever asked learns that it was done when this returns.
         */
        void askedForMore(Request request);

        /** Whoever made this request has gone, or has what it wants. */
        void left(Request request);

        /** Fills in what the status file shows, by {@code key, value, key, value …}. */
        String[] status();
    }

    private ApplicationEnd(
            ControlFiles files, int ourUid, long startMillis, LockFile lock, Listener listener) {
        this.files = files;
        this.listener = listener;
        String instance = Self.secret();
        guard = new Guard(listener);
        watch = new DirectoryWatch(files.directory, ourUid, listener);
        intake = new Intake(files, ourUid, instance, listener);
        home = new Home(files, ourUid, instance, lock, guard);
        requesters = new Requesters(files, ourUid, guard);
        drains = new DrainRequests(guard, requesters, listener, this);
        status = new StatusFile(files, home, instance, startMillis, guard);
        answer = new AnswerFile(files, instance, guard);
        thread.setDaemon(true);
    }

    /**
     * Takes the place; {@link #start} begins to look for requests.
     *
     * @throws UnusableException if the place cannot be used, saying why; nothing is left behind then
     */
    public static ApplicationEnd open(Path directory, String name, Listener listener)
            throws UnusableException {
        ControlFiles files = new ControlFiles(directory, name);
        // The lock of a file is lost when its process opens it once more; what keeps the second
        // stop in this JVM from that is the status of the first, which must be there by then.
        OPENING.lock();
        try {
            int ourUid = Arrival.uidHere(files);
            LockFile lock = LockFile.acquire(files, ourUid);
            try {
                long startMillis = Self.startMillis();
                new Arrival(files, ourUid, startMillis).clearStaleFiles();
                ApplicationEnd end = new ApplicationEnd(files, ourUid, startMillis, lock, listener);
                end.status.write(listener.status(), List.of()); // nobody else knows it yet
                return end;
            } catch (IOException | RuntimeException e) {
                try {
                    lock.leave();
                } finally {
                    lock.release();
                }
                throw e;
            }
        } catch (UnusableException e) {
            throw e;
        } catch (IOException e) {
            throw new UnusableException(
                    "control directory " + directory + " cannot be used: " + ControlFiles.plain(e),
                    e);
        } finally {
            OPENING.unlock();
        }
    }

    /** Begins to look for requests. */
    public void start() {
        thread.start();
    }

    private void run() {
        intake.rehearse();
        long homeChecked = ticker.nanos();
        statusWritten = homeChecked;
        while (!closed) {
            // Whoever interrupts every thread that he can find does not mean this one, which only
            // close() ends; and a file channel closes itself under an interrupted thread.
            Thread.interrupted();
            long now = ticker.nanos();
            boolean thoroughly = now - homeChecked >= HOME_CHECK_NANOS;
            look(thoroughly);
            attentive = seeWhoLeft();
            if (thoroughly) {
                homeChecked = now;
                isHome();
            }
            if (isTimeForStatus()) {
                statusWritten = ticker.nanos();
                statusDue = false;
                update();
            }
            if (attentive) {
                LockSupport.parkNanos(ATTENTIVE_NANOS);
            } else {
                watch.await();
            }
        }
    }

    private boolean isTimeForStatus() {
        long since = ticker.nanos() - statusWritten;
        return attentive ? since >= STATUS_NANOS : statusDue || since >= IDLE_STATUS_NANOS;
    }

    // ---- requests

    /** Looks for a request; thoroughly, to see also what is there and cannot be one. */
    private void look(boolean thoroughly) {
        // What is in a place that somebody else has taken meanwhile is his.
        if (!intake.holdsSomething(thoroughly) || !isHome()) {
            return;
        }
        Requester requester = intake.take();
        if (requester != null) {
            welcome(requester);
        }
    }

    private void welcome(Requester requester) {
        if (requester.request().ask() != Ask.STOP) {
            drains.carryOut(requester);
            return;
        }
        boolean isNew;
        attentive = true;
        guard.lock();
        try {
            isNew = requesters.add(requester);
            answer.show(requesters.taken());
        } finally {
            guard.unlock();
        }
        if (isNew) {
            listener.asked(requester.request());
        }
        // The status can wait: ext4 writes a file out before it takes the place of another, for 1
        // to 15 ms, and until then nobody can make one in this directory: we the answer, the
        // command its acknowledgement.
        statusWritten = ticker.nanos();
        statusDue = true;
    }

    /** Tells the listener who has gone; returns whether somebody still waits. */
    private boolean seeWhoLeft() {
        List<Requester> left;
        boolean waiting;
        guard.lock();
        try {
            if (!requesters.somebodyWaits()) {
                return false;
            }
            left = requesters.removeGone();
            waiting = requesters.somebodyWaits();
        } finally {
            guard.unlock();
        }
        for (Requester requester : left) {
            listener.left(requester.request());
        }
        return waiting;
    }

    // ---- answers

    /**
     * Writes the answer for everybody who has asked or still will.
     *
     * @param outcome {@code CLEAN}, {@code FAILED} or {@code FORCED}
     * @param summary one line for people
     * @param brief what matters most of the report, as lines for people
     * @param text the report as a block of lines for people
     * @param report the report as JSON, in one line
     */
    public void answer(String outcome, String summary, String brief, String text, String report) {
        // An interrupt would close the file under the writing hand.
        boolean interrupted = Thread.interrupted();
        guard.lock();
        try {
            answer.give(outcome, summary, brief, text, report);
            if (!requesters.taken().isEmpty() && isHome()) {
                answer.show(requesters.taken());
            }
        } finally {
            guard.unlock();
        }
        changed();
        restore(interrupted);
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sees to it that the status is shown anew: now, or, while somebody waits for the stop, which should not wait for
     * a file, soon.
     */
    public void changed() {
        if (attentive) {
            statusDue = true;
        } else {
            update();
        }
    }

    /** Shows the status anew, if it has changed. */
    public void update() {
        boolean interrupted = Thread.interrupted(); // as in answer
        try {
            String[] fields = listener.status();
            guard.lock();
            try {
                status.update(fields, requesters.taken());
            } finally {
                guard.unlock();
            }
        } finally {
            restore(interrupted);
        }
    }

    // ---- the place

    /** Whether the place is ours, if need be because it could be taken anew. */
    private boolean isHome() {
        guard.lock();
        try {
            if (left) {
                return false;
            }
            if (home.inPlace()) {
                status.rewriteIfGone();
                return true;
            }
            boolean taken = home.takeAgain();
            if (taken) {
                status.rewrite();
            }
            watch.renew();
            return taken;
        } finally {
            guard.unlock();
        }
    }

    /**
     * Leaves the place: nothing of ours stays there, but for an answer that somebody still waits for. The
     * lock itself lasts, once an answer was given, for as long as this object does: who keeps it until the
     * process ends lets a command see that end. Calling again does nothing.
     */
    @Override
    public void close() throws IOException {
        guard.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            guard.unlock();
        }
        boolean interrupted = Thread.interrupted(); // as in answer
        try {
            watch.close();
            LockSupport.unpark(thread);
            // Whoever asks at the very last moment finds his answer when we have gone.
            if (joinThread() && answered()) {
                look(true);
            }
            leave();
        } finally {
            restore(interrupted);
        }
    }

    /** Returns whether the thread has ended, so that what was its own is ours. */
    private boolean joinThread() {
        if (Thread.currentThread() == thread) {
            return false;
        }
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private boolean answered() {
        guard.lock();
        try {
            return answer.given();
        } finally {
            guard.unlock();
        }
    }

    /**
     * Who acknowledges while our lock is in the place relies on us to remove the answer; who does it later
     * sees that we have left, and removes it. So we look once more when the lock is gone.
     */
    private void leave() throws IOException {
        guard.lock();
        try {
            left = true;
            boolean wasHome = home.inPlace();
            FileFacts answered = wasHome ? FileFacts.of(files.stopped) : null;
            try {
                if (wasHome) {
                    removeAnswerIfNobodyNeedsIt(answered);
                    Files.deleteIfExists(files.status);
                }
            } finally {
                home.leave(answer.given());
            }
            if (wasHome) {
                removeAnswerIfNobodyNeedsIt(answered);
                Files.deleteIfExists(files.ack);
            }
        } finally {
            try {
                requesters.close();
            } finally {
                guard.unlock();
            }
        }
    }

    private void removeAnswerIfNobodyNeedsIt(@Nullable FileFacts answered) throws IOException {
        requesters.removeGone();
        if (answered != null
                && !requesters.somebodyNeedsTheAnswer()
                && answered.isAt(files.stopped)) {
            Files.deleteIfExists(files.stopped);
        }
    }
}
