package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/** What this process knows of itself, read the cheapest way. */
final class Self {
    private static final Path PROC_SELF = Path.of("/proc/self");
    /** {@code USER_HZ}, in which the kernel tells times to programs: 100 on every Linux that runs a JVM. */
    private static final long TICKS_PER_SECOND = 100;

    private static final int START_TICKS = 22;

    private Self() {}

    /** Our own uid; not from {@code com.sun.security.auth}, which says 0 for one without a passwd entry. */
    static int uid() throws IOException {
        return (Integer) Files.getAttribute(PROC_SELF, "unix:uid");
    }

    /** The process id, as seen in this process's own PID namespace. */
    static String pid() {
        try {
            return Files.readSymbolicLink(PROC_SELF).toString();
        } catch (IOException | UnsupportedOperationException noProc) {
            return Long.toString(ProcessHandle.current().pid());
        }
    }

    /** Tells two processes apart that had the same id one after the other. */
    static String identity() {
        String pid = pid();
        try {
            return pid + "/" + startTicks();
        } catch (IOException | NumberFormatException noProc) {
            Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH);
            return pid + "/" + start.toEpochMilli();
        }
    }

    /** Whether that {@link #identity} is ours; that of another pid, which is soon told, takes no file to be read. */
    static boolean is(@Nullable String identity) {
        return identity != null && identity.startsWith(pid() + "/") && identity.equals(identity());
    }

    /** When this process was started, in milliseconds since the epoch. */
    static long startMillis() {
        try {
            // ProcessHandle counts from the boot time in whole seconds and is up to one second
            // early, which would make a file written just before this process seem younger than it.
            String uptime = Files.readString(Path.of("/proc/uptime"));
            double upSeconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
            long ageMillis = (long) (upSeconds * 1_000) - startTicks() * 1_000 / TICKS_PER_SECOND;
            return System.currentTimeMillis() - Math.max(0, ageMillis);
        } catch (IOException | RuntimeException noProc) {
            return ProcessHandle.current()
                    .info()
                    .startInstant()
                    .orElse(Instant.now())
                    .toEpochMilli();
        }
    }

    private static long startTicks() throws IOException {
        String stat = Files.readString(PROC_SELF.resolve("stat"));
        // The second field is the program's name in parentheses,
        // and may itself hold blanks and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[START_TICKS - 3]);
    }

    /** Whether this process has locked that file: it would lose the lock by opening the file and closing it again. */
    static boolean hasLocked(FileFacts file) {
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(PROC_SELF.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isLocked(PROC_SELF, descriptor, file)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException noProc) {
            return false;
        }
        return false;
    }

    /** Whether the process has that file open by that descriptor, and holds an exclusive lock on it. */
    static boolean isLocked(Path process, Path descriptor, FileFacts file) {
        String number = descriptor.getFileName().toString();
        try {
            if (!file.sameFile(FileFacts.following(descriptor))) {
                return false;
            }
            // Not by a channel: an interrupted thread could not read it.
            try (InputStream info = new FileInputStream(
                    process.resolve("fdinfo").resolve(number).toFile())) {
                String text = new String(info.readNBytes(1 << 16), StandardCharsets.ISO_8859_1);
                int lock = text.indexOf("lock:");
                return lock >= 0
                        && text.indexOf("POSIX", lock) >= 0
                        && text.indexOf("WRITE", lock) >= 0;
            }
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** An id that nobody can guess. */
    static String secret() {
        byte[] random = new byte[16];
        // Read by hand: the first SecureRandom costs 20 ms of processor. And not by a channel: the
        // stream that reads from one takes longer to load than all the rest of this.
        try (InputStream source = new FileInputStream("/dev/urandom")) {
            if (source.readNBytes(random, 0, random.length) == random.length) {
                return HexFormat.of().formatHex(random);
            }
        } catch (IOException noSuchDevice) {
            // then the slow way
        }
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** An id that no other process and no other call has made. */
    static String newId() {
        return Long.toString(System.currentTimeMillis(), Character.MAX_RADIX)
                + "-"
                + pid()
                + "-"
                + Long.toString(
                        Math.floorMod(Ticker.system().nanos(), 1L << 30), Character.MAX_RADIX);
    }
}
