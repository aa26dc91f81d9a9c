package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.control.CommandEnd.Ending;
import org.stop4j.internal.control.CommandEnd.Result;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;

/**
 * The answer that the command waits for, told from what was there before and from what proves nothing.
 *
 * <p>Used by one thread.
 */
final class AwaitedAnswer {
    private final ControlFiles files;
    private final Application application;
    private final Notices notices;
    private @Nullable FileFacts old;
    /** The one that was read. */
    private @Nullable FileFacts answered;

    private String lastSaid = "";

    AwaitedAnswer(ControlFiles files, Application application, Notices notices) {
        this.files = files;
        this.application = application;
        this.notices = notices;
    }

    /**
     * Remembers what is there already, which is no answer to us.
     *
     * @throws UnusableException if it does not count, so that no answer could be believed
     */
    void rememberOld() throws IOException {
        old = FileFacts.of(files.stopped);
        check(old);
    }

    /** A legacy application makes an empty file: one that is there already would hide it. */
    void forgetOldLegacy() throws IOException {
        rememberOld();
        if (old != null) {
            Files.deleteIfExists(files.stopped);
            old = null;
        }
    }

    /** Reads the answer to this request; null while there is none. */
    @Nullable
    Ending read(String id) throws IOException {
        if (!Files.exists(files.stopped, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        FileFacts facts = FileFacts.of(files.stopped);
        if (facts == null || facts.unchanged(old)) {
            return null;
        }
        check(facts);
        answered = facts;
        if (facts.size() == 0) {
            FileFacts directory = FileFacts.following(files.directory);
            return directory == null || directory.othersMayMoveFiles(application.trustedUid())
                    ? ignoreEmptyAnswer()
                    : emptyAnswer();
        }
        try (FileChannel channel =
                files.openToRead(files.stopped, facts, application.trustedUid())) {
            Message message = Message.parse(ControlFiles.read(channel), Message.STOPPED);
            if (!Application.names(message, id)) {
                return null; // it answers another request
            }
            application.learnPid(message);
            boolean clean = "CLEAN".equals(message.get("outcome"));
            String summary = message.get("summary", "stopped");
            return new Ending(
                    clean ? Result.CLEAN : Result.UNCLEAN,
                    summary,
                    message.get("brief", summary),
                    message.get("text", summary),
                    message.get("report", ""));
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            sayOnce("ignored: " + files.stopped + " belongs to uid " + facts.uid()
                    + " and cannot be read");
            return null;
        } catch (Message.MalformedException e) {
            sayOnce("ignored: " + files.stopped + " " + e.getMessage());
            return null;
        }
    }

    /** Anybody could have put any empty file of ours there. */
    private @Nullable Ending ignoreEmptyAnswer() {
        sayOnce("ignored: " + files.stopped
                + " is empty, which proves nothing in a directory where others may rename files");
        return null;
    }

    private Ending emptyAnswer() {
        return application.everAlive()
                ? new Ending(
                        Result.UNCLEAN,
                        "stopped, but without a report: " + application.who()
                                + " could not write one",
                        "")
                : new Ending(
                        Result.CLEAN,
                        "stopped, says an application of an older kind, without a report",
                        "");
    }

    /** Removes the answer that was read; another one, by now in its place, is not ours. */
    void remove() {
        try {
            if (answered != null && answered.sameFile(FileFacts.of(files.stopped))) {
                Files.deleteIfExists(files.stopped);
            }
        } catch (IOException e) {
            // It was read, and counts, also where it cannot be removed: root's, in a sticky
            // directory.
            notices.say("cannot remove " + ControlFiles.plain(e));
        }
    }

    private void check(@Nullable FileFacts facts) throws UnusableException {
        String objection = facts == null ? null : facts.objection(application.trustedUid());
        if (objection != null) {
            throw new UnusableException(files.stopped + " " + objection);
        }
    }

    private void sayOnce(String what) {
        if (!what.equals(lastSaid)) {
            lastSaid = what;
            notices.say(what);
        }
    }
}
