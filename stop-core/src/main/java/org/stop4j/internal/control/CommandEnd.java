package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The command's end of a control directory: places the request, waits for the answer, and notices at once
 * when the application dies.
 *
 * <p>The request is idempotent: it carries an id, the application's status lists the ids it has taken,
 * and a request that vanished without being listed is placed again. So neither two commands at a time nor
 * an application that clears the place as it starts can lose one.
 *
 * <p>Used by one thread, once.
 */
public final class CommandEnd implements Closeable {
    /** Between two looks: a quarter of the time already spent, within these limits; most stops are short. */
    private static final long SHORTEST_PAUSE_NANOS = 1_000_000L;

    private static final long LONGEST_PAUSE_NANOS = 10_000_000L;
    /** How long a free lock that we have never seen held may still be one that is just being taken. */
    private static final long STARTING_NANOS = 300_000_000L;
    /** How long a request may be gone from the place before the status lists it. */
    private static final long LISTING_NANOS = 200_000_000L;
    /** How long somebody else's untaken request is left in the place. */
    private static final long COURTESY_NANOS = 1_000_000_000L;

    private final ControlFiles files;
    private final Order order;
    private final Consumer<String> notices;
    private final Ticker ticker = Ticker.system();
    private final String id = Self.newId();
    private final String pid = Self.pid();
    private final Path temporary;

    /** The uid whose files count: ours, or for root the one who owns a directory that only he can write to. */
    private int trustedUid = -1;

    private int ourUid = -1;

    /** The application's lock file, open for as long as we look; null while there is none. */
    private @Nullable FileChannel lock;

    private @Nullable FileFacts lockFacts;
    private boolean everAlive;
    private boolean saidLegacy;
    private @Nullable String instance;
    private String applicationPid = "";

    /** Our request, open and locked until {@link #close} or our end: by that the application sees us live. */
    private @Nullable FileChannel request;

    /** The one before, when the request had to be placed again: it is let go of when the request is placed once more. */
    private @Nullable FileChannel previousRequest;

    private @Nullable FileFacts requestFacts;
    private boolean placed;
    /** Another command's request was in the place of ours: it was not ours that was taken. */
    private boolean displaced;

    private boolean listed;
    private long goneSince;

    private @Nullable FileFacts otherRequest;
    private long otherSince;

    private @Nullable FileFacts oldAnswer;
    private String lastSaid = "";

    /**
     * What the command wants.
     *
     * @param reason why, for the application's log and report; may be empty
     * @param timeoutNanos how long to wait at most
     * @param until what to wait for
     */
    public record Order(String reason, long timeoutNanos, Until until) {}

    /** What to wait for. */
    public enum Until {
        /** The application has taken the request. */
        TAKEN,
        /** The application says that it has stopped. */
        STOPPED,
        /** Its process has ended. */
        EXITED
    }

    /** How it came out. */
    public enum Result {
        /** What was waited for has happened, and the stop was clean. */
        CLEAN,
        /** The application has stopped, but steps failed or were forced. */
        UNCLEAN,
        /** What was waited for did not happen in time. */
        TIMED_OUT,
        /** There is no application, or it ended without an answer. */
        NO_APPLICATION,
        /** The control directory cannot be used, or is not ours to use. */
        NOT_PERMITTED
    }

    /**
     * The end of it.
     *
     * @param result how it came out
     * @param message one sentence for people
     * @param report the application's report as JSON, or empty
     */
    public record Ending(Result result, String message, String report) {}

    private enum Application {
        /** Its lock is held. */
        ALIVE,
        /** There is a lock that nobody holds. */
        DEAD,
        /** There is no lock: none at all, or a legacy one. */
        UNKNOWN
    }

    /** Prepares; touches no file. The notices get, one by one, the sentences that a person should know. */
    public CommandEnd(Path directory, String name, Order order, Consumer<String> notices) {
        this.files = new ControlFiles(directory, name);
        this.order = order;
        this.notices = notices;
        this.temporary = files.temporary(id);
    }

