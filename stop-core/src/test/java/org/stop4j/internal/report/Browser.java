package org.stop4j.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A headless Chromium, where there is one. */
final class Browser {
    private static final List<String> PROGRAMS = List.of(
            "chromium-headless-shell",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable");

    private final Path program;
    private final Path folder;

    private Browser(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /** The first one on the PATH; without one the test is skipped and says so. */
    static Browser inFolder(Path folder) {
        Path found = PROGRAMS.stream()
                .flatMap(name ->
                        List.of(System.getenv("PATH").split(File.pathSeparator, -1)).stream()
                                .map(entry -> Path.of(entry, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "needs a Chromium on the PATH, one of " + PROGRAMS);
        return new Browser(found == null ? folder : found, folder);
    }

    /** Loads this page, lets its scripts run, and returns its DOM as HTML. */
    String domOf(String html, boolean dark) throws IOException, InterruptedException {
        Path page = Files.writeString(folder.resolve("page.html"), html);
        Path out = folder.resolve("dom.html");
        Path err = folder.resolve("browser.log");
        Process browser = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox", // the tests may run as root
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--window-size=1280,900",
                        "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                        "--dump-dom",
                        page.toUri().toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(browser.waitFor(120, TimeUnit.SECONDS))
                    .as("the end of %s", program)
                    .isTrue();
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly();
        }
        String log = Files.readString(err, StandardCharsets.ISO_8859_1);
        assertThat(browser.exitValue()).as("%s: %s", program, log).isZero();
        return Files.readString(out);
    }
}
