package org.stop4j.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** What a test needs beyond a JDK: without it, the test is skipped and says why. */
final class Needs {
    /** A user that is nobody here; only root can run something as him. */
    static final int FOREIGN_UID = 12_345;

    private Needs() {}

    static boolean isRoot() {
        return ownUid() == 0;
    }

    static int ownUid() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Root, and these programs. */
    static void root(String... programs) {
        assumeTrue(isRoot(), "needs root");
        programs(programs);
    }

    static void programs(String... programs) {
        for (String program : programs) {
            boolean found = List.of(System.getenv("PATH").split(":", -1)).stream()
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
            assumeTrue(found, "needs the program " + program);
        }
    }

    /** A command works here; namespaces and mounts are often forbidden in containers. */
    static void works(String... command) {
        try (Child trial = Child.program(Map.of(), command)) {
            assumeTrue(trial.awaitExit() == 0, () -> "does not work here: " + trial);
        }
    }

    /** The prefix that runs a command as the foreign user; skips when he cannot be, or cannot read the build. */
    static List<String> foreignUser() {
        root("setpriv");
        List<String> prefix = List.of(
                "setpriv", "--reuid=" + FOREIGN_UID, "--regid=" + FOREIGN_UID, "--clear-groups");
        works(
                prefix.get(0),
                prefix.get(1),
                prefix.get(2),
                prefix.get(3),
                "test",
                "-r",
                Child.jar("stop.fixtures.jar"));
        return prefix;
    }

    /** Makes a directory that everybody can reach, with these permissions ({@code sticky} apart) and owner. */
    static Path directory(Path parent, String name, String permissions, int uid) {
        try {
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path directory = Files.createDirectory(parent.resolve(name));
            Files.setAttribute(directory, "unix:uid", uid);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, owned by the user of these tests. */
    static Path ownDirectory(Path parent, String name, String permissions) {
        return directory(parent, name, permissions, ownUid());
    }

    /** The same, sticky as {@code /tmp} is: a file in it belongs to its owner alone. */
    static Path stickyDirectory(Path parent, String name) {
        Path directory = directory(parent, name, "rwxrwxrwx", 0);
        works("chmod", "1777", directory.toString());
        return directory;
    }

    /**
     * What goes before a command so that it can be sent this signal: whoever runs these tests, a script's background or
     * nohup, may have it ignored, and so would a child.
     */
    static List<String> defaultSignal(String signal) {
        works("env", "--default-signal=" + signal, "true");
        return List.of("env", "--default-signal=" + signal);
    }
}