    /** Asks and waits. Whatever the ending, no request of ours stays behind that nobody has taken. */
    public Ending run() throws InterruptedException {
        try {
            throwIfInterrupted();
            prepare();
            return converse();
        } catch (ClosedByInterruptException e) {
            // A file channel says it in its own way, and leaves the flag set.
            Thread.interrupted();
            throw new InterruptedException();
        } catch (UnusableException e) {
            return new Ending(Result.NOT_PERMITTED, String.valueOf(e.getMessage()), "");
        } catch (IOException e) {
            return new Ending(
                    Result.NOT_PERMITTED,
                    "control directory " + files.directory + " cannot be used: "
                            + ControlFiles.plain(e),
                    "");
        } finally {
            withdraw();
        }
    }

    private void prepare() throws IOException {
        FileFacts directory = FileFacts.following(files.directory);
        if (directory == null) {
            throw new UnusableException("control directory " + files.directory + " does not exist");
        }
        if (!directory.directory()) {
            throw new UnusableException(
                    "control directory " + files.directory + " is not a directory");
        }
        request = ControlFiles.create(temporary);
        FileFacts ours = FileFacts.of(temporary);
        if (ours == null) {
            throw new UnusableException(temporary + " vanished as soon as it was made");
        }
        ourUid = ours.uid();
        trustedUid = ourUid == 0 && directory.onlyOwnerWrites() ? directory.uid() : ourUid;
        oldAnswer = FileFacts.of(files.stopped);
        checkAnswerFile(oldAnswer);
    }

    private void checkAnswerFile(@Nullable FileFacts facts) throws UnusableException {
        String objection = facts == null ? null : facts.objection(trustedUid);
        if (objection != null) {
            throw new UnusableException(files.stopped + " " + objection);
        }
    }

    private Ending converse() throws IOException, InterruptedException {
        long start = ticker.nanos();
        long deadSince = start;
        while (true) {
            Ending ending = answer();
            Application application = application();
            boolean ended = everAlive && application != Application.ALIVE;
            if (ending == null && ended) {
                ending = answer(); // it may have answered and ended between our two looks
            }
            if (ending != null) {
                return afterAnswer(ending, start);
            }
            long now = ticker.nanos();
            deadSince = application == Application.DEAD ? deadSince : now;
            if (ended || now - deadSince >= STARTING_NANOS) {
                return new Ending(Result.NO_APPLICATION, whoDied(), "");
            }
            if (application == Application.UNKNOWN) {
                if (order.until() == Until.TAKEN) {
                    return new Ending(
                            Result.NO_APPLICATION,
                            whoDied() + ", so nobody would take the request",
                            "");
                }
                sayLegacy();
            }
            if (application != Application.DEAD) {
                seeToRequest(application, now);
            }
            if (order.until() == Until.TAKEN && listed) {
                return new Ending(Result.CLEAN, "asked: " + who() + " has taken the request", "");
            }
            if (now - start >= order.timeoutNanos()) {
                return timedOut(application);
            }
            pause(start);
        }
    }

