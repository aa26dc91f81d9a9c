package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until it is worth looking into a directory again.
 *
 * <p>It only shortens waits; what is true is what a look finds. Events are missed for ever when the
 * directory was replaced, on overlay file systems, and when the system has no watches left, so that no
 * wait is longer than half a second. A directory that others write to as well is looked at ten times a
 * second instead: a watch there wakes at everybody's files.
 *
 * <p>One thread waits; any thread may {@link #close}.
 */
final class DirectoryWatch implements Closeable {
    private static final long WATCHED_MILLIS = 500;
    private static final long POLLED_NANOS = 100_000_000L;
    /** After how many looks a directory that could not be watched is tried again: two seconds. */
    private static final int ROUNDS_UNWATCHED = 20;

    private final Path directory;
    private final int ourUid;
    private final Notices notices;

    /** Written by the waiting thread, read by the closing one. */
    private volatile @Nullable WatchService service;

    private volatile boolean closed;

    /** Set by whoever finds another directory in the place; the waiting thread takes it back. */
    private volatile boolean outdated;

    /** The waiting thread's own, as are those below. */
    private @Nullable WatchKey key;

    private boolean unwatchable;
    private int roundsUnwatched;

    DirectoryWatch(Path directory, int ourUid, Notices notices) {
        this.directory = directory;
        this.ourUid = ourUid;
        this.notices = notices;
    }

    /** Waits for an event or the longest time between two looks; returns early after {@link #close}. */
    void await() {
        if (closed) {
            return;
        }
        forgetIfOutdated();
        if (key == null && register()) {
            return; // what came before the registration is seen by a look after it
        }
        if (key == null) {
            LockSupport.parkNanos(POLLED_NANOS);
        } else {
            awaitEvent();
        }
    }

    private boolean register() {
        if (unwatchable || --roundsUnwatched > 0) {
            return false;
        }
        roundsUnwatched = ROUNDS_UNWATCHED;
        try {
            FileFacts facts = FileFacts.following(directory);
            if (facts == null || facts.uid() != ourUid || !facts.onlyOwnerWrites()) {
                return false;
            }
            WatchService current = service;
            if (current == null) {
                current = directory.getFileSystem().newWatchService();
                service = current;
            }
            if (closed) {
                current.close();
                return false;
            }
            key = directory.register(current, StandardWatchEventKinds.ENTRY_CREATE);
            return true;
        } catch (ClosedWatchServiceException e) {
            return false;
        } catch (IOException e) {
            unwatchable = true;
            notices.say("cannot watch " + directory + " (" + ControlFiles.plain(e)
                    + "); looks there ten times a second instead");
            return false;
        }
    }

    private void awaitEvent() {
        WatchService current = service;
        WatchKey registered = key;
        if (current == null || registered == null) {
            return;
        }
        try {
            WatchKey signalled = current.poll(WATCHED_MILLIS, TimeUnit.MILLISECONDS);
            if (signalled != null) {
                signalled.pollEvents();
                if (!signalled.reset() && signalled == registered) {
                    key = null; // the directory has been deleted
                }
            }
        } catch (ClosedWatchServiceException e) {
            key = null;
        } catch (InterruptedException e) {
            // Only close() ends this thread; whoever interrupts it is somebody's mistake.
            key = null;
            unwatchable = true;
        }
    }

    /** Says that another directory may be in the place: the next wait watches that one. */
    void renew() {
        outdated = true;
    }

    private void forgetIfOutdated() {
        if (outdated) {
            outdated = false;
            roundsUnwatched = 0;
            WatchKey registered = key;
            key = null;
            if (registered != null) {
                cancel(registered);
            }
        }
    }

    private static void cancel(WatchKey registered) {
        try {
            registered.cancel();
        } catch (ClosedWatchServiceException e) {
            return; // closed meanwhile, and the key with it
        }
    }

    /** Ends the watch and the thread that the JDK runs for it; an open one costs 310 ms at exit. */
    @Override
    public void close() throws IOException {
        closed = true;
        WatchService current = service;
        if (current != null) {
            current.close();
        }
    }
}
