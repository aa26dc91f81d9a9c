package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The application as the command sees it: whether it lives, by its lock, and who it is, by its status.
 *
 * <p>Used by one thread.
 */
final class Application implements Closeable {
    private final ControlFiles files;
    private int trustedUid = -1;

    /** The lock file, open for as long as we look; null while there is none. */
    private @Nullable FileChannel lock;

    private @Nullable FileFacts lockFacts;
    private boolean everAlive;
    private @Nullable String instance;
    private @Nullable Message listing;
    /** Its status as the last look has found it, if that was the one that opened the lock. */
    private @Nullable Message justRead;

    private String pid = "";

    /** What its lock tells. */
    enum Life {
        /** Its lock is held. */
        ALIVE,
        /** There is a lock that nobody holds. */
        DEAD,
        /** There is no lock: none at all, or a legacy one. */
        UNKNOWN
    }

    Application(ControlFiles files) {
        this.files = files;
    }

    /**
     * What there is to know of a control directory.
     *
     * @throws UnusableException if it is none
     */
    static FileFacts usable(Path directory) throws IOException {
        FileFacts facts = FileFacts.following(directory);
        if (facts == null) {
            throw new UnusableException("control directory " + directory + " does not exist");
        }
        if (!facts.directory()) {
            throw new UnusableException("control directory " + directory + " is not a directory");
        }
        return facts;
    }

    /** Says that a directory cannot be used, and why. */
    static UnusableException unusable(Path directory, IOException why) {
        return new UnusableException(
                "control directory " + directory + " cannot be used: " + ControlFiles.plain(why),
                why);
    }

    /** Whose files count: root acts for the owner of a directory that only that one can write to. */
    static int trusted(int ourUid, FileFacts directory) {
        return ourUid == 0 && directory.onlyOwnerWrites() ? directory.uid() : ourUid;
    }

    /** Lets the files of this user count; before this is called, none does but root's. */
    void trust(int uid) {
        trustedUid = uid;
    }

    /** The uid whose files count. */
    int trustedUid() {
        return trustedUid;
    }

    /** The uid that must be able to read a request: the owner of the lock, if there is one. */
    int uid() {
        return lockFacts == null ? trustedUid : lockFacts.uid();
    }

    /** Whether a look has ever found it alive. */
    boolean everAlive() {
        return everAlive;
    }

    /** Its instance, as {@link #readInstance} has last found it; null if it has told none. */
    @Nullable
    String instance() {
        return instance;
    }

    /** Looks whether it lives. */
    Life look() throws IOException {
        justRead = null;
        FileChannel current = lock;
        if (current == null) {
            current = openLock();
            if (current == null) {
                return Life.UNKNOWN;
            }
        }
        if (isHeld(current)) {
            everAlive = true;
            return Life.ALIVE;
        }
        FileFacts there = FileFacts.of(files.lock);
        if (lockFacts != null && !lockFacts.sameFile(there)) {
            // Removed, or made anew. What holds the new one is looked at next time.
            current.close();
            lock = null;
            return there == null ? Life.UNKNOWN : Life.DEAD;
        }
        return Life.DEAD;
    }

    /** Whether the lock that was looked at last is still in the place: who leaves in order removes it, locked. */
    boolean inPlace() throws IOException {
        return lockFacts != null && lockFacts.isAt(files.lock);
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
        if (status == null ? Self.hasLocked(facts) : Self.is(status.get("process"))) {
            throw new IllegalStateException(
                    "the application at " + files.directory + " is this process itself, which"
                            + " would lose its lock by looking at it; use Stop.request");
        }
        try {
            lock = files.openToRead(files.lock, facts, trustedUid);
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw othersLock("belongs to uid " + facts.uid() + " and cannot be opened", e);
        }
        lockFacts = facts;
        justRead = status;
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

    /** Learns from the status, if there is one, which instance it is. */
    void readInstance() {
        Message status = justRead == null ? readStatus() : justRead;
        if (status != null) {
            instance = status.get("instance");
            pid = status.get("pid", "");
        }
    }

    /** Whether its status says that it has taken this request. */
    boolean hasTaken(String id) {
        Message status = readStatus();
        if (status == null) {
            return false;
        }
        learnPid(status);
        boolean taken = names(status, id);
        listing = taken ? status : listing;
        return taken;
    }

    /** The status that said so: it tells, too, what has come of the request. Null if none has. */
    @Nullable
    Message listing() {
        return listing;
    }

    /** Whether a status or an answer of it names this request. */
    static boolean names(Message message, String id) {
        return Arrays.asList(message.get("requests", "").split(",", -1)).contains(id);
    }

    /** Learns its pid from what it has written. */
    void learnPid(Message message) {
        pid = message.get("pid", pid);
    }

    /** Its status; null if it shows none that counts. */
    @Nullable
    Message readStatus() {
        return files.readStatus(trustedUid);
    }

    /** Names it, for people. */
    String who() {
        return pid.isEmpty()
                ? "the application at " + files.directory
                : "the application (pid " + pid + ")";
    }

    /** Says, for people, that it is not there, or not any more. */
    String whoDied() {
        if (everAlive) {
            return who() + " ended before it answered";
        }
        return "no application: nobody holds " + files.lock;
    }

    /** Lets go of the lock file. */
    @Override
    public void close() throws IOException {
        FileChannel current = lock;
        lock = null;
        if (current != null) {
            current.close();
        }
    }
}
