package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A dump of all threads, the virtual ones too, which only {@code HotSpotDiagnosticMXBean.dumpThreads} knows
 * (Java 21 and newer; reached by reflection, since neither that nor the module {@code jdk.management} may be
 * there).
 *
 * <p>The bean writes into a file. That is in a directory of its own, which only this user can enter, below
 * {@code java.io.tmpdir} or, where that cannot be written, in {@code /dev/shm}; and it is deleted before
 * {@link #take} returns. Of a larger file only the first {@value #MOST_CHARS} characters are looked at.
 *
 * <p>{@link #abandon} may be called from any thread; the rest is for one.
 */
final class ThreadDump {
    private static final int MOST_CHARS = 8_000_000;

    private static final String FILE = "threads.json";

    private final Object lock = new Object();
    // Guarded by the lock:
    private @Nullable Thread taking;
    private boolean abandoned;

    private final CountDownLatch ended = new CountDownLatch(1);

    /** A thread of it; it waits for nothing if that is empty. */
    record Seen(
            String container,
            long id,
            String name,
            String waitsFor,
            List<StackTraceElement> frames) {

        boolean isVirtual() {
            // Java 21 does not say it of a thread; but there is nothing else below a virtual one.
            return !frames.isEmpty()
                    && frames.get(frames.size() - 1)
                            .getClassName()
                            .equals("java.lang.VirtualThread");
        }

        ThreadStack stack() {
            return new ThreadStack(label(), waitsFor, frames);
        }

        private String label() {
            if (!isVirtual()) {
                return name;
            }
            return name.isEmpty() ? "virtual thread #" + id : name + " (virtual)";
        }
    }

    /** Whether this JVM can; if not, none of its threads is virtual, or nobody can tell. */
    static boolean isPossible() {
        return Runtime.version().feature() >= 21;
    }

    /**
     * Takes it; empty if it was abandoned or this JVM cannot.
     *
     * @throws IOException if no file can be written
     */
    List<Seen> take() throws IOException {
        if (!isPossible() || !begin()) {
            return List.of();
        }
        try {
            Path directory = makeDirectory();
            try {
                return take(directory.resolve(FILE));
            } finally {
                Files.deleteIfExists(directory.resolve(FILE));
                Files.delete(directory);
            }
        } finally {
            end();
        }
    }

    private static List<Seen> take(Path file) throws IOException {
        if (!dumpInto(file)) {
            return List.of();
        }
        try (Reader reader =
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8)) {
            return new ThreadDumpReader(reader, MOST_CHARS).read();
        }
    }

    /**
     * Ends it, whether or not it has begun: nobody needs it any more. It writes no more, and the thread that
     * takes it deletes what it has written.
     *
     * @param millis how long to wait for that, at most
     */
    void abandon(long millis) {
        synchronized (lock) {
            abandoned = true;
            if (taking == null) {
                return;
            }
            taking.interrupt(); // which closes the file that it writes
        }
        try {
            // If that is not enough, nothing more can be done: the process may be about to be
            // halted.
            boolean unused = ended.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean begin() {
        synchronized (lock) {
            taking = abandoned ? null : Thread.currentThread();
            return !abandoned;
        }
    }

    private void end() {
        synchronized (lock) {
            taking = null;
            if (abandoned) {
                Thread.interrupted(); // meant for this alone
            }
        }
        ended.countDown();
    }

    private static Path makeDirectory() throws IOException {
        try {
            return Files.createTempDirectory("stop-threads");
        } catch (IOException notThere) {
            try {
                return Files.createTempDirectory(Path.of("/dev/shm"), "stop-threads");
            } catch (IOException norThere) {
                norThere.addSuppressed(notThere);
                throw norThere;
            }
        }
    }

    /** False if this JVM cannot. */
    private static boolean dumpInto(Path file) throws IOException {
        try {
            Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
            Class<?> format = Class.forName(type.getName() + "$ThreadDumpFormat");
            Object json = format.getField("JSON").get(null);
            Method find = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getPlatformMXBean", Class.class);
            Object bean = find.invoke(null, type);
            if (bean == null) {
                return false;
            }
            type.getMethod("dumpThreads", String.class, format)
                    .invoke(bean, file.toAbsolutePath().toString(), json);
            return true;
        } catch (InvocationTargetException e) {
            throw new IOException("threads cannot be dumped", e.getCause());
        } catch (ReflectiveOperationException | LinkageError notThere) {
            return false;
        }
    }
}
