package org.stop4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.stop4j.cli.Progress.Kind;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is to be seen while the application stops. */
class ProgressTest {
    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long now = 7 * SECOND;

    private Progress progress(Kind kind) {
        return new Progress(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                kind,
                () -> now);
    }

    private static View view(String line) {
        return new View(line);
    }

    /** What an application may be doing; another object is another look. */
    private record View(String line) implements Progress.Shown {
        @Override
        public String toLine() {
            return line;
        }

        @Override
        public String toJson() {
            return "{\"line\":\"" + line + "\"}";
        }
    }

    private List<String> errLines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void showOn(Screen screen) {
        screen.write(err.toString(StandardCharsets.UTF_8));
        err.reset();
    }

    // ---- a terminal

    @Test
    void onATerminalThereIsOneLineThatIsDrawnAnewAndNeverErasedBefore() {
        Progress live = progress(Kind.LIVE);
        Screen screen = new Screen(80);
        for (String line : List.of("STOPPING, DRAIN, 12 in flight", "STOPPING, DRAIN", "STOPPED")) {
            live.show(view(line));
            showOn(screen);
            assertThat(screen.lines()).containsExactly("stop: " + line);
        }
        assertThat(screen.flickers()).isZero();
        live.clear();
        showOn(screen);
        assertThat(screen.lines()).isEmpty();
    }

    @Test
    void aLineThatIsWiderThanTheTerminalIsCutAndWrapsNothing() {
        Progress live = progress(Kind.LIVE);
        Screen screen = new Screen(20);
        live.show(view("x".repeat(100)));
        showOn(screen);
        assertThat(screen.lines()).containsExactly("stop: " + "x".repeat(14));
        assertThat(screen.wraps()).isTrue();
    }

    @Test
    void aTerminalThatIsMadeNarrowerShowsOneLineAgainAtTheNextDrawing() {
        Progress live = progress(Kind.LIVE);
        Screen screen = new Screen(80);
        live.show(view("STOPPING, FINISH, 3 of 7 steps, running step \"orders\", 22.9 s left"));
        showOn(screen);
        screen.narrow(30);
        assertThat(screen.lines()).hasSizeGreaterThan(1);
        now += SECOND;
        live.show(view("STOPPING, FINISH, 3 of 7 steps, running step \"orders\", 21.9 s left"));
        showOn(screen);
        // What does not fit is written into the last column.
        assertThat(screen.lines()).containsExactly("stop: STOPPING, FINISH, 3 of t");
        live.clear();
        showOn(screen);
        assertThat(screen.lines()).isEmpty();
    }

    @Test
    void theTimeLeftIsDrawnTenTimesASecondAndAnythingElseAtOnce() {
        Progress live = progress(Kind.LIVE);
        Counting left = new Counting();
        for (int i = 0; i < 100; i++) {
            live.show(left);
            now += SECOND / 100;
        }
        assertThat(left.asked).isEqualTo(10);
        live.show(view("something else"));
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("something else");
    }

    /** The same look each time, of which only the time left changes. */
    private static final class Counting implements Progress.Shown {
        private int asked;

        @Override
        public String toLine() {
            asked++;
            return asked + " left";
        }

        @Override
        public String toJson() {
            throw new AssertionError("nobody asks for JSON");
        }
    }

    @Test
    void whatTheApplicationWroteCannotCommandTheTerminal() {
        for (Kind kind : List.of(Kind.LIVE, Kind.PLAIN)) {
            err.reset();
            progress(kind).show(view("step \"\033[2J\007\""));
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .contains("step \" [2J \"")
                    .doesNotContain("\033[2J", "\007");
        }
    }

    // ---- a file

    @Test
    void elsewhereThereIsALineASecondAtMostAndOnlyWhenSomethingHasChanged() {
        Progress plain = progress(Kind.PLAIN);
        View first = view("one");
        for (int i = 0; i < 300; i++) {
            plain.show(i < 150 ? first : i < 160 ? view("two " + i) : view("three"));
            now += SECOND / 100;
        }
        assertThat(errLines()).containsExactly("stop: one", "stop: two 150", "stop: three");
        plain.clear();
        assertThat(errLines()).hasSize(3);
        assertThat(out.size()).isZero();
    }

    // ---- a program

    @Test
    void forProgramsEachChangeIsAnObjectOnALineOfStandardOutput() {
        Progress json = progress(Kind.JSON);
        View first = view("one");
        json.show(first);
        json.show(first);
        json.show(view("two"));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "{\"event\":\"progress\",\"status\":{\"line\":\"one\"}}",
                        "{\"event\":\"progress\",\"status\":{\"line\":\"two\"}}");
        assertThat(err.size()).isZero();
    }

    @Test
    void whoWantsToHearNothingHearsNothing() {
        Progress none = progress(Kind.NONE);
        none.show(view("one"));
        none.clear();
        assertThat(out.size() + err.size()).isZero();
    }
}
