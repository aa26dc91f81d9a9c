package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.stop4j.cli.Main;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One application, one directory, and one case after another; see {@link FuzzTest}. */
final class FuzzLane implements AutoCloseable {
    /** A case takes a tenth of a second; one that takes that long hangs. */
    private static final long HANGS_SECONDS = 30;
    /** After so many cases, an undisturbed stop must succeed. */
    private static final int UNDISTURBED_EVERY = 25;

    private static final List<String> MODES = List.of("700", "700", "755", "777", "1777", "770");

    private final Path own;
    private final Path control;
    private final Talk application;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FuzzLane(Path own, Path control) throws IOException {
        this.own = own;
        this.control = control;
        application = new Talk("FuzzApp");
    }

    /** Plays a case; returns how the command ended. */
    String play(long seed, int number) throws Exception {
        String name = "seed-" + seed + "-case-" + number;
        Random random = new Random(seed * 1_000_003 + number);
        Path target = own.resolve("elsewhere").resolve("target");
        Files.writeString(target, "stop4j 1 request\nid=target\nreason=" + Junk.FORGED + "\n");
        Junk junk = new Junk(control, own.resolve("elsewhere"), random);
        try {
            boolean undisturbed = number / 4 % UNDISTURBED_EVERY == 0;
            return undisturbed ? undisturbed(name, junk) : disturbed(name, junk, random);
        } catch (AssertionError | ExecutionException e) {
            throw new AssertionError(name + " in " + Child.filesIn(control) + ": " + e, e);
        } finally {
            junk.clear();
            assertThat(Files.readString(target)).as(name).contains("id=target");
            assertThat(own.resolve("elsewhere").resolve("nothing")).as(name).doesNotExist();
        }
    }

    private String undisturbed(String name, Junk junk) throws Exception {
        junk.clear();
        assertThat(application.ask("open " + control)).isEqualTo("open");
        Screen screen = await(command(name, "20s", "--until", "stopped"));
        assertThat(screen.code).as("%s: %s", name, screen).isZero();
        assertThat(application.ask("close " + name)).isEqualTo("closed " + name);
        return "exit " + screen.code;
    }

    private String disturbed(String name, Junk junk, Random random) throws Exception {
        String mode = MODES.get(random.nextInt(MODES.size()));
        Needs.works("chmod", mode, control.toString());
        strew(junk, random.nextInt(3));
        boolean open =
                random.nextInt(5) > 0 && application.ask("open " + control).equals("open");
        strew(junk, random.nextInt(3));
        if (random.nextInt(8) == 0) {
            String ending = other(name, random);
            if (open) {
                assertThat(application.ask("close")).as(name).startsWith("closed");
            }
            return ending;
        }
        boolean meanwhile = random.nextInt(3) == 0;
        Future<Screen> command = command(
                name,
                random.nextInt(40) == 0 ? "1500ms" : 40 + random.nextInt(80) + "ms",
                "--until",
                random.nextInt(3) == 0 ? "exited" : "stopped",
                random.nextBoolean() ? "--json" : "--quiet");
        if (meanwhile) {
            strewUntilEnded(junk, command, random);
        }
        Screen screen = await(command);
        // Whom it has answered, the application may hear of a moment later.
        String close = screen.code <= 1 ? "close " + name : "close";
        String taken = open ? application.ask(close) : "closed";
        assertThat(taken)
                .as("%s: %s", name, screen)
                .startsWith("closed")
                .doesNotContain(Junk.FORGED);
        if (screen.code <= 1) {
            // What an application of the older kind would leave is an answer where nobody else can
            // have put it.
            boolean legacy = meanwhile && junk.legacyAnswer() && !mode.matches("777|770");
            assertThat(taken.contains(name) || legacy)
                    .as("%s was taken: %s, %s", name, taken, screen)
                    .isTrue();
        }
        return "exit " + screen.code + (meanwhile ? ", strewn meanwhile" : "");
    }

    /** Something else than to stop: to look, or what this application does not obey. */
    private String other(String name, Random random) throws Exception {
        String what = List.of("--status", "--drain", "--resume").get(random.nextInt(3));
        List<String> all = new ArrayList<>(List.of("--dir", control.toString(), what));
        if (!what.equals("--status")) {
            all.addAll(List.of("--timeout", 40 + random.nextInt(80) + "ms", "--reason", name));
        }
        Screen screen = await(run(all));
        return what + " exit " + screen.code;
    }

    /** In some cases as fast as it can, in others so seldom that both sides come to something between. */
    private static void strewUntilEnded(Junk junk, Future<Screen> command, Random random)
            throws Exception {
        int pauseMillis = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(20);
        long start = System.nanoTime();
        while (!command.isDone()
                && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(HANGS_SECONDS)) {
            junk.strew();
            pause(pauseMillis, command);
        }
    }

    /** Waits so long, or until the command has ended. */
    private static void pause(int millis, Future<Screen> command) throws Exception {
        try {
            command.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException notYet) {
            // that is what was waited for
        }
    }

    private static void strew(Junk junk, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            junk.strew();
        }
    }

    private Future<Screen> command(String name, String timeout, String... options) {
        List<String> all = new ArrayList<>(
                List.of("--dir", control.toString(), "--timeout", timeout, "--reason", name));
        all.addAll(List.of(options));
        return run(all);
    }

    private Future<Screen> run(List<String> all) {
        return threads.submit(() -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int code = Main.run(
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    all.toArray(String[]::new));
            return new Screen(
                    code,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        });
    }

    private Screen await(Future<Screen> command) throws Exception {
        try {
            Screen screen = command.get(HANGS_SECONDS, TimeUnit.SECONDS);
            screen.check();
            return screen;
        } catch (TimeoutException e) {
            throw new AssertionError("the command hangs\n" + stacks(), e);
        }
    }

    private static String stacks() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            text.append(thread.getKey()).append('\n');
            for (StackTraceElement frame : thread.getValue()) {
                text.append("    ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws Exception {
        threads.shutdownNow();
        application.close();
    }

    /** What the command has shown. */
    private record Screen(int code, String out, String err) {
        void check() {
            assertThat(code).as("%s", this).isIn(0, 1, 3, 4, 5);
            assertThat(out + err).doesNotContain("\tat ", "java.", "Exception", "\u001b", "\u0007");
            if (code > 1) {
                assertThat(out + err).as("a reason").isNotBlank();
            }
        }
    }
}
