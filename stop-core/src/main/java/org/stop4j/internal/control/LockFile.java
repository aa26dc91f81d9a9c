package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * The application's lock: the one fact by which the command knows that an application lives.
 *
 * <p>A POSIX lock belongs to a process and a file, and is gone when the process closes <em>any</em>
 * descriptor of that file. So the file is opened once, holds nothing, and is never opened again by this
 * process; whether this very process holds it already is read from the status file.
 */
final class LockFile {
    /** A command that looks holds the lock, shared, for microseconds; an application holds it for good. */
    private static final long PATIENCE_NANOS = 300_000_000L;

    private static final long PAUSE_NANOS = 10_000_000L;

    private final ControlFiles files;
    private final FileChannel channel;
    private final FileFacts facts;

    private LockFile(ControlFiles files, FileChannel channel, FileFacts facts) {
        this.files = files;
        this.channel = channel;
        this.facts = facts;
    }

    /**
     * Locks.
     *
     * @throws UnusableException if another application holds the lock, or the file is not ours to lock
     */
    static LockFile acquire(ControlFiles files, int ourUid) throws IOException {
        Message status = files.readStatus(ourUid);
        if (status != null && Self.identity().equals(status.get("process"))) {
            throw new UnusableException(
                    files.lock + " is held by this process already: two stops in one JVM need two"
                            + " names (STOP_NAME) or directories (STOP_DIR)");
        }
        long start = Ticker.system().nanos();
        while (true) {
            LockFile lock = tryAcquire(files, ourUid);
            if (lock != null) {
                return lock;
            }
            if (Ticker.system().nanos() - start > PATIENCE_NANOS) {
                throw heldBy(files, ourUid);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static @Nullable LockFile tryAcquire(ControlFiles files, int ourUid)
            throws IOException {
        LockFile opened = open(files, ourUid);
        if (opened == null) {
            return null;
        }
        boolean kept = false;
        try {
            // The one before us deletes the file while it still holds the lock, so what we have
            // opened may be in no place any more. (An inode number is not used again
            // while we hold a descriptor.)
            kept = opened.channel.tryLock() != null && opened.inPlace();
            return kept ? opened : null;
        } catch (OverlappingFileLockException e) {
            throw new UnusableException(files.lock + " is held by this process already", e);
        } finally {
            if (!kept) {
                opened.channel.close();
            }
        }
    }

    private static @Nullable LockFile open(ControlFiles files, int ourUid) throws IOException {
        FileFacts there = FileFacts.of(files.lock);
        try {
            if (there == null) {
                FileChannel created = ControlFiles.create(files.lock);
                FileFacts facts = FileFacts.of(files.lock);
                if (facts == null) {
                    created.close();
                    return null;
                }
                return new LockFile(files, created, facts);
            }
            if (Self.hasLocked(there)) {
                throw new UnusableException(files.lock + " is held by this process already");
            }
            String objection = there.objection(ourUid);
            if (objection != null) {
                throw new UnusableException(files.lock + " " + objection);
            }
            return new LockFile(
                    files,
                    FileChannel.open(
                            files.lock,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS),
                    there);
        } catch (FileAlreadyExistsException | NoSuchFileException changedMeanwhile) {
            return null;
        } catch (AccessDeniedException e) {
            if (there == null) {
                throw e;
            }
            throw new UnusableException(
                    files.lock + " belongs to uid " + there.uid() + " and cannot be opened", e);
        }
    }

    private static UnusableException heldBy(ControlFiles files, int ourUid) {
        Message status = files.readStatus(ourUid);
        String who = status == null
                ? "another application"
                : "another application, pid " + status.get("pid", "unknown")
                        + startedInWords(status.get("started-ms", ""));
        return new UnusableException(files.lock + " is held by " + who
                + "; give this one a name (STOP_NAME) or directory (STOP_DIR) of its own");
    }

    private static String startedInWords(String millis) {
        try {
            return ", started " + Instant.ofEpochMilli(Long.parseLong(millis));
        } catch (NumberFormatException | DateTimeException unknown) {
            return "";
        }
    }

    /** Whether the locked file is still the one in the place. */
    boolean inPlace() {
        try {
            return facts.isAt(files.lock);
        } catch (IOException e) {
            return false;
        }
    }

    /** Deletes the file, if it is still ours; whoever has it open still sees it locked. */
    void leave() throws IOException {
        if (inPlace()) {
            Files.deleteIfExists(files.lock);
        }
    }

    /** Lets go of the lock; who has left before leaves nothing behind. */
    void release() throws IOException {
        channel.close();
    }
}
