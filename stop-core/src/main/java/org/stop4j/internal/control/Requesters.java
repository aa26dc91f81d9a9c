package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Everybody who has asked this instance to stop, and who of them must still be waited for.
 *
 * <p>Not thread-safe: guarded by the {@link Guard} of its {@link ApplicationEnd}.
 */
final class Requesters {
    private final ControlFiles files;
    private final int ourUid;
    private final Notices notices;
    private final List<Requester> waiting = new ArrayList<>();
    private final List<String> taken = new ArrayList<>();

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
            if (facts == null || facts.objection(ourUid) != null) {
                return;
            }
            Message message;
            try (FileChannel channel = ControlFiles.openToRead(files.ack)) {
                message = Message.parse(ControlFiles.read(channel), Message.ACK);
            }
            Files.deleteIfExists(files.ack);
            String id = message.get("id", "");
            for (Requester requester : waiting) {
                if (requester.id().equals(id)) {
                    requester.acknowledge();
                }
            }
        } catch (IOException | Message.MalformedException e) {
            String why = e instanceof IOException io ? ControlFiles.plain(io) : e.getMessage();
            notices.say("ignored " + files.ack + ": it " + why);
        }
    }

    private void closeAndSay(Requester requester) {
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
