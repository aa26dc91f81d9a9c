package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The manual page and the completions, in the programs that read them. */
class CompletionTest {
    private static final Path SHARE = Path.of(System.getProperty("stop.dist", ""), "share");

    @TempDir
    private Path directory;

    private static List<String> lines(Map<String, String> environment, String... command) {
        try (Child program = Child.program(environment, command)) {
            assertThat(program.awaitExit()).as("%s", program).isZero();
            assertThat(program.err()).as("%s", program).isEmpty();
            return program.out();
        }
    }

    /** What bash offers for these words, the last of which is being typed; "=" is a word of its own. */
    private List<String> offeredByBash(String... words) {
        Needs.programs("bash");
        StringBuilder all = new StringBuilder();
        for (String word : words) {
            all.append(" '").append(word).append('\'');
        }
        return lines(
                Map.of(),
                "bash",
                "--norc",
                "-c",
                "source \"$1\"; cd \"$2\"; COMP_WORDS=(stop" + all + "); COMP_CWORD=" + words.length
                        + "; _stop; printf '%s\\n' \"${COMPREPLY[@]}\"",
                "bash",
                SHARE.resolve("bash-completion/completions/stop").toString(),
                directory.toString());
    }

    @Test
    void bashOffersOptions() {
        assertThat(offeredByBash("--sta")).containsExactly("--status");
        assertThat(offeredByBash("--json", "--re"))
                .containsExactlyInAnyOrder("--resume", "--reason", "--report");
        assertThat(offeredByBash("che")).containsExactly("check");
    }

    @Test
    void bashOffersTheValuesOfAnOption() throws Exception {
        Files.createDirectory(directory.resolve("orders dir"));
        Files.writeString(directory.resolve("orders.html"), "");
        assertThat(offeredByBash("--until", "e")).containsExactly("exited");
        assertThat(offeredByBash("--until", "=", "s")).containsExactly("stopped");
        assertThat(offeredByBash("--until", "=")).containsExactly("stopped", "exited");
        assertThat(offeredByBash("--dir", "or")).containsExactly("orders dir");
        assertThat(offeredByBash("--report", "or"))
                .containsExactlyInAnyOrder("orders dir", "orders.html");
        assertThat(offeredByBash("check", "a.yaml", "orders.")).containsExactly("orders.html");
        assertThat(offeredByBash("--pid", Long.toString(ProcessHandle.current().pid())))
                .contains(Long.toString(ProcessHandle.current().pid()));
    }

    /** What becomes of a line after the tabulator key, in a zsh that sits at a terminal. */
    @ParameterizedTest
    @CsvSource({
        "--sta,             --status",
        "--until=ex,        --until=exited",
        "--json --verb,     --json --verbose",
        "che,               check"
    })
    void zshCompletesWhatIsTyped(String typed, String completed) {
        Needs.programs("zsh");
        List<String> shown = lines(
                Map.of("TERM", "dumb", "HOME", directory.toString()),
                "zsh",
                "-f",
                "-c",
                """
                zmodload zsh/zpty
                zpty terminal zsh -f -i
                zpty -w terminal "PS1=; fpath=($1 \\$fpath); autoload -U compinit; compinit -u -D
                    stop() { print -r -- \\"<\\$*>\\" }; print -r -- rea\\"dy\\""
                zpty -r terminal seen '*ready*'
                zpty -w -n terminal "stop $2"$'\\t\\n'
                zpty -r terminal seen '*<*>*'
                print -r -- "$seen"
                zpty -d terminal
                """,
                "zsh",
                SHARE.resolve("zsh/site-functions").toString(),
                typed);
        assertThat(String.join("\n", shown)).contains("<" + completed + ">");
    }

    @Test
    void manHasNothingToSayAgainstTheManualPage() {
        Needs.programs("man");
        assertThat(lines(
                        Map.of("LC_ALL", "C.UTF-8", "MANWIDTH", "100"),
                        "man",
                        "--warnings",
                        "-l",
                        SHARE.resolve("man/man1/stop.1").toString()))
                .anyMatch(line -> line.contains("ask a JVM application to stop"));
    }

    @Test
    void mandocHasNothingToSayAgainstTheManualPage() {
        Needs.programs("mandoc");
        assertThat(lines(
                        Map.of(),
                        "mandoc",
                        "-T",
                        "lint",
                        "-W",
                        "warning",
                        SHARE.resolve("man/man1/stop.1").toString()))
                .isEmpty();
    }
}
