package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The application's end of a control directory: holds the lock, takes requests, shows the status, writes
 * the answer, and knows who still waits for it.
 *
 * <p>One thread, {@code stop-control}, looks for requests and calls the {@link Listener}; {@code guard}
 * protects everything mutable, and is never held while the listener is called.
 */
public final class ApplicationEnd implements Closeable {
    private static final long HOME_CHECK_NANOS = 1_000_000_000L;
    private static final long ATTENTIVE_NANOS = 5_000_000L;
    private static final long STATUS_NANOS = 200_000_000L;
    private static final long JOIN_MILLIS = 1_000;
    private static final ReentrantLock OPENING = new ReentrantLock();

    private final ControlFiles files;
    private final Listener listener;
    private final int ourUid;
    private final String instance = Self.secret();
    private final String pid = Self.pid();
    private final long startMillis = Self.startMillis();
    private final Ticker ticker = Ticker.system();
    private final DirectoryWatch watch;
    private final Thread thread = new Thread(this::run, "stop-control");
    private final ReentrantLock guard = new ReentrantLock();

    // Guarded by guard:
    private LockFile lock;
    private final List<LockFile> lostLocks = new ArrayList<>();
    private final List<Requester> requesters = new ArrayList<>();
    private final List<String> taken = new ArrayList<>();
    private @Nullable Message answer;
    private String lastStatus = "";
    private String lastTrouble = "";
    private boolean homeless;
    private final List<String> unsaid = new ArrayList<>();

    /** Written under guard; volatile so that the thread sees it without. */
    private volatile boolean closed;

    /** The thread's own; when that has ended, the closing one's. */
    private String lastIgnored = "";

    /** What the application's side tells its owner, on the thread {@code stop-control}; must be quick. */
    public interface Listener extends Notices {

        /** A request was taken; it counts as waiting until {@link #left}. */
        void asked(Request request);

        /** Whoever made this request has gone, or has what it wants. */
        void left(Request request);

        /** Fills in what the status file shows, by {@code key, value, key, value …}. */
        String[] status();
    }

