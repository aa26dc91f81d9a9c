package org.stop4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the documentation shows as code is code that this build compiles. */
class DocumentationTest {
    private static final List<String> MODULES = List.of(
            "stop-core",
            "stop-http",
            "stop-cli",
            "stop-check",
            "stop-testing",
            "adapters/stop-grpc",
            "adapters/stop-kafka",
            "adapters/stop-netty",
            "adapters/stop-servlet",
            "adapters/stop-spring-boot-starter");

    private static final Pattern MARKDOWN =
            Pattern.compile("^```java[^\\n]*\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    /** Ends at the closing brace before the tag, since code has braces of its own. */
    private static final Pattern JAVADOC =
            Pattern.compile("<pre>\\s*\\{@code(.*?)\\}\\s*(?:\\*\\s*)?</pre>", Pattern.DOTALL);

    /** Some code in some file, without its indentation. */
    record Block(String file, int line, String code) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    static List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        List<Path> pages = new ArrayList<>(Checkout.below("docs", ".md"));
        pages.add(Checkout.file("README.md"));
        for (Path page : pages) {
            collect(page, MARKDOWN, blocks);
        }
        for (String module : MODULES) {
            for (Path source : Checkout.below(module + "/src/main/java", ".java")) {
                collect(source, JAVADOC, blocks);
            }
        }
        return blocks;
    }

    private static void collect(Path file, Pattern pattern, List<Block> to) {
        String text = Checkout.read(file);
        Matcher found = pattern.matcher(text);
        while (found.find()) {
            int line = (int) text.substring(0, found.start()).lines().count() + 1;
            to.add(new Block(Checkout.name(file), line, plain(found.group(1))));
        }
    }

    /** The lines without indentation, the stars of Javadoc, and empty lines at both ends. */
    private static String plain(String code) {
        return code.lines()
                .map(line -> line.replaceFirst("^\\s*\\*( |$)", "").strip())
                .collect(Collectors.joining("\n"))
                .strip();
    }

    private static String compiled() {
        StringBuilder all = new StringBuilder();
        for (Path source : Checkout.below("examples", ".java")) {
            if (Checkout.name(source).contains("/src/main/java/")) {
                all.append(plain(Checkout.read(source))).append('\n');
            }
        }
        return all.toString();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void whatIsShownAsJavaIsCompiledInAnExample(Block block) {
        assertThat(block.code()).as("the code at %s", block).isNotEmpty();
        assertThat(compiled().contains(block.code()))
                .as(
                        "the code at %s stands, but for indentation, in a file of examples/*/src/main/java;"
                                + " put it there:%n%s",
                        block, block.code())
                .isTrue();
    }

    @Test
    void theReadmeAndTheEntryClassShowCode() {
        assertThat(blocks())
                .extracting(Block::file)
                .contains("README.md", "stop-core/src/main/java/org/stop4j/Stop.java");
    }

    @Test
    void everyPreOfTheJavadocIsSeen() {
        // One that the pattern missed would be compared with nothing.
        for (String module : MODULES) {
            for (Path source : Checkout.below(module + "/src/main/java", ".java")) {
                List<Block> seen = new ArrayList<>();
                collect(source, JAVADOC, seen);
                assertThat(Checkout.read(source).split("<pre>", -1))
                        .as("<pre> in %s, all as <pre>{@code …}</pre>", source)
                        .hasSize(seen.size() + 1);
            }
        }
    }
}
