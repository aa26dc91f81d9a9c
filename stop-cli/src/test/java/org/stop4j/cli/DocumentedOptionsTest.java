package org.stop4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whatever tells people about the options tells about all of them, and about no other. */
class DocumentedOptionsTest {
    private static final Path DIST = Path.of("src/main/dist");
    private static final Pattern OPTION =
            Pattern.compile("(?<![-\\w])(--[a-z][a-z-]*|-[a-z])(?![-\\w])");
    /** In a class file, a string: a tag, two bytes of length, and the characters. */
    private static final Pattern STRING =
            Pattern.compile("\\x01\\x00([\\x02-\\x20])(--?[a-z][a-z-]*)");

    /** The options of the command: the strings in its class that are an option and nothing else. */
    private static Set<String> options() throws Exception {
        Set<String> found = new TreeSet<>();
        try (InputStream in = Options.class.getResourceAsStream("Options.class")) {
            assertThat(in).isNotNull();
            // ISO-8859-1 keeps every byte as it is.
            String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            Matcher strings = STRING.matcher(content);
            while (strings.find()) {
                int length = strings.group(1).charAt(0);
                if (strings.group(2).length() >= length) {
                    found.add(strings.group(2).substring(0, length));
                }
            }
        }
        assertThat(found).contains("--until", "--version", "-h");
        found.add("--prepare"); // the launcher's own
        return found;
    }

    private static Set<String> longOnes(Set<String> options) {
        Set<String> those = new TreeSet<>(options);
        those.removeIf(option -> !option.startsWith("--"));
        return those;
    }

    private static Set<String> in(String text) {
        Set<String> found = new TreeSet<>();
        OPTION.matcher(text).results().forEach(option -> found.add(option.group(1)));
        return found;
    }

    private static String read(String file) throws Exception {
        return Files.readString(DIST.resolve(file));
    }

    @Test
    void helpNamesAllOptions() throws Exception {
        ByteArrayOutputStream help = new ByteArrayOutputStream();
        Main.run(new PrintStream(help, true, StandardCharsets.UTF_8), System.err, "--help");
        assertThat(in(help.toString(StandardCharsets.UTF_8))).isEqualTo(options());
    }

    @Test
    void theManualPageNamesAllOptions() throws Exception {
        String text = read("share/man/man1/stop.1").replace("\\-", "-").replaceAll("\\\\f.", "");
        assertThat(in(text)).isEqualTo(options());
    }

    @Test
    void theCompletionOfBashOffersAllLongOptions() throws Exception {
        String text = read("share/bash-completion/completions/stop");
        String offered =
                text.substring(text.indexOf("values='--"), text.lastIndexOf("check $values"));
        assertThat(longOnes(in(offered))).isEqualTo(longOnes(options()));
    }

    @Test
    void theCompletionOfZshOffersAllOptions() throws Exception {
        String text = read("share/zsh/site-functions/_stop");
        String specified =
                text.substring(text.lastIndexOf("_arguments -s") + "_arguments -s".length());
        Set<String> offered = in(specified.replace("[", " ["));
        assertThat(offered).isEqualTo(options());
    }
}
