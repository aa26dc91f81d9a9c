package org.stop4j.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The stop command of this checkout, as the build made it. */
final class Command {
    private final Path jar;
    private final Path launcher;

    Command(Path root) {
        jar = root.resolve("stop-cli/target/stop.jar");
        launcher = root.resolve("stop-cli/src/main/dist/bin/stop");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    "there is no " + jar + "; use benchmarks/run, which builds it");
        }
    }

    Path jar() {
        return jar;
    }

    Path launcher() {
        return launcher;
    }

    /** {@code java -jar stop.jar}. */
    List<String> byJar() {
        return List.of(Child.javaProgram(), Child.FAST_START, "-jar", jar.toString());
    }

    /** The launcher script, which finds the same Java by {@code JAVA_HOME}. */
    List<String> byLauncher(String... options) {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(options));
        return line;
    }
}
