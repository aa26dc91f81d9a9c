package org.stop4j.benchmarks;

import org.stop4j.CommandChannel;
import org.stop4j.CommandRequest;
import org.stop4j.ControlDirectory;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Times how long a request takes from its file to the application's listener, in one process and so by
 * one clock. Arguments: the control directory, another directory of the same file system in which requests
 * are prepared, how many, the longest pause between two in milliseconds, and {@code watches} or {@code
 * no-watches}, which is what the system must have left. Prints one line of nanoseconds a request.
 *
 * <p>The channel stays open, and every request is a new one of protocol version 1 whose maker does not
 * wait ({@code until=taken}), so that each meets an application at rest. The pauses are random: a poll is
 * met at every point of its period.
 */
final class Listener {
    private static final long SHORTEST_PAUSE_NANOS = 5_000_000L;

    private Listener() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ControlDirectory place = ControlDirectory.of(Path.of(arguments[0]), "process");
        Path prepared = Path.of(arguments[1], "request");
        int count = Integer.parseInt(arguments[2]);
        long pauseNanos = Long.parseLong(arguments[3]) * 1_000_000L;
        checkWatches(arguments[4].equals("watches"));
        Random random = new Random(4711);
        try (CommandChannel channel = CommandChannel.open(place)) {
            for (int i = 0; i < count; i++) {
                String id = "measure-" + i;
                Files.writeString(
                        prepared,
                        "stop4j 1 request\nid=" + id + "\nreason=" + id + "\nuntil=taken\n");
                LockSupport.parkNanos(
                        SHORTEST_PAUSE_NANOS + (long) (random.nextDouble() * pauseNanos));
                long before = System.nanoTime();
                Files.move(
                        prepared,
                        place.path().resolve("process.stop"),
                        StandardCopyOption.ATOMIC_MOVE);
                CommandRequest request = channel.take();
                long after = System.nanoTime();
                if (!request.reason().equals(id)) {
                    throw new IllegalStateException("sent " + id + ", got " + request.reason());
                }
                System.out.println(after - before);
            }
        }
    }

    private static void checkWatches(boolean expected) {
        boolean there;
        try {
            FileSystems.getDefault().newWatchService().close();
            there = true;
        } catch (IOException e) {
            there = false;
        }
        if (there != expected) {
            throw new IllegalStateException(
                    there ? "inotify is not exhausted here" : "no inotify instance is left");
        }
    }
}
