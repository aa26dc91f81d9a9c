package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What this instance answers to everybody who asks it to stop, and the file in which it says so.
 *
 * <p>Not thread-safe: guarded by the {@link Guard} of its {@link ApplicationEnd}.
 */
final class AnswerFile {
    private final ControlFiles files;
    private final String instance;
    private final Notices notices;
    private final String pid = Self.pid();
    private @Nullable Message answer;

    AnswerFile(ControlFiles files, String instance, Notices notices) {
        this.files = files;
        this.instance = instance;
        this.notices = notices;
    }

    /** Gives the answer; nobody sees it before {@link #show}. */
    void give(String outcome, String summary, String brief, String text, String report) {
        answer = new Message(Message.STOPPED)
                .with("instance", instance)
                .with("pid", pid)
                .with("outcome", outcome)
                .with("summary", summary)
                .with("brief", brief)
                .with("text", text)
                .with("report", report);
    }

    /** Whether the answer was given. */
    boolean given() {
        return answer != null;
    }

    /** Shows the answer to these requests; without an answer, does nothing. */
    void show(List<String> taken) {
        Message message = answer;
        if (message == null) {
            return;
        }
        message.with("requests", String.join(",", taken));
        byte[] content = message.bytes();
        if (content.length > ControlFiles.LARGEST) {
            notices.say("the report is too long for the command; it gets the outcome alone");
            String instead = "stopped; the report is too long";
            message.with("report", "").with("summary", instead);
            content = message.with("brief", instead).with("text", instead).bytes();
        }
        try {
            files.publish(files.stopped, content, Self.newId());
        } catch (IOException e) {
            notices.say("cannot write the answer " + files.stopped + " (" + ControlFiles.plain(e)
                    + "); leaves an empty one");
            showEmpty();
        }
    }

    /** On a full disk there is often still room for an empty file, which says that we have stopped. */
    private void showEmpty() {
        Path temporary = files.temporary(Self.newId());
        try {
            ControlFiles.create(temporary).close();
            ControlFiles.rename(temporary, files.stopped);
        } catch (IOException e) {
            ControlFiles.deleteAfter(e, temporary);
            notices.say("cannot leave " + files.stopped + ": " + ControlFiles.plain(e));
        }
    }
}
