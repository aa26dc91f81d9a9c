package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds applications by their processes: whoever holds a place has its lock file open, which {@code /proc}
 * shows to the same user and to root.
 */
public final class Processes {
    private static final Path PROC = Path.of("/proc");
    private static final String LOCK = ".lock";

    private Processes() {}

    /**
     * A process, and a place that it holds.
     *
     * @param seen the place, with the status that is there
     */
    private record Holder(Object lock, Seen seen) {}

    /**
     * Finds the places that a process holds; of one in another mount namespace, by its root under {@code /proc}.
     *
     * @param pid as it is seen from here
     * @return nothing if there is no such process, or it holds none
     * @throws UnusableException if this user may not look at that process
     */
    public static List<Seen> held(long pid) throws UnusableException {
        List<Seen> places = new ArrayList<>();
        try {
            for (Holder holder : holders(PROC.resolve(Long.toString(pid)))) {
                places.add(holder.seen);
            }
        } catch (UnusableException e) {
            throw e;
        } catch (AccessDeniedException e) {
            throw new UnusableException(
                    "process " + pid + " belongs to another user; run the command as that user", e);
        } catch (IOException e) {
            throw new UnusableException(
                    "cannot look at process " + pid + ": " + ControlFiles.plain(e), e);
        }
        return places;
    }

    /**
     * Finds what this user may stop: by the processes that he may look at, and in directories where there may be
     * applications whose processes cannot be seen from here.
     *
     * @param known such directories; those that cannot be read are left out
     * @return each living application once
     */
    public static List<Seen> all(List<Path> known) throws UnusableException {
        List<Seen> applications = new ArrayList<>();
        Set<Object> locks = new HashSet<>();
        try {
            for (Path process : list(PROC, "[0-9]*")) {
                addHeldBy(process, applications, locks);
            }
        } catch (IOException e) {
            throw new UnusableException("cannot look at processes: " + ControlFiles.plain(e), e);
        }
        for (Path directory : known) {
            addThoseIn(directory, applications, locks);
        }
        return applications;
    }

    private static void addHeldBy(Path process, List<Seen> to, Set<Object> locks) {
        try {
            for (Holder holder : holders(process)) {
                if (locks.add(holder.lock)) {
                    to.add(holder.seen);
                }
            }
        } catch (IOException notOursOrGone) {
            // Most processes are neither ours nor applications.
        }
    }

    private static void addThoseIn(Path directory, List<Seen> to, Set<Object> locks) {
        try {
            for (Path file : list(directory, "*" + LOCK)) {
                FileFacts facts = FileFacts.of(file);
                if (facts != null && !locks.contains(facts.key())) {
                    addHolderOf(file, facts, to, locks);
                }
            }
        } catch (IOException notToBeRead) {
            // It is one of several places to look at.
        }
    }

    private static void addHolderOf(Path file, FileFacts facts, List<Seen> to, Set<Object> locks) {
        try {
            Seen seen = lookAt(file);
            if (seen != null && seen.status().get("instance") != null && locks.add(facts.key())) {
                to.add(seen);
            }
        } catch (UnusableException notOurs) {
            // Nobody promised that everything here is.
        }
    }

    private static List<Holder> holders(Path process) throws IOException {
        List<Holder> holders = new ArrayList<>();
        Set<Object> locks = new HashSet<>();
        UnusableException failure = null;
        try {
            for (Path descriptor : list(process.resolve("fd"), "*")) {
                Path file = open(descriptor);
                if (file == null) {
                    continue;
                }
                try {
                    Holder holder = holder(process, descriptor, file);
                    if (holder != null && locks.add(holder.lock)) {
                        holders.add(holder);
                    }
                } catch (UnusableException e) {
                    failure = e;
                }
            }
        } catch (NoSuchFileException ended) {
            return List.of();
        }
        if (holders.isEmpty() && failure != null) {
            throw failure;
        }
        return holders;
    }

    private static List<Path> list(Path directory, String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, pattern)) {
            for (Path file : stream) {
                files.add(file);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause(); // a process ends while it is looked at
        }
        return files;
    }

    /** The lock file that a descriptor leads to; null if it leads to something else. */
    private static @Nullable Path open(Path descriptor) {
        try {
            Path file = Files.readSymbolicLink(descriptor);
            return file.isAbsolute() && file.toString().endsWith(LOCK) ? file : null;
        } catch (IOException closedMeanwhile) {
            return null;
        }
    }

    /**
     * Somebody else, a waiting command for instance, may have it open too: who holds it, the kernel tells. Without
     * an instance, nothing would tell it from one that comes to its place later.
     */
    private static @Nullable Holder holder(Path process, Path descriptor, Path file)
            throws IOException {
        FileFacts opened = FileFacts.following(descriptor);
        if (opened == null || !Self.isLocked(process, descriptor, opened)) {
            return null;
        }
        Path there = file;
        if (!opened.isAt(there)) {
            // As the process sees it, in its own mount namespace.
            there = process.resolve("root").resolve(file.getRoot().relativize(file));
            if (!opened.isAt(there)) {
                return null;
            }
        }
        Seen seen = lookAt(there);
        return seen != null && seen.status().get("instance") != null
                ? new Holder(opened.key(), seen)
                : null;
    }

    private static @Nullable Seen lookAt(Path lock) throws UnusableException {
        Path directory = lock.getParent();
        String file = String.valueOf(lock.getFileName());
        if (directory == null || file.length() == LOCK.length()) {
            return null;
        }
        try {
            return Lookout.look(directory, file.substring(0, file.length() - LOCK.length()));
        } catch (InvalidPathException noNameHere) {
            return null; // what this locale cannot write is no name of ours
        }
    }
}
