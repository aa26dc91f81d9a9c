package org.stop4j.internal.control;

import org.stop4j.internal.Ticker;

import java.io.IOException;
import java.io.InputStream;
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

    /** An id that nobody can guess. */
    static String secret() {
        byte[] random = new byte[16];
        try (InputStream source = Files.newInputStream(Path.of("/dev/urandom"))) {
            // Read by hand: the first SecureRandom costs 20 ms of processor.
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
