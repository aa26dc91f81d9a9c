package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;

/**
 * Takes requests out of the place, and says of each that does not count, once, why it is ignored.
 *
 * <p>Used by the thread that looks for requests alone; when that has ended, by the closing one.
 */
final class Intake {
    private final ControlFiles files;
    private final int ourUid;
    private final String instance;
    private final Notices notices;
    private String lastIgnored = "";

    Intake(ControlFiles files, int ourUid, String instance, Notices notices) {
        this.files = files;
        this.ourUid = ourUid;
        this.instance = instance;
        this.notices = notices;
    }

    /** Does with the status file what is done with a request: the first one would take 5 ms of the one stop. */
    void rehearse() {
        try {
            FileFacts facts = FileFacts.of(files.status);
            if (facts == null || facts.objection(ourUid) != null || !isPlaceSafe()) {
                return;
            }
            byte[] request =
                    new Message(Message.REQUEST).with("id", "rehearsal").bytes();
            try (FileChannel channel = files.openToRead(files.status, facts, ourUid)) {
                ControlFiles.read(channel);
                Requester.of(Message.parse(request, Message.REQUEST), channel).gone();
            }
        } catch (IOException | Message.MalformedException notNow) {
            // Then the first request is a little slower.
        }
    }

    /** Whether it is worth to {@link #take}; thoroughly, to see also what is there and cannot be one. */
    boolean holdsSomething(boolean thoroughly) {
        // Files.exists with NOFOLLOW_LINKS throws and catches inside: 150 microseconds against 40,
        // ten times a second. The cheap look follows links, so it misses only a link that leads
        // nowhere; a request is never a link, and whatever is seen is judged by lstat.
        return thoroughly
                ? Files.exists(files.stop, LinkOption.NOFOLLOW_LINKS)
                : files.stop.toFile().exists();
    }

    /**
     * Takes the request in the place, which means that its file is gone afterwards; null if there is none,
     * or none for this instance. The requester has the file open.
     */
    @Nullable
    Requester take() {
        try {
            Requester requester = takeIfItCounts();
            if (requester != null) {
                lastIgnored = "";
            }
            return requester;
        } catch (IOException e) {
            ignore("cannot be taken (" + ControlFiles.plain(e) + ")");
            return null;
        }
    }

    private @Nullable Requester takeIfItCounts() throws IOException {
        FileFacts facts = FileFacts.of(files.stop);
        if (facts == null) {
            return null;
        }
        String objection = facts.objection(ourUid);
        if (objection != null) {
            ignore(objection);
            return null;
        }
        if (facts.size() == 0) {
            return takeLegacy();
        }
        FileChannel channel = null;
        boolean kept = false;
        try {
            channel = files.openToRead(files.stop, facts, ourUid);
            Message message = Message.parse(ControlFiles.read(channel), Message.REQUEST);
            Requester requester = Requester.of(message, channel);
            Files.deleteIfExists(files.stop);
            String meant = message.get("instance");
            kept = meant == null ? isPlaceSafe() : meant.equals(instance);
            return kept ? requester : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            if (facts.uid() == ourUid) {
                return takeLegacy();
            }
            throw e;
        } catch (Message.MalformedException e) {
            ignore(String.valueOf(e.getMessage()));
            return null;
        } finally {
            if (channel != null && !kept) {
                channel.close();
            }
        }
    }

    /**
     * Whether an owner proves anything. Where others may rename files, somebody can put any empty file of
     * ours in the place of a request, or exchange one for his own between our look and our reading: there a
     * request must name this instance, which only our user can read from the status. (A command whose
     * request is deleted without being taken places it again, with the name.)
     */
    private boolean isPlaceSafe() throws IOException {
        FileFacts directory = FileFacts.following(files.directory);
        return directory != null && !directory.othersMayMoveFiles(ourUid);
    }

    private @Nullable Requester takeLegacy() throws IOException {
        if (!isPlaceSafe()) {
            ignore(
                    "is empty, which proves nothing in a directory where others may rename files; make it"
                            + " writable by its owner alone, or use the stop command of this version");
            return null;
        }
        Files.deleteIfExists(files.stop);
        return Requester.legacy();
    }

    private void ignore(String why) {
        String sentence = "ignored " + files.stop + ": it " + why;
        if (!sentence.equals(lastIgnored)) {
            lastIgnored = sentence;
            notices.say(sentence);
        }
    }
}
