package org.stop4j.internal.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;

/**
 * The file that shows who this instance is, what it is doing, and which requests it has taken.
 *
 * <p>Not thread-safe: guarded by the {@link Guard} of its {@link ApplicationEnd}.
 */
final class StatusFile {
    private final ControlFiles files;
    private final Home home;
    private final String instance;
    private final long startMillis;
    private final Notices notices;
    private final String pid = Self.pid();
    private String lastShown = "";
    /** What that was made of: the same array again has the same content. */
    private String[] lastFields = {};

    private List<String> lastTaken = List.of();

    private String lastTrouble = "";

    /** The start is that of this process, in milliseconds since the epoch. */
    StatusFile(ControlFiles files, Home home, String instance, long startMillis, Notices notices) {
        this.files = files;
        this.home = home;
        this.instance = instance;
        this.startMillis = startMillis;
        this.notices = notices;
    }

    /** Writes it as {@link #write} does, or says that it cannot. */
    void update(String[] fields, List<String> taken) {
        try {
            write(fields, taken);
            trouble("");
        } catch (IOException e) {
            trouble("cannot write " + files.status + ": " + ControlFiles.plain(e));
        }
    }

    /** Says it when it is new: what cannot be written now may not be written for hours. */
    private void trouble(String sentence) {
        // The temporary file's name is another one each time.
        String kind = sentence.substring(sentence.lastIndexOf(':') + 1);
        if (!kind.equals(lastTrouble) && !kind.isEmpty()) {
            notices.say(sentence);
        }
        lastTrouble = kind;
    }

    /**
     * Writes it, if it has changed and the place is ours.
     *
     * @param fields what the application tells, by {@code key, value, key, value …}
     * @param taken the ids of the requests taken
     */
    void write(String[] fields, List<String> taken) throws IOException {
        if (fields == lastFields && taken.equals(lastTaken) && !lastShown.isEmpty()) {
            return;
        }
        String shown = String.join("\n", fields) + taken;
        if (shown.equals(lastShown) || !home.inPlace()) {
            return;
        }
        Message status = new Message(Message.STATUS)
                .with("instance", instance)
                .with("pid", pid)
                .with("process", Self.identity())
                .with("started-ms", Long.toString(startMillis))
                .with("requests", String.join(",", taken));
        for (int i = 0; i < fields.length; i += 2) {
            status.with(fields[i], fields[i + 1]);
        }
        files.publish(files.status, status.bytes(), Self.newId());
        lastShown = shown;
        lastFields = fields;
        lastTaken = List.copyOf(taken);
    }

    /** Sees that the next update writes it, if it is gone. */
    void rewriteIfGone() {
        if (!Files.exists(files.status, LinkOption.NOFOLLOW_LINKS)) {
            rewrite();
        }
    }

    /** Sees that the next update writes it. */
    void rewrite() {
        lastShown = "";
    }
}
