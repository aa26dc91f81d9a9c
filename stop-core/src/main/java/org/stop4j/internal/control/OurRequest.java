package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The command's own request: made, put into the place, put there again when it vanished untaken, and taken
 * back when nobody has taken it.
 *
 * <p>Used by one thread.
 */
final class OurRequest implements Closeable {
    /** How long a request may be gone from the place before the status lists it. */
    private static final long LISTING_NANOS = 200_000_000L;
    /** How long somebody else's untaken request is left in the place. */
    private static final long COURTESY_NANOS = 1_000_000_000L;

    private final ControlFiles files;
    private final CommandEnd.Order order;
    private final Application application;
    private final AwaitedAnswer answer;
    private final Consumer<String> notices;
    private final String id = Self.newId();
    private final String pid = Self.pid();
    private final Path temporary;
    private int ourUid = -1;

    /** Open and locked until {@link #close} or our end: by that the application sees us live. */
    private @Nullable FileChannel request;

    /** The one before, when it had to be placed again: let go of when it is placed once more. */
    private @Nullable FileChannel previousRequest;

    private @Nullable FileFacts requestFacts;
    private boolean placed;
    /** Another command's request was in the place of ours: it was not ours that was taken. */
    private boolean displaced;

    private boolean listed;
    private long goneSince;

    private @Nullable FileFacts otherRequest;
    private long otherSince;
    private String lastSaid = "";

    /** Makes nothing yet. */
    OurRequest(
            ControlFiles files,
            CommandEnd.Order order,
            Application application,
            AwaitedAnswer answer,
            Consumer<String> notices) {
        this.files = files;
        this.order = order;
        this.application = application;
        this.answer = answer;
        this.notices = notices;
        this.temporary = files.temporary(id);
    }

    String id() {
        return id;
    }

    /** Whether it was ever put into the place. */
    boolean placed() {
        return placed;
    }

    /** Whether the application has said that it has taken it. */
    boolean listed() {
        return listed;
    }

    /** Makes its file, in no place yet; returns our own uid, which is the owner of that file. */
    int make() throws IOException {
        request = ControlFiles.create(temporary);
        FileFacts ours = FileFacts.of(temporary);
        if (ours == null) {
            throw new UnusableException(temporary + " vanished as soon as it was made");
        }
        ourUid = ours.uid();
        return ourUid;
    }

    /** Sees that our request is in the place, or has been taken. */
    void seeTo(Application.Life life, long now) throws IOException {
        if (listed) {
            return;
        }
        FileFacts there = FileFacts.of(files.stop);
        if (there == null) {
            seeToEmptyPlace(life, now);
            return;
        }
        goneSince = 0;
        displaced = placed && !there.sameFile(requestFacts);
        if (there.sameFile(requestFacts)) {
            return;
        }
        if (there.regular()
                && (there.uid() == application.trustedUid()
                        || there.uid() == ourUid
                        || there.uid() == 0)) {
            letOthersGoFirst(life, there, now);
        } else {
            throw new UnusableException(
                    files.stop + " " + there.objection(application.trustedUid()) + "; remove it");
        }
    }

    private void seeToEmptyPlace(Application.Life life, long now) throws IOException {
        if (!placed) {
            place(life);
        } else if (displaced) {
            placeAgain(life);
        } else if (!isListed()) {
            if (goneSince == 0) {
                goneSince = now;
            } else if (now - goneSince >= LISTING_NANOS) {
                placeAgain(life);
            }
        }
    }

    private boolean isListed() {
        listed = application.hasTaken(id);
        return listed;
    }

    private void letOthersGoFirst(Application.Life life, FileFacts there, long now)
            throws IOException {
        if (!there.sameFile(otherRequest)) {
            otherRequest = there;
            otherSince = now;
        }
        // Where nobody is there to take it, it is one of a dead command. If it is in the place of
        // ours, though, another command lives: whichever is there makes the application stop.
        if (life == Application.Life.UNKNOWN ? !placed : now - otherSince >= COURTESY_NANOS) {
            place(life);
        }
    }

    private void place(Application.Life life) throws IOException {
        if (life == Application.Life.ALIVE) {
            application.readInstance();
        } else if (!placed) {
            answer.forgetOldLegacy();
        }
        FileChannel channel = request;
        // A file that was taken, or that a starting application has cleared away,
        // is of no more use.
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

    private void placeAgain(Application.Life life) throws IOException {
        try {
            place(life);
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
        String instance = application.instance();
        if (instance != null) {
            message.with("instance", instance);
        }
        ControlFiles.write(channel, message.bytes());
        int addressee = application.uid();
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

    private static String wireName(CommandEnd.Until until) {
        return switch (until) {
            case TAKEN -> Requester.UNTIL_TAKEN;
            case STOPPED -> Requester.UNTIL_STOPPED;
            case EXITED -> Requester.UNTIL_EXITED;
        };
    }

    private void sayOnce(String what) {
        if (!what.equals(lastSaid)) {
            lastSaid = what;
            notices.accept(what);
        }
    }

    /** Removes it, unless it was taken; what cannot be removed is said. */
    void withdraw() {
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

    /** Tells the application that we have gone; the end of the process does the same. */
    @Override
    public void close() throws IOException {
        closePreviousRequest();
        FileChannel channel = request;
        request = null;
        if (channel != null) {
            channel.close();
        }
    }

    private void closePreviousRequest() throws IOException {
        FileChannel channel = previousRequest;
        previousRequest = null;
        if (channel != null) {
            channel.close();
        }
    }
}
