package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;

/**
 * Somebody who has asked this application to stop, and how long he must be waited for.
 *
 * <p>The command keeps its request locked for as long as it lives, and the application has it open still
 * when its name is gone: so the command's end is seen within milliseconds, by a killed one too, and
 * through PID namespaces, where a process id says nothing.
 */
final class Requester {
    static final String LEGACY_ID = "legacy";
    /** The key of what is appended to a request by who has read the answer. */
    static final String ACK = "ack";

    static final String UNTIL_TAKEN = "taken";
    static final String UNTIL_STOPPED = "stopped";
    static final String UNTIL_EXITED = "exited";

    private final String id;
    private final Request request;
    private final String until;
    private final @Nullable FileChannel channel;
    /** Its size when it was taken; what is appended later says that the answer was read. */
    private final long size;

    private boolean locked;
    private boolean acknowledged;

    private Requester(
            String id,
            Request request,
            String until,
            @Nullable FileChannel channel,
            long size,
            boolean locked) {
        this.id = id;
        this.request = request;
        this.until = until;
        this.channel = channel;
        this.size = size;
        this.locked = locked;
    }

    static Requester legacy() {
        return new Requester(
                LEGACY_ID,
                new Request(LEGACY_ID, Ask.STOP, "", "", 0, true),
                UNTIL_STOPPED,
                null,
                0,
                false);
    }

    /** The one who wrote this request; takes over the channel. */
    static Requester of(Message message, FileChannel channel)
            throws IOException, Message.MalformedException {
        String id = message.get("id", "");
        if (id.isEmpty() || id.indexOf(',') >= 0) {
            throw new Message.MalformedException("has no usable id");
        }
        String wanted = message.get("ask", Ask.STOP.word());
        Ask ask = Ask.of(wanted);
        if (ask == null) {
            // Never taken for a request to stop: it comes from somebody who knows more than we do.
            throw new Message.MalformedException(
                    "asks for \"" + wanted + "\"; known here: stop, drain, resume");
        }
        Request request = new Request(
                id,
                ask,
                message.get("reason", ""),
                message.get("pid", ""),
                parseMillis(message.get("timeout-ms", "0")),
                false);
        Requester requester = new Requester(
                id,
                request,
                message.get("until", UNTIL_STOPPED),
                channel,
                channel.size(),
                isLocked(channel));
        requester.acknowledged = message.get(ACK) != null;
        return requester;
    }

    private static long parseMillis(String value) throws Message.MalformedException {
        try {
            return Math.max(0, Long.parseLong(value));
        } catch (NumberFormatException e) {
            throw new Message.MalformedException(
                    "has timeout-ms \"" + value + "\"; allowed: a whole number");
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
            if (lock == null) {
                return true;
            }
            lock.release();
            return false;
        } catch (OverlappingFileLockException e) {
            return true; // by this very process
        }
    }

    String id() {
        return id;
    }

    Request request() {
        return request;
    }

    /** Whether it was alive, for certain, when its request was taken. */
    boolean locked() {
        return locked;
    }

    void acknowledge() {
        acknowledged = true;
    }

    /** Whether it has read the answer: says so by a file that others replace by theirs, or in its request. */
    boolean acknowledged() {
        if (!acknowledged && channel != null) {
            try {
                acknowledged = channel.size() > size;
            } catch (ClosedByInterruptException e) {
                locked = false; // as below
            } catch (IOException e) {
                return false;
            }
        }
        return acknowledged;
    }

    /** Whether nobody waits any more: it has gone, or it has what it wants. */
    boolean gone() {
        if (until.equals(UNTIL_TAKEN)
                || (acknowledged() && (!locked || until.equals(UNTIL_EXITED)))) {
            return true;
        }
        if (!locked || channel == null) {
            return false;
        }
        try {
            return !isLocked(channel);
        } catch (ClosedByInterruptException e) {
            locked = false; // it cannot be seen any more: its acknowledgement or the hold limit
            // decides
            return false;
        } catch (IOException e) {
            return true; // the file system has gone, and with it any way to answer
        }
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