    private void pause(long start) throws InterruptedException {
        long spent = ticker.nanos() - start;
        long pause = Math.max(SHORTEST_PAUSE_NANOS, Math.min(spent / 4, LONGEST_PAUSE_NANOS));
        LockSupport.parkNanos(Math.max(1, Math.min(pause, order.timeoutNanos() - spent)));
        throwIfInterrupted();
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- the application

    private Application application() throws IOException {
        FileChannel current = lock;
        if (current == null) {
            current = openLock();
            if (current == null) {
                return Application.UNKNOWN;
            }
        }
        if (isHeld(current)) {
            everAlive = true;
            return Application.ALIVE;
        }
        FileFacts there = FileFacts.of(files.lock);
        if (lockFacts != null && !lockFacts.sameFile(there)) {
            // Removed, or made anew. What holds the new one is looked at next time.
            current.close();
            lock = null;
            return there == null ? Application.UNKNOWN : Application.DEAD;
        }
        return Application.DEAD;
    }

    private @Nullable FileChannel openLock() throws IOException {
        FileFacts facts = FileFacts.of(files.lock);
        if (facts == null) {
            return null;
        }
        String objection = facts.objection(trustedUid);
        if (objection != null) {
            throw othersLock(objection, null);
        }
        Message status = files.readStatus(trustedUid);
        if (status != null && Self.identity().equals(status.get("process"))) {
            throw new IllegalStateException(
                    "the application at " + files.directory + " is this process itself, which"
                            + " would lose its lock by looking at it; use Stop.request");
        }
        try {
            lock = ControlFiles.openToRead(files.lock);
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw othersLock("belongs to uid " + facts.uid() + " and cannot be opened", e);
        }
        lockFacts = facts;
        return lock;
    }

    private UnusableException othersLock(String objection, @Nullable IOException cause) {
        return new UnusableException(
                files.lock + " " + objection
                        + "; to stop an application of another user, run the command as that user",
                cause);
    }

    private static boolean isHeld(FileChannel channel) throws IOException {
        try {
            FileLock free = channel.tryLock(0, Long.MAX_VALUE, true);
            if (free == null) {
                return true;
            }
            free.release();
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    private void sayLegacy() {
        if (!saidLegacy) {
            saidLegacy = true;
            notices.accept("no application holds " + files.lock
                    + "; if there is one of an older kind, it will see the request");
        }
    }

    private String who() {
        return applicationPid.isEmpty()
                ? "the application at " + files.directory
                : "the application (pid " + applicationPid + ")";
    }

    private String whoDied() {
        if (everAlive) {
            return who() + " ended before it answered";
        }
        return "no application: nobody holds " + files.lock;
    }

    private Ending timedOut(Application application) {
        String waited = "timed out after " + order.timeoutNanos() / 1_000_000 + " ms: ";
        if (application == Application.UNKNOWN) {
            return new Ending(
                    Result.NO_APPLICATION,
                    waited + "nobody answered in " + files.directory
                            + "; no application is there, or one of an older kind"
                            + " has not finished",
                    "");
        }
        Message status = files.readStatus(trustedUid);
        String doing = status == null
                ? ""
                : " (" + status.get("state", "state unknown") + status.get("waiting-for", "") + ")";
        String what = listed
                ? " has taken the request and has not finished"
                : " has not taken the request";
        return new Ending(Result.TIMED_OUT, waited + who() + what + doing, "");
    }

    // ---- the request

    /** Sees that our request is in the place, or has been taken. */
    private void seeToRequest(Application application, long now) throws IOException {
        if (listed) {
            return;
        }
        FileFacts there = FileFacts.of(files.stop);
        if (there == null) {
            if (!placed) {
                place(application);
            } else if (displaced) {
                placeAgain(application);
            } else if (!isListed()) {
                if (goneSince == 0) {
                    goneSince = now;
                } else if (now - goneSince >= LISTING_NANOS) {
                    placeAgain(application);
                }
            }
            return;
        }
        goneSince = 0;
        displaced = placed && !there.sameFile(requestFacts);
        if (there.sameFile(requestFacts)) {
            return;
        }
        if (there.regular()
                && (there.uid() == trustedUid || there.uid() == ourUid || there.uid() == 0)) {
            letOthersGoFirst(application, there, now);
        } else {
            throw new UnusableException(
                    files.stop + " " + there.objection(trustedUid) + "; remove it");
        }
    }

    private void letOthersGoFirst(Application application, FileFacts there, long now)
            throws IOException {
        if (!there.sameFile(otherRequest)) {
            otherRequest = there;
            otherSince = now;
        }
        // Where nobody is there to take it, it is one of a dead command. If it is in the place of
        // ours, though, another command lives: whichever is there makes the application stop.
        if (application == Application.UNKNOWN ? !placed : now - otherSince >= COURTESY_NANOS) {
            place(application);
        }
    }

    private void place(Application application) throws IOException {
        if (application == Application.ALIVE) {
            readInstance();
        } else if (!placed) {
            forgetOldLegacyAnswer();
        }
        FileChannel channel = request;
        // A file that was taken, or that a starting application has cleared away, is of no more
        // use.
        if (channel == null || placed || FileFacts.of(temporary) == null) {
            channel = ControlFiles.create(temporary);
        }
        try {
            fillAndRename(channel);
        } catch (IOException e) {
            if (channel != request) {
                channel.close();
                ControlFiles.deleteAfter(e, temporary);
            }
            throw e;
        }
        if (channel != request) {
            closePreviousRequest();
            previousRequest = request;
            request = channel;
        }
        placed = true;
        displaced = false;
        goneSince = 0;
    }

    private void placeAgain(Application application) throws IOException {
        try {
            place(application);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // It may have been taken all the same, and cannot be listed on a full disk: the answer,
            // or the application's end, will tell.
            goneSince = 0;
            sayOnce("the request is gone and cannot be placed again: " + ControlFiles.plain(e));
        }
    }

    private void fillAndRename(FileChannel channel) throws IOException {
        Message message = new Message(Message.REQUEST)
                .with("id", id)
                .with("pid", pid)
                .with("reason", order.reason())
                .with("timeout-ms", Long.toString(order.timeoutNanos() / 1_000_000))
                .with("until", wireName(order.until()));
        if (instance != null) {
            message.with("instance", instance);
        }
        ControlFiles.write(channel, message.bytes());
        int addressee = lockFacts == null ? trustedUid : lockFacts.uid();
        if (addressee != ourUid && ourUid == 0) {
            Files.setAttribute(temporary, "unix:uid", addressee, LinkOption.NOFOLLOW_LINKS);
        }
        if (channel.tryLock() == null) {
            throw new UnusableException(temporary + " is locked by somebody else");
        }
        FileFacts facts = FileFacts.of(temporary);
        try {
            ControlFiles.rename(temporary, files.stop);
        } catch (IOException e) {
            throw new UnusableException(
                    "cannot place " + files.stop + ": " + ControlFiles.plain(e), e);
        }
        requestFacts = facts;
    }

    private static String wireName(Until until) {
        return switch (until) {
            case TAKEN -> Requester.UNTIL_TAKEN;
            case STOPPED -> Requester.UNTIL_STOPPED;
            case EXITED -> Requester.UNTIL_EXITED;
        };
    }

    private void readInstance() {
        Message status = files.readStatus(trustedUid);
        if (status != null) {
            instance = status.get("instance");
            applicationPid = status.get("pid", "");
        }
    }

    private boolean isListed() {
        Message status = files.readStatus(trustedUid);
        if (status != null) {
            listed = Arrays.asList(status.get("requests", "").split(",", -1)).contains(id);
            applicationPid = status.get("pid", applicationPid);
        }
        return listed;
    }

    /** A legacy application makes an empty file: one that is there already would hide it. */
    private void forgetOldLegacyAnswer() throws IOException {
        oldAnswer = FileFacts.of(files.stopped);
        if (oldAnswer != null) {
            checkAnswerFile(oldAnswer);
            Files.deleteIfExists(files.stopped);
            oldAnswer = null;
        }
    }

    // ---- the answer

    private @Nullable Ending answer() throws IOException {
        if (!placed || !Files.exists(files.stopped, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        FileFacts facts = FileFacts.of(files.stopped);
        FileFacts directory = FileFacts.following(files.directory);
        if (facts == null || directory == null || facts.unchanged(oldAnswer)) {
            return null;
        }
        checkAnswerFile(facts);
        if (facts.size() == 0) {
            return directory.othersMayMoveFiles() ? ignoreEmptyAnswer() : emptyAnswer();
        }
        try (FileChannel channel = ControlFiles.openToRead(files.stopped)) {
            Message message = Message.parse(ControlFiles.read(channel), Message.STOPPED);
            if (!Arrays.asList(message.get("requests", "").split(",", -1)).contains(id)) {
                return null; // it answers another request
            }
            applicationPid = message.get("pid", applicationPid);
            boolean clean = "CLEAN".equals(message.get("outcome"));
            return new Ending(
                    clean ? Result.CLEAN : Result.UNCLEAN,
                    message.get("summary", "stopped"),
                    message.get("report", ""));
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            sayOnce("ignored: " + files.stopped + " belongs to uid " + facts.uid()
                    + " and cannot be read");
            return null;
        } catch (Message.MalformedException e) {
            sayOnce("ignored: " + files.stopped + " " + e.getMessage());
            return null;
        }
    }

    /** Anybody could have put any empty file of ours there. */
    private @Nullable Ending ignoreEmptyAnswer() {
        sayOnce("ignored: " + files.stopped
                + " is empty, which proves nothing in a directory where others may rename files");
        return null;
    }

    private Ending emptyAnswer() {
        return everAlive
                ? new Ending(
                        Result.UNCLEAN,
                        "stopped, but without a report: " + who() + " could not write one",
                        "")
                : new Ending(
                        Result.CLEAN,
                        "stopped, says an application of an older kind, without a report",
                        "");
    }

    private void sayOnce(String what) {
        if (!what.equals(lastSaid)) {
            lastSaid = what;
            notices.accept(what);
        }
    }

    private Ending afterAnswer(Ending ending, long start) throws IOException, InterruptedException {
        Application application = acknowledge();
        while (order.until() == Until.EXITED && application == Application.ALIVE) {
            if (ticker.nanos() - start >= order.timeoutNanos()) {
                return new Ending(
                        Result.TIMED_OUT,
                        "timed out after " + order.timeoutNanos() / 1_000_000 + " ms: " + who()
                                + " has stopped (" + ending.message()
                                + ") but its process has not ended",
                        ending.report());
            }
            pause(start);
            application = application();
        }
        return ending;
    }

    /** Tells the application that its answer was read; where it has gone already, cleans up after it. */
    private Application acknowledge() throws IOException {
        Application application = application();
        if (application == Application.ALIVE) {
            try {
                files.publish(files.ack, new Message(Message.ACK).with("id", id), Self.newId());
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                // The answer is what counts; the application sees our end all the same.
                notices.accept("cannot acknowledge the answer: " + ControlFiles.plain(e));
            }
            application = application();
            if (application == Application.ALIVE) {
                return application;
            }
            Files.deleteIfExists(files.ack);
        }
        // It left the answer for us, or is of the kind that never cleans up.
        Files.deleteIfExists(files.stopped);
        return application;
    }

    // ---- the end

    private void withdraw() {
        if (request == null) {
            return; // nothing was made
        }
        try {
            Files.deleteIfExists(temporary);
            if (placed && requestFacts != null && requestFacts.sameFile(FileFacts.of(files.stop))) {
                Files.deleteIfExists(files.stop);
            }
        } catch (IOException e) {
            notices.accept("cannot take the request back: " + ControlFiles.plain(e));
        }
    }

    private void closePreviousRequest() throws IOException {
        FileChannel channel = previousRequest;
        previousRequest = null;
        if (channel != null) {
            channel.close();
        }
    }

    /** Tells the application that we have gone; the end of the process does the same. */
    @Override
    public void close() throws IOException {
        closePreviousRequest();
        FileChannel channel = request;
        request = null;
        if (channel != null) {
            channel.close();
        }
        FileChannel current = lock;
        lock = null;
        if (current != null) {
            current.close();
        }
    }
}
