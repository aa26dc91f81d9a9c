package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Everybody who has asked this instance to stop, and who of them must still be waited for.
 *
 * <p>Not thread-safe: guarded by the {@link Guard} of its {@link ApplicationEnd}.
 */
final class Requesters {
    /** How many drained or resumed requests stay listed: theirs are looked for within milliseconds. */
    private static final int MOST_LISTED = 32;

    private final ControlFiles files;
    private final int ourUid;
    private final Notices notices;
    private final List<Requester> waiting = new ArrayList<>();
    private final List<String> taken = new ArrayList<>();
    /** Those of the taken that were no request to stop: a process may be drained and resumed for years. */
    private final ArrayDeque<String> takenForMore = new ArrayDeque<>();

    private String lastIgnored = "";

    Requesters(ControlFiles files, int ourUid, Notices notices) {
        this.files = files;
        this.ourUid = ourUid;
        this.notices = notices;
    }

    /** The ids of all requests that were ever taken, in their order; a view. */
    List<String> taken() {
        return Collections.unmodifiableList(taken);
    }

    /** Whether somebody must still be waited for. */
    boolean somebodyWaits() {
        return !waiting.isEmpty();
    }

    /** Whether somebody must still be waited for who has not said that he has read the answer. */
    boolean somebodyNeedsTheAnswer() {
        for (Requester requester : waiting) {
            if (!requester.acknowledged()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Adds one whose request was just taken; returns whether that is new. A request comes again when it had
     * vanished and was not listed in time: its owner keeps the new file locked, and the old one not for
     * long. One that comes again when its owner has left already is closed.
     */
    boolean add(Requester requester) {
        boolean isNew = !taken.contains(requester.id());
        if (isNew) {
            taken.add(requester.id());
        }
        Requester former = remove(requester.id());
        if (isNew || former != null) {
            waiting.add(requester);
        } else {
            closeAndSay(requester);
        }
        if (former != null) {
            closeAndSay(former);
        }
        return isNew;
    }

    /** Lists the id of a request to drain or to resume, which was done. */
    void list(String id) {
        if (!taken.contains(id)) {
            taken.add(id);
            takenForMore.add(id);
        }
        if (takenForMore.size() > MOST_LISTED) {
            taken.remove(takenForMore.remove());
        }
    }

    private @Nullable Requester remove(String id) {
        for (Requester requester : waiting) {
            if (requester.id().equals(id)) {
                waiting.remove(requester);
                return requester;
            }
        }
        return null;
    }

    /** Removes and returns those who have gone, or have what they want; they are closed. */
    List<Requester> removeGone() {
        readAcknowledgement();
        List<Requester> gone = new ArrayList<>();
        for (Requester requester : waiting) {
            if (requester.gone()) {
                gone.add(requester);
            }
        }
        waiting.removeAll(gone);
        for (Requester requester : gone) {
            closeAndSay(requester);
        }
        return gone;
    }

    private void readAcknowledgement() {
        if (!Files.exists(files.ack, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            FileFacts facts = FileFacts.of(files.ack);
            if (facts == null) {
                return;
            }
            String objection = facts.objection(ourUid);
            if (objection != null) {
                ignore(objection);
                return;
            }
            Message message;
            try (FileChannel channel = files.openToRead(files.ack, facts, ourUid)) {
                message = Message.parse(ControlFiles.read(channel), Message.ACK);
            }
            Files.deleteIfExists(files.ack);
            String id = message.get("id", "");
            for (Requester requester : waiting) {
                if (requester.id().equals(id)) {
                    requester.acknowledge();
                }
            }
        } catch (NoSuchFileException e) {
            return; // gone since the look, or exchanged: the next look sees what is there
        } catch (IOException e) {
            ignore("cannot be taken (" + ControlFiles.plain(e) + ")");
        } catch (Message.MalformedException e) {
            ignore(String.valueOf(e.getMessage()));
        }
    }

    /** Says it when it is new: what lies there is looked at two hundred times a second. */
    private void ignore(String why) {
        if (!why.equals(lastIgnored)) {
            lastIgnored = why;
            notices.say("ignored " + files.ack + ": it " + why);
        }
    }

    void closeAndSay(Requester requester) {
        try {
            requester.close();
        } catch (IOException e) {
            notices.say("cannot close a request: " + ControlFiles.plain(e));
        }
    }

    /** Lets go of everybody who still waits. */
    void close() throws IOException {
        for (Requester requester : waiting) {
            requester.close();
        }
    }
}
