package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** The runnable jar, as a process. */
@Timeout(120)
class JarTest {
    private static final String JAR = Objects.requireNonNull(
            System.getProperty("stop.check.jar"),
            "system property stop.check.jar, set by the build");

    private static Run process(Path input, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C"); // whatever the locale, UTF-8
        Path err = Files.createTempFile("stop-check", ".err");
        try {
            Process process = builder.redirectInput(input.toFile())
                    .redirectError(err.toFile())
                    .start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return new Run(code, out.lines().toList(), Run.read(err).lines().toList());
        } finally {
            Files.delete(err);
        }
    }

    @Test
    void asAProcessItFindsTheSameAndEndsWithTheSameCode() throws Exception {
        Path nothing = Path.of("/dev/null");
        for (String name : List.of("no-wait-fault", "until-exited-fault", "no-wait-right")) {
            String manifest = Run.manifest("rules/" + name);
            assertThat(process(nothing, "--json", manifest))
                    .isEqualTo(Run.check("--json", manifest));
        }
        assertThat(process(nothing)).isEqualTo(Run.check());
        assertThat(process(nothing, "missing.yaml")).isEqualTo(Run.check("missing.yaml"));
    }

    @Test
    void whatIsNotAsciiIsWrittenAsUtf8InAnyLocale() throws Exception {
        Path manifest = Path.of(Run.manifest("rules/readiness-slow-fault"));
        Run run = process(manifest, "-");
        assertThat(run).isEqualTo(Run.withInput(Run.read(manifest), "-"));
        assertThat(run.out()).anyMatch(line -> line.contains("(3 × 2 s)"));
    }

    @Test
    void itTellsItsVersionAndHoldsTheParserAndNothingElse() throws Exception {
        assertThat(process(Path.of("/dev/null"), "--version").out())
                .singleElement()
                .asString()
                .matches("stop check \\d+\\.\\d+.*");
        try (JarFile jar = new JarFile(JAR)) {
            assertThat(jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith("org/stop4j/check/")
                            || name.startsWith("org/snakeyaml/engine/"));
        }
    }
}
