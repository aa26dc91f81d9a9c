package org.stop4j.benchmarks;

import org.stop4j.ControlDirectory;
import org.stop4j.StopAnswer;
import org.stop4j.StopClient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The installed command, {@code bin/stop}, as a whole process against an application that is up, idle, and
 * stops at once; in turn with an empty main in the same JVM with the same flags, which has an archive of
 * its own where the command has one. Time, and the most memory that either had.
 */
final class WholeCommand {
    private static final int RUNS = 30;
    /** After its start an application rehearses; who stops one finds it idle. */
    private static final int IDLE_SECONDS = 1;

    private static final int FIRST_WITH_AOT_CACHE = 25;
    private static final double MEMORY_ALLOWED = 1.15;
    /** Prints the largest resident set of a program, in KiB. */
    private static final List<String> MEMORY = List.of("time", "-q", "-f", "most %M");

    private final Path jar;
    private final Path launcher;

    WholeCommand(Command command) {
        jar = command.jar();
        launcher = command.launcher();
    }

    void measure(Table table) {
        try (Directories directories = new Directories()) {
            Path control = directories.ofItsOwn();
            Path without = install(directories.ofItsOwn());
            Path with = install(directories.ofItsOwn());
            Child.timed(Map.of(), List.of(with.toString(), "--prepare"));
            Path empty = EmptyJar.in(directories.ofItsOwn());
            List<String> flags = flags(without, directories.ofItsOwn());
            List<Kind> kinds = List.of(
                    new Kind("without an archive", without, emptyMain(flags, empty), control),
                    new Kind(
                            "with its archive",
                            with,
                            emptyMain(archived(flags, empty), empty),
                            control));
            Samples answer = new Samples();
            for (int run = 0; run < RUNS; run++) {
                for (Kind kind : kinds) {
                    kind.once(run % 2 == 0);
                }
                answer.add(answer(control));
            }
            for (Kind kind : kinds) {
                kind.tell(table, kind == kinds.get(1));
            }
            table.told(
                    "of these, the application's answer to a JVM that is warm, median",
                    Samples.millis(answer.median()),
                    "–",
                    "–",
                    answer.count());
        }
    }

