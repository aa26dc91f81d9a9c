package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor;
import org.stop4j.spring.ahead.AheadApplication;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** An application whose context is generated ahead of time, as for a native image, and run on the JVM. */
class AheadOfTimeTest {
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    @SuppressWarnings("NullAway") // JUnit sets it
    Path directory;

    @Test
    void anApplicationThatIsProcessedAheadOfTimeStopsInOrder() throws Exception {
        assumeTrue(
                System.getProperty("boot.version", "").startsWith("4.1"),
                "takes seconds, so only on the newest line of Boot");
        Path sources = directory.resolve("sources");
        Path classes = directory.resolve("classes");
        process(sources, classes);
        compile(sources, classes);

        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-Dspring.aot.enabled=true",
                        "-cp",
                        classes + File.pathSeparator + CLASS_PATH,
                        AheadApplication.class.getName(),
                        "--spring.main.web-application-type=none",
                        // Else it ends by itself, perhaps before the signal.
                        "--spring.main.keep-alive=true",
                        "--stop.dir=" + directory)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> all = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                all.add(line);
                if (line.equals("> ready")) {
                    process.toHandle().destroy(); // and goes on reading
                }
            }
            assertThat(process.waitFor(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            String text = String.join("\n", all);
            assertThat(text).contains("Starting AOT-processed AheadApplication");
            // Ahead of time, Spring makes of a @PreDestroy one more destroy method: these come
            // last.
            assertThat(all)
                    .as(text)
                    .filteredOn(line -> line.startsWith("> "))
                    .containsExactly("> ready", "> ship", "> destroy", "> flush", "> release");
            assertThat(text).contains("failed \"bean database\"").contains("the disk is full");
            assertThat(process.exitValue()).as(text).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }

    private void process(Path sources, Path classes) {
        AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
                .sourceOutput(sources)
                .resourceOutput(classes)
                .classOutput(classes)
                .groupId("org.stop4j")
                .artifactId("ahead")
                .build();
        new SpringApplicationAotProcessor(AheadApplication.class, settings, new String[] {
                    "--spring.main.web-application-type=none"
                })
                .process();
    }

    private static void compile(Path sources, Path classes) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files =
                        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> java =
                    all.filter(path -> path.toString().endsWith(".java")).toList();
            List<String> options =
                    List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-cp", CLASS_PATH);
            assertThat(compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjectsFromPaths(java))
                            .call())
                    .isTrue();
        }
    }
}
