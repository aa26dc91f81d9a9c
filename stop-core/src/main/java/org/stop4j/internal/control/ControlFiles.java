package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The files of one control directory and how they are written: a new temporary file, then a rename. */
final class ControlFiles {
    /** Requests, acknowledgements and status files are a few hundred bytes; reports may be long. */
    static final int LARGEST = 1 << 20;

    /** Whoever lists a hundred applications reads a hundred of them, some perhaps hostile. */
    static final int LARGEST_STATUS = 1 << 18;

    /** From Set.of, not EnumSet: that one finds the constants by reflection, 3 ms of the command's start. */
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(
                    Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private static final Set<OpenOption> NEW = Set.of(
            StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);

    private static final Set<OpenOption> READ =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> READ_WRITE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    final Path directory;
    final String name;
    final Path lock;
    final Path status;
    final Path stop;
    final Path stopped;
    final Path ack;

    ControlFiles(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        lock = file("lock");
        status = file("status");
        stop = file("stop");
        stopped = file("stopped");
        ack = file("ack");
    }

    private Path file(String ending) {
        return directory.resolve(name + "." + ending);
    }

    /** Whether it has the name of a temporary file, ours or that of who asks us. */
    boolean isTemporary(Path file) {
        String other = file.getFileName().toString();
        return other.startsWith(name + ".")
                && other.endsWith(".tmp")
                && other.length() > name.length() + ".tmp".length();
    }

    Path temporary(String id) {
        return directory.resolve(name + "." + id + ".tmp");
    }

    /** Makes a new file that only its owner may read and write; never opens an existing one. */
    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, NEW, PRIVATE);
    }

    static void write(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Puts a new file with this content in the place, replacing what is there; leaves nothing behind on failure. */
    void publish(Path place, byte[] content, String id) throws IOException {
        publishFor(null, place, content, id);
    }

    /** The same; root gives the file to this user. The content holds a secret then. */
    void publishFor(@Nullable Integer uid, Path place, byte[] content, String id)
            throws IOException {
        Path temporary = temporary(id);
        try {
            try (FileChannel channel = create(temporary)) {
                write(channel, content);
                if (uid != null) {
                    Ownership.give(temporary, content, uid);
                }
            }
            rename(temporary, place);
        } catch (IOException e) {
            deleteAfter(e, temporary);
            throw e;
        }
    }

    /** Renames; a link in the place is replaced, not followed. */
    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    static void deleteAfter(IOException failure, Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Reads a whole file, never through a link.
     *
     * @throws Message.MalformedException if it is larger than any file of the protocol
     */
    static byte[] read(FileChannel channel) throws IOException, Message.MalformedException {
        return read(channel, LARGEST);
    }

    private static byte[] read(FileChannel channel, int largest)
            throws IOException, Message.MalformedException {
        long size = channel.size();
        if (size > largest) {
            throw new Message.MalformedException("has " + size + " bytes; allowed: " + largest);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) size);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
            // a short read is gone on with; the end of the file ends it
        }
        byte[] content = new byte[buffer.position()];
        buffer.flip().get(content);
        return content;
    }

    /**
     * Opens the very file that was looked at: never follows a link and never waits, whatever somebody has put
     * into its place since.
     *
     * @param seen what the look has found: a file that counts for the given user
     * @throws NoSuchFileException if that file is not in the place any more
     */
    FileChannel openToRead(Path file, FileFacts seen, int ourUid) throws IOException {
        FileChannel channel;
        try {
            channel = openWithoutWaiting(file, ourUid);
        } catch (IOException e) {
            if (isStillThere(file, seen, ourUid)) {
                throw e;
            }
            throw exchanged(file, e);
        }
        boolean kept = false;
        try {
            // Who exchanges it before the open and back again before this can still have his own
            // file read: so what it holds must name a secret that he cannot know.
            kept = isStillThere(file, seen, ourUid);
        } finally {
            if (!kept) {
                channel.close();
            }
        }
        if (!kept) {
            throw exchanged(file, null);
        }
        return channel;
    }

    /** The key alone is not enough: the inode of a deleted file is soon that of another one. */
    private static boolean isStillThere(Path file, FileFacts seen, int ourUid) throws IOException {
        FileFacts now = FileFacts.of(file);
        return now != null && now.sameFile(seen) && now.objection(ourUid) == null;
    }

    private static NoSuchFileException exchanged(Path file, @Nullable IOException cause) {
        NoSuchFileException exchanged =
                new NoSuchFileException(file.toString(), null, "was just exchanged");
        if (cause != null) {
            exchanged.initCause(cause);
        }
        return exchanged;
    }

    /**
     * A FIFO that is opened to read waits for a writer; one that is opened to read and write does not. (Java
     * has no O_NONBLOCK, and a thread that waits in an open cannot be interrupted.) Files that we may only
     * read, root's and those of a read-only mount, are opened so where nobody else can put anything.
     */
    private FileChannel openWithoutWaiting(Path file, int ourUid) throws IOException {
        try {
            return FileChannel.open(file, READ_WRITE);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            FileFacts facts = FileFacts.following(directory);
            // Root may be acting for the directory's owner, who is trusted, but not with its time.
            boolean safe = facts != null
                    && facts.onlyOwnerWrites()
                    && !facts.othersMayMoveFiles(ourUid)
                    && (facts.uid() == 0 || facts.uid() == Self.uid());
            if (!safe) {
                throw e;
            }
            return FileChannel.open(file, READ);
        }
    }

    /** The status, if an application of this user has left a readable one. */
    @Nullable
    Message readStatus(int ourUid) {
        try {
            FileFacts facts = FileFacts.of(status);
            if (facts == null || facts.objection(ourUid) != null) {
                return null;
            }
            try (FileChannel channel = openToRead(status, facts, ourUid)) {
                return Message.parse(read(channel, LARGEST_STATUS), Message.STATUS);
            }
        } catch (IOException | Message.MalformedException notReadableNow) {
            return null; // it only makes messages richer
        }
    }

    /** What an {@link IOException} of a file operation says, without the class name. */
    static String plain(IOException e) {
        if (e instanceof FileSystemException failure) {
            String reason = failure.getReason();
            if (reason == null) {
                reason = switch (e.getClass().getSimpleName()) {
                    case "AccessDeniedException" -> "permission denied";
                    case "NoSuchFileException" -> "no such file or directory";
                    default -> e.getClass().getSimpleName();
                };
            }
            String other = failure.getOtherFile();
            return failure.getFile() + (other == null ? "" : " -> " + other) + ": " + reason;
        }
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }
}