    private Path install(Path directory) {
        try {
            Path bin = Files.createDirectories(directory.resolve("bin")).resolve("stop");
            Files.copy(launcher, bin);
            Files.setPosixFilePermissions(bin, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.copy(jar, Files.createDirectories(directory.resolve("lib")).resolve("stop.jar"));
            return bin;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the launcher gives to this JVM: told by a Java that prints its arguments. */
    private static List<String> flags(Path launcher, Path home) {
        try {
            Path program = Files.createDirectories(home.resolve("bin")).resolve("java");
            Files.writeString(program, "#!/bin/sh\necho flags \"$@\"\n");
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.copy(
                    Path.of(System.getProperty("java.home"), "release"), home.resolve("release"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Child child =
                Child.start(Map.of("JAVA_HOME", home.toString()), List.of(launcher.toString()))) {
            String all = child.line("flags ");
            return List.of(
                    all.substring("flags ".length(), all.indexOf(" -cp ")).split(" ", -1));
        }
    }

    private static List<String> emptyMain(List<String> flags, Path jar) {
        List<String> command = new ArrayList<>(List.of(Child.javaProgram()));
        command.addAll(flags);
        command.addAll(List.of("-cp", jar.toString(), EmptyMain.class.getName()));
        return command;
    }

    /** The flags with an archive of the empty main, made as the command's is. */
    private static List<String> archived(List<String> flags, Path jar) {
        Path archive = jar.resolveSibling("archive");
        if (Runtime.version().feature() >= FIRST_WITH_AOT_CACHE) {
            run(flags, jar, "-XX:AOTCacheOutput=" + archive);
            return with(flags, "-XX:AOTCache=" + archive);
        }
        Path classes = jar.resolveSibling("classes");
        run(flags, jar, "-XX:DumpLoadedClassList=" + classes);
        run(
                flags,
                jar,
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + classes,
                "-XX:SharedArchiveFile=" + archive);
        return with(flags, "-XX:SharedArchiveFile=" + archive);
    }

    private static void run(List<String> flags, Path jar, String... more) {
        Child.timed(Map.of(), emptyMain(with(flags, more), jar));
    }

    private static List<String> with(List<String> flags, String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return all;
    }

    /** How long an application that is up takes to answer us. */
    private static long answer(Path control) {
        Map<String, String> environment = Directories.environment(control);
        try (Child app = Child.app(environment, "with")) {
            app.rest(IDLE_SECONDS);
            StopClient client = StopClient.at(ControlDirectory.fromEnvironment().in(control));
            long before = System.nanoTime();
            long took;
            try (StopAnswer answer = client.stop()) {
                took = System.nanoTime() - before;
                if (answer.result() != StopAnswer.Result.STOPPED) {
                    throw new IllegalStateException(answer.message());
                }
            }
            app.awaitExit(0);
            return took;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The command and the empty main, with or without archives. */
    private static final class Kind {
        private final String name;
        private final List<String> command;
        private final List<String> empty;
        private final Map<String, String> environment;
        private final boolean memory = Child.works(List.of("time", "-q", "-f", "%M", "true"));
        private final Samples commandTime = new Samples();
        private final Samples emptyTime = new Samples();
        private final Samples commandMemory = new Samples();
        private final Samples emptyMemory = new Samples();

        Kind(String name, Path launcher, List<String> empty, Path control) {
            this.name = name;
            this.command = List.of(launcher.toString());
            this.empty = empty;
            this.environment = new HashMap<>(Directories.environment(control));
        }

        void once(boolean emptyFirst) {
            if (emptyFirst) {
                emptyMain();
            }
            try (Child app = Child.app(environment, "with")) {
                app.rest(IDLE_SECONDS);
                commandTime.add(Child.timed(environment, command));
                app.awaitExit(0);
            }
            if (memory) {
                try (Child app = Child.app(environment, "with")) {
                    commandMemory.add(most(command));
                    app.awaitExit(0);
                }
            }
            if (!emptyFirst) {
                emptyMain();
            }
        }

        private void emptyMain() {
            emptyTime.add(Child.timed(environment, empty));
            if (memory) {
                emptyMemory.add(most(empty));
            }
        }

        /** KiB; measured apart, since the program that measures takes time itself. */
        private long most(List<String> program) {
            List<String> all = new ArrayList<>(MEMORY);
            all.addAll(program);
            return Long.parseLong(Child.said(environment, all, "most "));
        }

        void tell(Table table, boolean archived) {
            double time = (double) commandTime.median() / emptyTime.median();
            double allowed = Runtime.version().feature() >= FIRST_WITH_AOT_CACHE ? 1.5 : 1.8;
            String measure = "`bin/stop` " + name + ", median";
            String took = Samples.millis(commandTime.median());
            String compared = "an empty main, same flags, " + name + ": "
                    + Samples.millis(emptyTime.median());
            if (archived) {
                table.judged(
                        measure,
                        took,
                        compared,
                        Samples.ratio(time),
                        "≤ " + allowed + " ×",
                        time <= allowed,
                        commandTime.count());
            } else {
                table.told(measure, took, compared, Samples.ratio(time), commandTime.count());
            }
            if (!memory) {
                table.missing(
                        "peak memory of `bin/stop` " + name,
                        "needs the program `time` (Debian: time)");
                return;
            }
            double ratio = (double) commandMemory.median() / emptyMemory.median();
            table.judged(
                    "peak memory of `bin/stop` " + name + ", median",
                    Samples.mebibytes(commandMemory.median()),
                    "that empty main: " + Samples.mebibytes(emptyMemory.median()),
                    Samples.ratio(ratio),
                    "≤ " + MEMORY_ALLOWED + " ×",
                    ratio <= MEMORY_ALLOWED,
                    commandMemory.count());
        }
    }
}
