package org.stop4j.check;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** A run of the command in this JVM, and the files to run it on. */
record Run(int code, List<String> out, List<String> err) {
    private static final Pattern FINDING = Pattern.compile(
            "^.*?:(\\d+:\\d+): (?:error|warning|hint): .* \\[([a-z0-9-]+)\\]$", Pattern.MULTILINE);

    static Run check(String... arguments) {
        return withInput("", arguments);
    }

    static Run withInput(String input, String... arguments) {
        return withInput(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    static Run withInput(byte[] input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
        return new Run(code, lines(out), lines(err));
    }

    private static List<String> lines(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** What was found: {@code 12:7 grace-too-short}. */
    List<String> found() {
        return FINDING.matcher(String.join("\n", out))
                .results()
                .map(result -> result.group(1) + " " + result.group(2))
                .toList();
    }

    static Path file(String name) {
        return root().resolve(name);
    }

    private static Path root() {
        return Path.of(Objects.requireNonNull(
                System.getProperty("stop.basedir"),
                "system property stop.basedir, set by the build"));
    }

    /** A manifest of these tests. */
    static String manifest(String name) {
        return "src/test/resources/org/stop4j/check/" + name + ".yaml";
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
