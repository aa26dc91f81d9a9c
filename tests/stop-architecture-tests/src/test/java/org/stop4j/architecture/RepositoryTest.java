package org.stop4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The repository's files are the same on every machine: they name no download host and no home. */
class RepositoryTest {
    private static final Pattern URL = Pattern.compile("https?://[^\\s\"'<>)}\\]`]*");

    private static final List<Pattern> ALLOWED_URLS = List.of(
            // Names of XML name spaces and schemas, which nobody fetches.
            Pattern.compile(
                    "https?://maven\\.apache\\.org/(POM/4\\.0\\.0|xsd/maven-4\\.0\\.0\\.xsd)"),
            Pattern.compile("https?://www\\.w3\\.org/2001/XMLSchema-instance"),
            // This machine itself, and the names that are reserved for examples. What follows the
            // scheme
            // may be put together by a program.
            Pattern.compile("https?://(localhost|127\\.0\\.0\\.1|\\[::1\\])([:/].*)?"),
            Pattern.compile("https?://([a-z0-9-]+\\.)*example(\\.(com|org|net))?([:/].*)?"),
            Pattern.compile("https?://"));

    private static final Pattern PATH =
            Pattern.compile("(?<![\\w.~}$*-])/(?:work|home|root|Users|usr/lib/jvm)/[\\w*]");

    /** File to the path that it may name. */
    private static final Map<String, String> ALLOWED_PATHS = Map.of(
            // It finds JDKs under the usual places.
            ".ci/run", "/usr/lib" + "/jvm/*");

    private static List<Path> files() {
        Optional<List<Path>> tracked = Checkout.tracked();
        assumeTrue(
                tracked.isPresent(),
                "not a git checkout, or no git: cannot tell whose files are ours");
        return tracked.orElseThrow();
    }

    @Test
    void noFileNamesAHostToDownloadFrom() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            urls(text(file)).forEach(url -> found.add(Checkout.name(file) + ": " + url));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void noFileNamesAPathOfOneMachine() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            String name = Checkout.name(file);
            String text = text(file).replace(ALLOWED_PATHS.getOrDefault(name, "\0"), "");
            paths(text).forEach(path -> found.add(name + ": " + path));
        }
        assertThat(found).isEmpty();
    }

    /** Bytes that are no text have no characters of interest to these tests, but ISO-8859-1 reads them all. */
    private static String text(Path file) throws Exception {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static List<String> urls(String text) {
        List<String> found = new ArrayList<>();
        Matcher urls = URL.matcher(text);
        while (urls.find()) {
            String url = urls.group().replaceFirst("[.,;]+$", "");
            if (ALLOWED_URLS.stream().noneMatch(allowed -> allowed.matcher(url).matches())) {
                found.add(url);
            }
        }
        return found;
    }

    private static List<String> paths(String text) {
        return PATH.matcher(text).results().map(result -> result.group()).toList();
    }

    // ---- the searches find what they search for; put together here, so that they do not find this
    // file

    @ParameterizedTest
    @ValueSource(
            strings = {"repo.maven.apache.org/maven2", "maven.apache.org", "localhost.evil.org/x"})
    void aHostIsFound(String host) {
        assertThat(urls("see " + "https:" + "//" + host + ", please")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:8081/x", "127.0.0.1:80", "example.com/y", "a.example"
            })
    void aHostForExamplesIsNot(String host) {
        assertThat(urls("see \"" + "http:" + "//" + host + "\"")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"home", "root", "work"})
    void aPathOfOneMachineIsFound(String directory) {
        assertThat(paths("cd /" + directory + "/somebody")).hasSize(1);
        assertThat(paths("cd build/" + directory + "/somebody")).isEmpty();
    }
}
