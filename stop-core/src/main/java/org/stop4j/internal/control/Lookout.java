package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;

/** Looks at applications, without asking them for anything and without writing a file. */
public final class Lookout {
    private Lookout() {}

    /**
     * Looks who holds a place; null if no living application does.
     *
     * @throws UnusableException if the place cannot be used, or is not ours to use
     */
    public static @Nullable Seen look(Path directory, String name) throws UnusableException {
        // A channel closes itself under an interrupted thread, and the lock with it.
        boolean interrupted = Thread.interrupted();
        try {
            return look(new ControlFiles(directory, name));
        } catch (UnusableException e) {
            throw e;
        } catch (IOException e) {
            throw Application.unusable(directory, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable Seen look(ControlFiles files) throws IOException {
        FileFacts directory = Application.usable(files.directory);
        FileFacts lock = FileFacts.of(files.lock);
        if (lock == null || FileFacts.of(files.status) == null) {
            return null; // or it is somebody's who is none of ours, and whom a look could disturb
        }
        try (Application application = new Application(files)) {
            application.trust(Application.trusted(Self.uid(), directory));
            Message status = application.readStatus();
            boolean ourselves =
                    Self.hasLocked(lock) || (status != null && Self.is(status.get("process")));
            if (ourselves && status == null) {
                return null;
            }
            // A process that looks at its own lock loses it, and may hold one that is none of ours.
            if (!ourselves && application.look() != Application.Life.ALIVE) {
                return null;
            }
            return new Seen(files.directory, files.name, Message.fields(status));
        }
    }
}
