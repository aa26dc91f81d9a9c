package org.stop4j.internal.control;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * The place as this instance holds it: by its lock, which is taken anew when it was removed. Cleaners of
 * {@code /tmp} delete old files, and people delete directories.
 *
 * <p>Not thread-safe: guarded by the {@link Guard} of its {@link ApplicationEnd}.
 */
final class Home {
    private final ControlFiles files;
    private final int ourUid;
    private final String instance;
    private final Notices notices;
    private final List<LockFile> lost = new ArrayList<>();
    private LockFile lock;
    private boolean homeless;

    Home(ControlFiles files, int ourUid, String instance, LockFile lock, Notices notices) {
        this.files = files;
        this.ourUid = ourUid;
        this.instance = instance;
        this.lock = lock;
        this.notices = notices;
    }

    /**
     * Whether the place is ours now: our lock is there, and was not lost and put back while the place could not be
     * taken anew; then it may not be locked any more.
     */
    boolean inPlace() {
        return !homeless && lock.inPlace();
    }

    /** Takes the place anew; returns whether it is ours again. Says either when it is new. */
    boolean takeAgain() {
        try {
            Message status = files.readStatus(ourUid);
            if (status != null && instance.equals(status.get("instance"))) {
                // Else it would say that we hold the lock already.
                Files.deleteIfExists(files.status);
            }
            removeOurs();
            LockFile fresh = LockFile.acquire(files, ourUid);
            // The old one stays locked: a command that has it open would take us for dead.
            lost.add(lock);
            lock = fresh;
            homeless = false;
            notices.say(files.lock + " had been removed; it is there again");
            return true;
        } catch (IOException e) {
            removeOursAtOnce(e);
            if (!homeless) {
                homeless = true;
                notices.say("the stop command cannot reach this process: " + ControlFiles.plain(e));
            }
            return false;
        }
    }

    /**
     * One that was away when we looked and is back now is ours still, and would be let go of by opening it; one that
     * is back after we have tried to take the place anew may have been. Who sees it there takes us for dead.
     * The next try makes another one.
     */
    private void removeOurs() throws IOException {
        lock.leave();
        for (LockFile before : lost) {
            before.leave();
        }
    }

    /** As {@link #removeOurs}, after a failure: not only when the place is tried again. */
    private void removeOursAtOnce(IOException failure) {
        try {
            removeOurs();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Removes our lock from the place; unless it is kept, lets go of it too, and of those before it. */
    void leave(boolean keepLock) throws IOException {
        try {
            removeOurs();
        } finally {
            if (!keepLock) {
                release();
            }
        }
    }

    private void release() throws IOException {
        lock.release();
        for (LockFile before : lost) {
            before.release();
        }
    }
}
