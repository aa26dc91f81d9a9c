package org.stop4j.internal.control;

import org.stop4j.internal.Ticker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * How an application comes to its place: it learns its own uid, and, once it has the lock, removes what
 * former instances and those who asked them have left.
 *
 * <p>Immutable; used once, by the thread that opens the place.
 */
final class Arrival {
    private static final long CLEARING_NANOS = 200_000_000L;

    private final ControlFiles files;
    private final int ourUid;
    private final long startMillis;

    /** The start is that of this process, in milliseconds since the epoch. */
    Arrival(ControlFiles files, int ourUid, long startMillis) {
        this.files = files;
        this.ourUid = ourUid;
        this.startMillis = startMillis;
    }

    /** Our own uid is the owner of a file that we made: true in every namespace, container and mount. */
    static int uidHere(ControlFiles files) throws IOException {
        FileFacts facts = FileFacts.following(files.directory);
        if (facts == null) {
            throw new UnusableException(
                    "control directory " + files.directory + " does not exist; create it, writable"
                            + " only by the application's user, or set STOP_DIR");
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
    void clearStaleFiles() throws IOException {
        remove(files.status);
        remove(files.stopped);
        remove(files.ack);
        FileFacts request = FileFacts.of(files.stop);
        if (request != null && !isMeantForUs(request)) {
            remove(files.stop);
        }
        clearTemporaryFiles();
    }

    /** As many as there is time for: whoever can write here can put a million files into our way. */
    private void clearTemporaryFiles() throws IOException {
        Ticker ticker = Ticker.system();
        long start = ticker.nanos();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(files.directory)) {
            for (Path file : all) {
                if (ticker.nanos() - start >= CLEARING_NANOS) {
                    return;
                }
                if (files.isTemporary(file)) {
                    clearTemporaryFile(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void clearTemporaryFile(Path file) throws IOException {
        FileFacts facts = FileFacts.of(file);
        // One that is younger than we are may be a command's that is just being written.
        if (facts != null && facts.objection(ourUid) == null && isOlderThanWe(facts)) {
            Files.deleteIfExists(file);
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
        try (FileChannel channel = files.openToRead(files.stop, facts, ourUid)) {
            Message message = Message.parse(ControlFiles.read(channel), Message.REQUEST);
            return message.get("instance") == null
                    && (Requester.of(message, channel).locked() || !isOlderThanWe(facts));
        } catch (NoSuchFileException e) {
            return true; // taken back by its requester, or replaced just now
        } catch (AccessDeniedException e) {
            return !isOlderThanWe(facts);
        } catch (Message.MalformedException e) {
            return false;
        }
    }

    private boolean isOlderThanWe(FileFacts facts) {
        // The kernel's file times lag by up to one tick, a process's start is rounded down to
        // 10 ms, and nobody can have asked this process to stop in its first 50 ms.
        return facts.modified().toMillis() < startMillis + 50;
    }
}
