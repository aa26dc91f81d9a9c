package org.stop4j.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A container of {@code runc}: an {@link Image} that cannot be written to, run by a user who is not root. */
@SuppressWarnings("InlineFormatString") // a document is read better by itself
final class Container implements AutoCloseable {
    private static final String CONFIGURATION = """
            {
              "ociVersion": "1.0.2",
              "process": {
                "user": {"uid": 12345, "gid": 12345},
                "args": ["ARGUMENTS"],
                "env": ["STOP_DIR=DIRECTORY"],
                "cwd": "/",
                "noNewPrivileges": true
              },
              "root": {"path": "ROOT", "readonly": true},
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
                MOUNT
              ],
              "linux": {"namespaces": [
                {"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}
              ]}
            }
            """;
    private static final String MEMORY = """
            {"destination": "/control", "type": "tmpfs", "source": "tmpfs",
             "options": ["mode=0700", "uid=12345", "gid=12345", "size=1m"]}""";
    private static final String SHARED = """
            {"destination": "/control", "type": "bind", "source": "SOURCE", "options": ["bind"]}""";

    private final Path state;
    private final String id;
    private final Child process;

    private Container(Path state, String id, Path bundle) {
        this.state = state;
        this.id = id;
        process = Child.program(
                Map.of(), "runc", "--root", state.toString(), "run", "-b", bundle.toString(), id);
    }

    /** With a control directory of its own, in memory. */
    static Container start(Path parent, Image image, List<String> command) throws IOException {
        return start(parent, image, "/control", MEMORY, command);
    }

    /** With a control directory that is shared with others. */
    static Container startAt(Path shared, Path parent, Image image, List<String> command)
            throws IOException {
        return start(
                parent, image, "/control", SHARED.replace("SOURCE", shared.toString()), command);
    }

    /** With no directory that could be a control directory. */
    static Container startNowhere(Path parent, Image image, List<String> command)
            throws IOException {
        return start(parent, image, "", MEMORY, command);
    }

    private static Container start(
            Path parent, Image image, String directory, String mount, List<String> command)
            throws IOException {
        Path bundle = Files.createTempDirectory(parent, "bundle");
        Files.writeString(
                bundle.resolve("config.json"),
                CONFIGURATION
                        .replace("ARGUMENTS", String.join("\", \"", command))
                        .replace("DIRECTORY", directory)
                        .replace("ROOT", image.root().toString())
                        .replace("MOUNT", mount));
        return new Container(parent.resolve("state"), bundle.getFileName().toString(), bundle);
    }

    /** What it prints, and its end. */
    Child process() {
        return process;
    }

    /** A process more in it, as the hook of a pod is. */
    Child exec(List<String> command) {
        List<String> all = new ArrayList<>(List.of("runc", "--root", state.toString(), "exec"));
        all.add(id);
        all.addAll(command);
        return Child.program(Map.of(), all.toArray(String[]::new));
    }

    /** Sends a signal to its process 1. */
    void kill(String signal) {
        Needs.works("runc", "--root", state.toString(), "kill", id, signal);
    }

    /** Kills and removes it, if it is still there. */
    @Override
    public void close() {
        try (Child delete = Child.program(
                Map.of(), "runc", "--root", state.toString(), "delete", "--force", id)) {
            delete.awaitExit();
        }
        process.close();
    }
}
