package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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

    /** From Set.of, not EnumSet: that one finds the constants by reflection, 3 ms of the command's start. */
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(
                    Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private static final Set<OpenOption> NEW = Set.of(
            StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);

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

    /** The pattern that the temporary files of everybody here match. */
    String temporaryPattern() {
        return name + ".*.tmp";
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
    void publish(Path place, Message message, String id) throws IOException {
        Path temporary = temporary(id);
        try {
            try (FileChannel channel = create(temporary)) {
                write(channel, message.bytes());
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
        long size = channel.size();
        if (size > LARGEST) {
            throw new Message.MalformedException("has " + size + " bytes; allowed: " + LARGEST);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) size);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
            // a short read is gone on with; the end of the file ends it
        }
        byte[] content = new byte[buffer.position()];
        buffer.flip().get(content);
        return content;
    }

    static FileChannel openToRead(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /** The status, if an application of this user has left a readable one. */
    @Nullable
    Message readStatus(int ourUid) {
        try {
            FileFacts facts = FileFacts.of(status);
            if (facts == null || facts.objection(ourUid) != null) {
                return null;
            }
            try (FileChannel channel = openToRead(status)) {
                return Message.parse(read(channel), Message.STATUS);
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
