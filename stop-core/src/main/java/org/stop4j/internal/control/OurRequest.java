package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The command's own request: made, put into the place, put there again when it vanished untaken, and taken
 * back when nobody has taken it.
 *
 * <p>Used by one thread.
 */
final class OurRequest implements Closeable {
    /** So soon after a request has gone from the place, its answer comes sooner than the status that lists it. */
    private static final long UNLISTED_NANOS = 40_000_000L;
    /** How long a request may be gone from the place before the status lists it. */
    private static final long LISTING_NANOS = 200_000_000L;
    /** How long somebody else's untaken request is left in the place. */
    private static final long COURTESY_NANOS = 1_000_000_000L;

    private final ControlFiles files;
    private final CommandEnd.Order order;
    private final Application application;
    private final AwaitedAnswer answer;
    private final Notices notices;
    /** Not to be guessed, and in no file name: an answer that names it comes from who could read it. */
    private final String id = Self.secret();

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
            Notices notices) {
        this.files = files;
        this.order = order;
        this.application = application;
        this.answer = answer;
        this.notices = notices;
        this.temporary = files.temporary(Self.newId());
    }

    String id() {
        return id;
    }

    /** Whether it was ever put into the place. */
    boolean placed() {
        return placed;
    }

    /** Whether the application was seen to say that it has taken it. */
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
        } else {
            goneSince = goneSince == 0 ? now : goneSince;
            long gone = now - goneSince;
            boolean looks = gone >= UNLISTED_NANOS || order.until() == CommandEnd.Until.TAKEN;
            if (looks && !isListed() && gone >= LISTING_NANOS) {
                placeAgain(life);
            }
        }
    }

    /** Looks into the status whether the application has taken it. */
    boolean isListed() {
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
                .with("ask", order.ask().word())
                .with("pid", pid)
                .with("reason", order.reason())
                .with("timeout-ms", Long.toString(order.timeoutNanos() / 1_000_000))
                .with("until", wireName(order.until()));
        String instance = order.instance() == null ? application.instance() : order.instance();
        if (instance != null) {
            message.with("instance", instance);
        }
        byte[] content = message.bytes();
        ControlFiles.write(channel, content);
        Integer addressee = addressee();
        if (addressee != null) {
            Ownership.give(temporary, content, addressee);
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

    /** To whom root gives what it writes; null if it belongs to the right one already. */
    @Nullable
    Integer addressee() {
        int uid = application.uid();
        return ourUid == 0 && uid != 0 ? uid : null;
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
            notices.say(what);
        }
    }

    /**
     * Tells the application in the request itself, which it has open, that the answer was read: in the file for that
     * purpose, another requester may replace what we say before anybody has read it.
     */
    void acknowledge() throws IOException {
        byte[] line = (Requester.ACK + "=" + id + "\n").getBytes(StandardCharsets.UTF_8);
        for (FileChannel channel : new FileChannel[] {request, previousRequest}) {
            if (channel != null) {
                ControlFiles.write(channel, line);
            }
        }
    }

    /** Removes it, unless it was taken; what cannot be removed is said. Returns whether it may have been taken. */
    boolean withdraw() {
        if (request == null) {
            return false; // nothing was made
        }
        boolean mayBeTaken = placed;
        try {
            Files.deleteIfExists(temporary);
            if (placed && requestFacts != null && requestFacts.sameFile(FileFacts.of(files.stop))) {
                mayBeTaken = !Files.deleteIfExists(files.stop);
            }
        } catch (IOException e) {
            notices.say("cannot take the request back: " + ControlFiles.plain(e));
        }
        return mayBeTaken;
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
