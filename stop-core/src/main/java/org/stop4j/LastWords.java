package org.stop4j;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** What is said when no logger may be left to say it: on stderr, and where Kubernetes looks for it. */
final class LastWords {
    /** Kubernetes shows no more. */
    private static final int LONGEST_MESSAGE = 4_096;

    private final Path terminationLog;

    LastWords(Path terminationLog) {
        this.terminationLog = terminationLog;
    }

    /** Says how the stop came out. */
    void say(Report report) {
        String trouble = "";
        try {
            into(terminationLog, report.summary());
        } catch (IOException e) {
            trouble = "\n  note: cannot write " + terminationLog + ": " + e;
        }
        onStderr(report.toText() + trouble);
    }

    /**
     * Says that the process ends by force, and where everything stands. What is known at once is written at
     * once; locks and virtual threads follow, if the time suffices.
     */
    void sayForced(String why, ThreadDump dump) {
        String trouble = "";
        try {
            into(terminationLog, why);
        } catch (IOException e) {
            trouble = "\n  note: cannot write " + terminationLog + ": " + e;
        }
        onStderr(why + trouble + "\n  threads:" + stacksOfAll());
        String locks = locks();
        if (!locks.isEmpty()) {
            onStderr("locks:" + locks);
        }
        String virtual = virtualThreads(dump);
        if (!virtual.isEmpty()) {
            onStderr("virtual threads:" + virtual);
        }
    }

    /** Writes to the process's stderr itself, whatever {@link System#err} has been replaced by. */
    private static void onStderr(String text) {
        try {
            // Not closed: the descriptor is the process's.
            @SuppressWarnings("resource")
            OutputStream err = new FileOutputStream(FileDescriptor.err);
            err.write(("stop: " + text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException nobodyReads) {
            // This was the last place to say anything.
        }
    }

    /**
     * The file that tells Kubernetes why the container ended: the one that {@code STOP_TERMINATION_LOG} names,
     * else {@code /dev/termination-log}.
     */
    static Path terminationLog(Map<String, String> environment) {
        String chosen = environment.getOrDefault("STOP_TERMINATION_LOG", "");
        try {
            return Path.of(chosen.isEmpty() ? "/dev/termination-log" : chosen);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "STOP_TERMINATION_LOG is \"" + chosen + "\"; allowed: the path of a file", e);
        }
    }

    /** Writes it into the file, if that exists, is a regular one and can be written; else does nothing. */
    private static void into(Path file, String summary) throws IOException {
        // A FIFO would block, and a link may lead anywhere.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Files.isWritable(file)) {
            return;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(
                file,
                Set.of(
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS))) {
            channel.write(ByteBuffer.wrap(cut(summary)));
        }
    }

    /** At most as long as is shown, and no half character at its end. */
    private static byte[] cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= LONGEST_MESSAGE) {
            return bytes;
        }
        int end = LONGEST_MESSAGE;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** The stacks of all threads that are in somebody's code, for when the process ends by force. */
    private static String stacksOfAll() {
        StringBuilder text = new StringBuilder(4_096);
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            ThreadStack stack =
                    new ThreadStack(entry.getKey().getName(), Stacks.plain(entry.getValue()));
            if (entry.getKey() != Thread.currentThread() && stack.isInSomebodysCode()) {
                ReportText.append(stack, text);
            }
        }
        return text.toString();
    }

    /** Who waits for whom, and who does so for ever. */
    static String locks() {
        Locks locks = Locks.find();
        if (locks == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (Locks.Info info : locks.deadlocked()) {
            text.append("\n  deadlock: ").append(info.stack().label());
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            Locks.Info info = locks.info(thread.getId());
            if (info != null && info.owner() >= 0) {
                text.append("\n  ").append(info.stack().label());
            }
        }
        return text.toString();
    }

    private static String virtualThreads(ThreadDump dump) {
        StringBuilder text = new StringBuilder();
        try {
            for (ThreadStack stack : Look.virtual(dump.take())) {
                ReportText.append(stack, text);
            }
        } catch (IOException e) {
            text.append("\n  note: ").append(Description.of(e));
        }
        return text.toString();
    }
}
