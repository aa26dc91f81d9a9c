package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/** What one {@code lstat} tells about a file; the key tells files apart: its device and inode. */
record FileFacts(
        int mode, int uid, int links, Object key, long size, FileTime changed, FileTime modified) {
    private static final String ATTRIBUTES =
            "unix:mode,uid,nlink,fileKey,size,ctime,lastModifiedTime";
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_GROUP = 0020;
    private static final int WRITABLE_BY_ALL = 0002;

    /** Looks at the file itself, never at what a link points to; null when nothing is there. */
    static @Nullable FileFacts of(Path file) throws IOException {
        return read(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Looks at what the path leads to; null when nothing is there. */
    static @Nullable FileFacts following(Path file) throws IOException {
        return read(file);
    }

    private static @Nullable FileFacts read(Path file, LinkOption... options) throws IOException {
        Map<String, Object> facts;
        try {
            facts = Files.readAttributes(file, ATTRIBUTES, options);
        } catch (NoSuchFileException e) {
            return null;
        }
        return new FileFacts(
                number(facts, "mode"),
                number(facts, "uid"),
                number(facts, "nlink"),
                facts.getOrDefault("fileKey", file),
                longNumber(facts, "size"),
                time(facts, "ctime"),
                time(facts, "lastModifiedTime"));
    }

    private static int number(Map<String, Object> facts, String name) {
        return (int) longNumber(facts, name);
    }

    private static long longNumber(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : -1;
    }

    private static FileTime time(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof FileTime time ? time : FileTime.fromMillis(0);
    }

    boolean directory() {
        return (mode & TYPE) == DIRECTORY;
    }

    boolean regular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean sameFile(@Nullable FileFacts other) {
        return other != null && key.equals(other.key);
    }

    /** Whether this very file is in the place; the cheaper question, for whoever asks it every second. */
    boolean isAt(Path place) throws IOException {
        try {
            return key.equals(Files.readAttributes(
                            place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether it is the same file and has not been touched since. */
    boolean unchanged(@Nullable FileFacts other) {
        return other != null && sameFile(other) && changed.equals(other.changed);
    }

    /** For a directory: whether only its owner can put files into it. */
    boolean onlyOwnerWrites() {
        return (mode & (WRITABLE_BY_GROUP | WRITABLE_BY_ALL)) == 0;
    }

    /**
     * For a directory: whether others than the given user or root may rename or delete that user's files in
     * it: whoever can write to it, unless it is sticky, and its owner in any case.
     */
    boolean othersMayMoveFiles(int ourUid) {
        boolean anothers = uid != ourUid && uid != 0;
        return anothers || (!onlyOwnerWrites() && (mode & STICKY) == 0);
    }

    /**
     * Why this file does not count as a control file of the given user, or null if it does. A file counts
     * only if nobody but that user or root can have made or changed it.
     */
    @Nullable
    String objection(int ourUid) {
        if (!regular()) {
            return "is " + kind() + ", not a regular file";
        }
        if (uid != ourUid && uid != 0) {
            return "belongs to uid " + uid + "; allowed: uid " + ourUid + " or root";
        }
        if (links != 1) {
            return "has " + links + " links; allowed: one";
        }
        if ((mode & WRITABLE_BY_ALL) != 0) {
            return "is writable by everyone";
        }
        return null;
    }

    private String kind() {
        return switch (mode & TYPE) {
            case DIRECTORY -> "a directory";
            case 0120000 -> "a symbolic link";
            case 0010000 -> "a FIFO";
            case 0140000 -> "a socket";
            case 0020000, 0060000 -> "a device";
            default -> "of unknown kind";
        };
    }
}
