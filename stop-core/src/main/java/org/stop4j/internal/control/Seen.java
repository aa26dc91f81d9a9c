package org.stop4j.internal.control;

import java.nio.file.Path;
import java.util.Map;

/** An application as it was seen at one moment; two of them are never equal. */
public final class Seen {
    private final Path directory;
    private final String name;
    private final Map<String, String> status;

    /** Where it can be met, its name there, and what it shows, by key: nothing if that does not count. */
    Seen(Path directory, String name, Map<String, String> status) {
        this.directory = directory;
        this.name = name;
        this.status = status;
    }

    /** Where it can be met. */
    public Path directory() {
        return directory;
    }

    /** Its name there. */
    public String name() {
        return name;
    }

    /** What it shows, by key; empty if it shows nothing that counts. */
    public Map<String, String> status() {
        return status;
    }
}
