package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.control.Processes;
import org.stop4j.internal.control.Seen;
import org.stop4j.internal.control.UnusableException;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Where an application and the {@code stop} command meet: a directory, and a name that tells
 * applications in the same directory apart.
 *
 * <p>Immutable. Naming a control directory touches no file.
 *
 * @since 0.1
 */
public final class ControlDirectory {
    /** The name of an application that was given none, as in the Go library. */
    private static final String DEFAULT_NAME = "process";

    private static final int LONGEST_NAME = 64;

    private final Path path;
    private final String name;
    private final boolean chosen;
    /** The one application that is meant; null if it is whichever is there. */
    private final @Nullable String instance;

    private ControlDirectory(Path path, String name, boolean chosen) {
        this(path, name, chosen, null);
    }

    private ControlDirectory(Path path, String name, boolean chosen, @Nullable String instance) {
        this.path = path;
        this.name = name;
        this.chosen = chosen;
        this.instance = instance;
    }

    /**
     * Reads the place from the environment: the directory is {@code STOP_DIR}, else {@code TMPDIR}, else
     * {@code /tmp}; the name is {@code STOP_NAME}, else {@code process}. An empty variable counts as unset.
     *
     * @return the place
     * @throws IllegalArgumentException if a variable has a value that is not allowed; the message names it
     */
    public static ControlDirectory fromEnvironment() {
        return from(System.getenv());
    }

    static ControlDirectory from(Map<String, String> environment) {
        String directory = set(environment, "STOP_DIR");
        String name = set(environment, "STOP_NAME");
        String temporary = set(environment, "TMPDIR");
        Path path;
        if (directory != null) {
            path = path("STOP_DIR", directory);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("STOP_DIR is \"" + directory
                        + "\"; allowed: an absolute path, since the application and the command may be started"
                        + " in different directories");
            }
        } else {
            path = path("TMPDIR", temporary != null ? temporary : "/tmp").toAbsolutePath();
        }
        return new ControlDirectory(
                path,
                name != null ? checkedName("STOP_NAME", name) : DEFAULT_NAME,
                directory != null || name != null);
    }

    /**
     * Names a place.
     *
     * @param directory the directory; it must exist when it is used, and is best one that only the
     *     application's user can write to
     * @param name the name: 1 to 64 letters, digits, {@code .}, {@code _} or {@code -}, beginning with a
     *     letter or digit
     * @return the place
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static ControlDirectory of(Path directory, String name) {
        return new ControlDirectory(directory.toAbsolutePath(), checkedName("name", name), true);
    }

    /**
     * Finds the place of an application by its process, which must be one of this user, or the caller root. A {@link
     * StopClient} made of it reaches that application alone, and not one that comes to its place later. Works on
     * Linux, also for a process in a container, by its id as it is seen from here.
     *
     * @param pid the process id
     * @return the place; nothing if there is no such process, or it listens to no {@code stop} command
     * @throws ControlDirectoryException if this user may not look at that process, or it has several places
     * @throws IllegalArgumentException if the id is not positive
     */
    public static Optional<ControlDirectory> ofProcess(long pid) {
        if (pid <= 0) {
            throw new IllegalArgumentException("pid is " + pid + "; allowed: more than zero");
        }
        try {
            List<Seen> places = Processes.held(pid);
            if (places.size() > 1) {
                StringJoiner names = new StringJoiner(", ");
                for (Seen place : places) {
                    names.add(of(place).toString());
                }
                throw new ControlDirectoryException(
                        "process " + pid + " has several places: " + names + "; name one", null);
            }
            return places.isEmpty() ? Optional.empty() : Optional.of(of(places.get(0)));
        } catch (UnusableException e) {
            throw new ControlDirectoryException(String.valueOf(e.getMessage()), e);
        }
    }

    static ControlDirectory of(Seen seen) {
        return new ControlDirectory(
                seen.directory(), seen.name(), true, seen.status().get("instance"));
    }

    /** The one application that is meant; null if it is whichever is there. */
    @Nullable
    String instance() {
        return instance;
    }

    /**
     * Returns the place with this name in another directory.
     *
     * @param directory the directory; see {@link #of}
     * @return the other place
     */
    public ControlDirectory in(Path directory) {
        return new ControlDirectory(directory.toAbsolutePath(), name, true);
    }

    /**
     * Returns the place in this directory with another name.
     *
     * @param otherName the name; see {@link #of}
     * @return the other place
     * @throws IllegalArgumentException if the name is not allowed
     */
    public ControlDirectory named(String otherName) {
        return new ControlDirectory(path, checkedName("name", otherName), true);
    }

    /**
     * Tells the directory.
     *
     * @return an absolute path
     */
    public Path path() {
        return path;
    }

    /**
     * Tells the name.
     *
     * @return the name, without any of the endings of the files
     */
    public String name() {
        return name;
    }

    /**
     * Tells whether somebody chose this place, by code, {@code STOP_DIR} or {@code STOP_NAME}. An
     * application that meets another one in a chosen place fails to start; in the default place it starts
     * without the command.
     *
     * @return whether it was chosen
     */
    public boolean chosen() {
        return chosen;
    }

    @Override
    public String toString() {
        return path + File.separator + name;
    }

    private static @Nullable String set(Map<String, String> environment, String variable) {
        String value = environment.get(variable);
        return value == null || value.isEmpty() ? null : value;
    }

    private static Path path(String variable, String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    variable + " is \"" + value + "\"; allowed: a path", e);
        }
    }

    private static String checkedName(String parameter, String name) {
        boolean allowed =
                !name.isEmpty() && name.length() <= LONGEST_NAME && isLetterOrDigit(name.charAt(0));
        for (int i = 0; allowed && i < name.length(); i++) {
            char c = name.charAt(i);
            allowed = isLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
        }
        if (!allowed) {
            throw new IllegalArgumentException(
                    parameter + " is \"" + name + "\"; allowed: 1 to " + LONGEST_NAME
                            + " letters, digits, '.', '_' or '-', beginning with a letter or digit");
        }
        return name;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
