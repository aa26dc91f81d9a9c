package org.stop4j.internal.control;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * How root gives a file that it has just made to the one who is to read it.
 *
 * <p>By its name it could not be done: whoever owns the directory could put another file of root's, which he
 * cannot read, under that name, and would be given that. So the descriptor is given, by which the file is
 * open, and it is known by what only we can have written.
 */
final class Ownership {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Ownership() {}

    /**
     * Gives the file to a user. This process has it open, not locked, and it holds a secret.
     *
     * @throws UnusableException if another file is in its place by now
     */
    static void give(Path place, byte[] content, int uid) throws IOException {
        FileFacts there = FileFacts.of(place);
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                FileFacts open = FileFacts.following(descriptor);
                if (open != null && open.sameFile(there) && holds(descriptor, content)) {
                    Files.setAttribute(descriptor, "unix:uid", uid);
                    return;
                }
            }
        }
        throw new UnusableException(place + " cannot be given to uid " + uid
                + ": somebody has put another file into its place");
    }

    private static boolean holds(Path descriptor, byte[] content) throws IOException {
        // To read and write, as that does not wait, should another thread have made it a FIFO.
        try (FileChannel channel =
                FileChannel.open(descriptor, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return Arrays.equals(ControlFiles.read(channel), content);
        } catch (Message.MalformedException tooLarge) {
            return false;
        }
    }
}