    private ApplicationEnd(ControlFiles files, int ourUid, LockFile lock, Listener listener) {
        this.files = files;
        this.ourUid = ourUid;
        this.lock = lock;
        this.listener = listener;
        this.watch = new DirectoryWatch(files.directory, ourUid, listener);
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
            int ourUid = uidHere(files);
            LockFile lock = LockFile.acquire(files, ourUid);
            ApplicationEnd end = new ApplicationEnd(files, ourUid, lock, listener);
            try {
                end.clearStaleFiles();
                end.writeStatus();
            } catch (IOException | RuntimeException e) {
                try {
                    lock.leave();
                } finally {
                    lock.release();
                }
                throw e;
            }
            return end;
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

    /** Our own uid is the owner of a file that we made: true in every namespace, container and mount. */
    private static int uidHere(ControlFiles files) throws IOException {
        FileFacts facts = FileFacts.following(files.directory);
        if (facts == null) {
            throw new UnusableException(
                    "control directory " + files.directory
                            + " does not exist; create it, writable only by the application's user, or set STOP_DIR");
        }
        if (!facts.directory()) {
            throw new UnusableException(
                    "control directory " + files.directory + " is not a directory");
        }
        Path probe = files.temporary(Self.newId());
        ControlFiles.create(probe).close();
        try {
            FileFacts ours = FileFacts.of(probe);
            if (ours == null) {
                throw new UnusableException(probe + " vanished as soon as it was made");
            }
            return ours.uid();
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Removes what an earlier instance left, so that a restarted application does not stop at birth. */
    private void clearStaleFiles() throws IOException {
        remove(files.status);
        remove(files.stopped);
        remove(files.ack);
        FileFacts request = FileFacts.of(files.stop);
        if (request != null && !isMeantForUs(request)) {
            remove(files.stop);
        }
        try (DirectoryStream<Path> leftovers =
                Files.newDirectoryStream(files.directory, files.temporaryPattern())) {
            for (Path leftover : leftovers) {
                FileFacts facts = FileFacts.of(leftover);
                // One that is younger than we are may be a command's that is just being written.
                if (facts != null && facts.objection(ourUid) == null && isOlderThanWe(facts)) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    private void remove(Path file) throws IOException {
        FileFacts facts = FileFacts.of(file);
        if (facts == null) {
            return;
        }
        if (facts.directory()) {
            throw new UnusableException(file + " is a directory; remove it");
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            String objection = facts.objection(ourUid);
            throw new UnusableException(
                    file + (objection == null ? "" : " " + objection + ", and")
                            + " cannot be removed (" + ControlFiles.plain(e)
                            + "); use a directory of this user's own (STOP_DIR)",
                    e);
        }
    }

    /** A living command's request that names no other instance, or any that was made after this process. */
    private boolean isMeantForUs(FileFacts facts) throws IOException {
        if (facts.objection(ourUid) != null || facts.size() == 0) {
            return facts.regular() && facts.uid() == ourUid && !isOlderThanWe(facts);
        }
        try (FileChannel channel = ControlFiles.openToRead(files.stop)) {
            Message message = Message.parse(ControlFiles.read(channel), Message.REQUEST);
            return message.get("instance") == null
                    && (Requester.of(message, channel).locked() || !isOlderThanWe(facts));
        } catch (AccessDeniedException e) {
            return !isOlderThanWe(facts);
        } catch (Message.MalformedException e) {
            return false;
        }
    }

    private boolean isOlderThanWe(FileFacts facts) {
        // The kernel's file times lag by up to one tick, a process's start is rounded down to 10
        // ms, and
        // nobody can have asked this process to stop in its first 50 ms.
        return facts.modified().toMillis() < startMillis + 50;
    }

    /** Begins to look for requests. */
    public void start() {
        thread.start();
    }

    private void run() {
        long homeChecked = ticker.nanos();
        long statusWritten = homeChecked;
        while (!closed) {
            // Whoever interrupts every thread that he can find does not mean this one, which only
            // close() ends; and a file channel closes itself under an interrupted thread.
            Thread.interrupted();
            long now = ticker.nanos();
            boolean thoroughly = now - homeChecked >= HOME_CHECK_NANOS;
            look(thoroughly);
            boolean attentive = seeWhoLeft();
            if (thoroughly) {
                homeChecked = now;
                if (isHome()) {
                    update();
                }
            }
            if (attentive && now - statusWritten >= STATUS_NANOS) {
                statusWritten = now;
                update();
            }
            if (attentive) {
                LockSupport.parkNanos(ATTENTIVE_NANOS);
            } else {
                watch.await();
            }
        }
    }

    // ---- requests

    /** Looks for a request; thoroughly, to see also what is there and cannot be one. */
    private void look(boolean thoroughly) {
        // Files.exists with NOFOLLOW_LINKS throws and catches inside: 150 microseconds against 40,
        // ten
        // times a second. The cheap look follows links, so it misses only a link that leads
        // nowhere; a
        // request is never a link, and whatever is seen is judged by lstat.
        boolean there = thoroughly
                ? Files.exists(files.stop, LinkOption.NOFOLLOW_LINKS)
                : files.stop.toFile().exists();
        // What is in a place that somebody else has taken meanwhile is his.
        if (!there || !isHome()) {
            return;
        }
        try {
            Requester requester = take();
            if (requester != null) {
                welcome(requester);
            }
        } catch (IOException e) {
            ignore("cannot be taken (" + ControlFiles.plain(e) + ")");
        }
    }

    /** Takes the request in the place, which means that its file is gone afterwards. */
    private @Nullable Requester take() throws IOException {
        FileFacts facts = FileFacts.of(files.stop);
        if (facts == null) {
            return null;
        }
        String objection = facts.objection(ourUid);
        if (objection != null) {
            ignore(objection);
            return null;
        }
        if (facts.size() == 0) {
            return takeLegacy();
        }
        FileChannel channel = null;
        boolean kept = false;
        try {
            channel = ControlFiles.openToRead(files.stop);
            Message message = Message.parse(ControlFiles.read(channel), Message.REQUEST);
            Requester requester = Requester.of(message, channel);
            Files.deleteIfExists(files.stop);
            kept = instance.equals(message.get("instance", isPlaceSafe() ? instance : ""));
            return kept ? requester : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            if (facts.uid() == ourUid) {
                return takeLegacy();
            }
            throw e;
        } catch (Message.MalformedException e) {
            ignore(String.valueOf(e.getMessage()));
            return null;
        } finally {
            if (channel != null && !kept) {
                channel.close();
            }
        }
    }

    /**
     * Whether an owner proves anything. Where others may rename files, somebody can put any empty file of
     * ours in the place of a request, or exchange one for his own between our look and our reading: there a
     * request must name this instance, which only our user can read from the status. (A command whose
     * request is deleted without being taken places it again, with the name.)
     */
    private boolean isPlaceSafe() throws IOException {
        FileFacts directory = FileFacts.following(files.directory);
        return directory != null && !directory.othersMayMoveFiles();
    }

    private @Nullable Requester takeLegacy() throws IOException {
        if (!isPlaceSafe()) {
            ignore(
                    "is empty, which proves nothing in a directory where others may rename files;"
                            + " make it writable by its owner alone, or use the stop command of this version");
            return null;
        }
        Files.deleteIfExists(files.stop);
        return Requester.legacy();
    }

    private void ignore(String why) {
        String sentence = "ignored " + files.stop + ": it " + why;
        if (!sentence.equals(lastIgnored)) {
            lastIgnored = sentence;
            listener.say(sentence);
        }
    }

    private void welcome(Requester requester) {
        lastIgnored = "";
        boolean isNew;
        Requester superseded;
        guard.lock();
        try {
            isNew = !taken.contains(requester.id());
            if (isNew) {
                taken.add(requester.id());
            }
            superseded = removeRequester(requester.id());
            if (isNew || superseded != null) {
                requesters.add(requester);
            } else {
                superseded = requester; // it has left already
            }
            if (answer != null) {
                publishAnswer(answer);
            }
        } finally {
            unlockAndSay();
        }
        if (superseded != null) {
            closeQuietly(superseded);
        }
        if (isNew) {
            listener.asked(requester.request());
        }
        update();
    }

    /** A request that was placed again: its owner keeps the new file locked, and the old one not for long. */
    private @Nullable Requester removeRequester(String id) {
        for (Requester requester : requesters) {
            if (requester.id().equals(id)) {
                requesters.remove(requester);
                return requester;
            }
        }
        return null;
    }

    /** Tells the listener who has gone; returns whether somebody still waits. */
    private boolean seeWhoLeft() {
        List<Requester> left = new ArrayList<>();
        boolean waiting;
        guard.lock();
        try {
            if (requesters.isEmpty()) {
                return false;
            }
            readAcknowledgement();
            for (Requester requester : requesters) {
                if (requester.gone()) {
                    left.add(requester);
                }
            }
            requesters.removeAll(left);
            waiting = !requesters.isEmpty();
        } finally {
            unlockAndSay();
        }
        for (Requester requester : left) {
            closeQuietly(requester);
            listener.left(requester.request());
        }
        return waiting;
    }

    private void readAcknowledgement() {
        if (!Files.exists(files.ack, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            FileFacts facts = FileFacts.of(files.ack);
            if (facts == null || facts.objection(ourUid) != null) {
                return;
            }
            Message message;
            try (FileChannel channel = ControlFiles.openToRead(files.ack)) {
                message = Message.parse(ControlFiles.read(channel), Message.ACK);
            }
            Files.deleteIfExists(files.ack);
            String id = message.get("id", "");
            for (Requester requester : requesters) {
                if (requester.id().equals(id)) {
                    requester.acknowledge();
                }
            }
        } catch (IOException | Message.MalformedException e) {
            String why = e instanceof IOException io ? ControlFiles.plain(io) : e.getMessage();
            unsaid.add("ignored " + files.ack + ": it " + why);
        }
    }

    private void closeQuietly(Requester requester) {
        try {
            requester.close();
        } catch (IOException e) {
            listener.say("cannot close a request: " + ControlFiles.plain(e));
        }
    }

    // ---- answers

    /**
     * Writes the answer for everybody who has asked or still will.
     *
     * @param outcome {@code CLEAN}, {@code FAILED} or {@code FORCED}
     * @param summary one line for people
     * @param report the report as JSON, in one line
     */
    public void answer(String outcome, String summary, String report) {
        boolean interrupted =
                Thread.interrupted(); // it would close the file under the writing hand
        guard.lock();
        try {
            answer = new Message(Message.STOPPED)
                    .with("instance", instance)
                    .with("pid", pid)
                    .with("outcome", outcome)
                    .with("summary", summary)
                    .with("report", report);
            if (!taken.isEmpty() && isHome()) {
                publishAnswer(answer);
            }
        } finally {
            unlockAndSay();
        }
        update();
        restore(interrupted);
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void publishAnswer(Message message) {
        message.with("requests", String.join(",", taken));
        if (message.bytes().length > ControlFiles.LARGEST) {
            unsaid.add("the report is too long for the command; it gets the outcome alone");
            message.with("report", "").with("summary", "stopped; the report is too long");
        }
        try {
            files.publish(files.stopped, message, Self.newId());
        } catch (IOException e) {
            unsaid.add("cannot write the answer " + files.stopped + " (" + ControlFiles.plain(e)
                    + "); leaves an empty one");
            publishEmptyAnswer();
        }
    }

    /** On a full disk there is often still room for an empty file, which says that we have stopped. */
    private void publishEmptyAnswer() {
        Path temporary = files.temporary(Self.newId());
        try {
            ControlFiles.create(temporary).close();
            ControlFiles.rename(temporary, files.stopped);
        } catch (IOException e) {
            ControlFiles.deleteAfter(e, temporary);
            unsaid.add("cannot leave " + files.stopped + ": " + ControlFiles.plain(e));
        }
    }

    /** Shows the status anew, if it has changed. */
    public void update() {
        boolean interrupted = Thread.interrupted(); // as in answer
        try {
            writeStatus();
            trouble("");
        } catch (IOException e) {
            trouble("cannot write " + files.status + ": " + ControlFiles.plain(e));
        } finally {
            restore(interrupted);
        }
    }

    /** Says it when it is new: what cannot be written now may not be written for hours. */
    private void trouble(String sentence) {
        guard.lock();
        try {
            // The temporary file's name is another one each time.
            String kind = sentence.substring(sentence.lastIndexOf(':') + 1);
            if (!kind.equals(lastTrouble) && !kind.isEmpty()) {
                unsaid.add(sentence);
            }
            lastTrouble = kind;
        } finally {
            unlockAndSay();
        }
    }

    private void writeStatus() throws IOException {
        String[] fields = listener.status();
        guard.lock();
        try {
            String shown = String.join("\n", fields) + taken;
            if (shown.equals(lastStatus) || !lock.inPlace()) {
                return;
            }
            Message status = new Message(Message.STATUS)
                    .with("instance", instance)
                    .with("pid", pid)
                    .with("process", Self.identity())
                    .with("started", Instant.ofEpochMilli(startMillis).toString())
                    .with("requests", String.join(",", taken));
            for (int i = 0; i < fields.length; i += 2) {
                status.with(fields[i], fields[i + 1]);
            }
            files.publish(files.status, status, Self.newId());
            lastStatus = shown;
        } finally {
            guard.unlock();
        }
    }

    // ---- the place

    /**
     * Whether the place is ours. Cleaners of {@code /tmp} delete old files, and people delete directories:
     * then it is taken anew, if it can be.
     */
    private boolean isHome() {
        guard.lock();
        try {
            if (!lock.inPlace()) {
                takeHomeAgain();
                watch.renew();
            } else if (!Files.exists(files.status, LinkOption.NOFOLLOW_LINKS)) {
                lastStatus = "";
            }
            return !homeless;
        } finally {
            unlockAndSay();
        }
    }

    private void takeHomeAgain() {
        try {
            Message status = files.readStatus(ourUid);
            if (status != null && instance.equals(status.get("instance"))) {
                Files.deleteIfExists(
                        files.status); // else it would say that we hold the lock already
            }
            LockFile fresh = LockFile.acquire(files, ourUid);
            // The old one stays locked: a command that has it open would take us for dead.
            lostLocks.add(lock);
            lock = fresh;
            lastStatus = "";
            homeless = false;
            unsaid.add(files.lock + " had been removed; it is there again");
        } catch (IOException e) {
            if (!homeless) {
                homeless = true;
                unsaid.add("the stop command cannot reach this process: " + ControlFiles.plain(e));
            }
        }
    }

    /** Tells the listener what came up under the guard, when this was the last hold of it. */
    private void unlockAndSay() {
        List<String> sentences = List.of();
        if (guard.getHoldCount() == 1) {
            sentences = List.copyOf(unsaid);
            unsaid.clear();
        }
        guard.unlock();
        for (String sentence : sentences) {
            listener.say(sentence);
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
            if (joinThread()) {
                lookOnceMore();
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

    /** Whoever asks at the very last moment finds his answer when we have gone. */
    private void lookOnceMore() {
        if (answered()) {
            look(true);
        }
    }

    private boolean answered() {
        guard.lock();
        try {
            return answer != null;
        } finally {
            guard.unlock();
        }
    }

    private void leave() throws IOException {
        guard.lock();
        try {
            if (lock.inPlace()) {
                if (requesters.isEmpty()) {
                    Files.deleteIfExists(files.stopped);
                }
                Files.deleteIfExists(files.ack);
                Files.deleteIfExists(files.status);
            }
            for (Requester requester : requesters) {
                requester.close();
            }
        } finally {
            try {
                lock.leave();
            } finally {
                if (answer == null) {
                    releaseLocks();
                }
                unlockAndSay();
            }
        }
    }

    private void releaseLocks() throws IOException {
        lock.release();
        for (LockFile lost : lostLocks) {
            lost.release();
        }
    }
}
