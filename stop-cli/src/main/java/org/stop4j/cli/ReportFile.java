package org.stop4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * The file that {@code --report} names. It is written under another name in the same directory and renamed, so
 * that nobody ever sees half of it, and no link is followed: the rename replaces what has the name.
 *
 * <p>Used by one thread.
 */
final class ReportFile {
    private final Path file;
    private final Path directory;

    /** Touches nothing. */
    ReportFile(Path file) {
        this.file = file;
        Path parent = file.getParent();
        this.directory = parent == null ? Path.of("") : parent;
    }

    /**
     * Makes sure that the file can be made, by making the temporary one and removing it at once; what is
     * there already stays as it is.
     *
     * @throws Options.UsageException naming what is in the way
     */
    void check() throws Options.UsageException {
        try {
            if (!Files.isDirectory(directory)) {
                boolean exists = Files.exists(directory);
                throw exists
                        ? new NotDirectoryException(directory.toString())
                        : new NoSuchFileException(directory.toString());
            }
            Path temporary = temporary();
            FileChannel made = create(temporary);
            try (made) {
                refuseOther(temporary);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new Options.UsageException("--report is \"" + file + "\", but " + plain(e)
                    + "; allowed: a new file, or a regular file of this user, in a directory that"
                    + " can be written to");
        }
    }

    /**
     * Writes it. On failure, what was there stays and nothing is left behind.
     *
     * @throws IOException if it cannot be written, or what is there now may not be replaced
     */
    void write(String page) throws IOException {
        Path temporary = temporary();
        FileChannel channel = create(temporary);
        boolean renamed = false;
        try {
            try (channel) {
                ByteBuffer bytes = ByteBuffer.wrap(page.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            refuseOther(temporary); // again: the stop took its time
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            renamed = true;
        } finally {
            if (!renamed) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** Not made of the file's name, which may be as long as a name can be. */
    private Path temporary() {
        return directory.resolve(
                ".stop-report-" + Long.toHexString(new SplittableRandom().nextLong()) + ".tmp");
    }

    private FileChannel create(Path temporary) throws IOException {
        try {
            return FileChannel.open(
                    temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileSystemException e) {
            // Nobody has asked for this name: what matters is the directory.
            throw new FileSystemException(directory.toAbsolutePath().toString(), null, reason(e));
        }
    }

    /** Refuses to replace anything but a regular file of the user who has just made the temporary one. */
    private void refuseOther(Path temporary) throws IOException {
        Object owner;
        try {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileSystemException(file.toString(), null, "is a directory");
            }
            if (Files.isSymbolicLink(file)) {
                throw new FileSystemException(file.toString(), null, "is a symbolic link");
            }
            owner = uid(file);
        } catch (NoSuchFileException free) {
            return;
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null, "is not a regular file");
        }
        if (!owner.equals(uid(temporary))) {
            throw new FileSystemException(
                    file.toString(), null, "belongs to another user, uid " + owner);
        }
    }

    private static Object uid(Path of) throws IOException {
        return Files.getAttribute(of, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** What an exception of a file operation says, without the class name. */
    static String plain(Exception e) {
        if (e instanceof FileSystemException failure) {
            return failure.getFile() + ": " + reason(failure);
        }
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }

    private static String reason(FileSystemException e) {
        String reason = e.getReason();
        if (reason != null) {
            return reason;
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such directory";
        }
        return e instanceof NotDirectoryException
                ? "not a directory"
                : e.getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
