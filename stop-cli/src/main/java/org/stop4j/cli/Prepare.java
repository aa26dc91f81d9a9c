package org.stop4j.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code stop --prepare}: makes the archive of the command's classes with which one Java starts the
 * command faster. The launcher runs it, and tells it what it would otherwise know twice: the Java, its
 * flags, and the name under which it will look for the archive.
 *
 * <p>All work is done by other JVMs in a private directory beside the archive, which is removed; the
 * archive appears complete, by a rename, and only after a JVM has used it.
 *
 * <p>Used by one thread, once.
 */
final class Prepare {
    private static final int DONE = 0;
    private static final int NOT_DONE = 1;
    /** For each of the programs; on a busy machine they take some seconds. */
    private static final long PATIENCE_SECONDS = 60;
    /** From here on the VM makes an archive by itself, of the new kind. */
    private static final int FIRST_WITH_AOT_CACHE = 25;

    private static final File NOTHING = new File("/dev/null");
    private static final Set<PosixFilePermission> OURS_ALONE =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OURS_TO_WRITE =
            PosixFilePermissions.fromString("rw-r--r--");

    private final Path java;
    private final int major;
    private final Path jar;
    private final String name;
    private final Path besideJar;
    private final Path cache;
    private final List<String> flags;

    private Prepare(List<String> arguments) {
        java = Path.of(arguments.get(0));
        major = Integer.parseInt(arguments.get(1));
        jar = Path.of(arguments.get(2));
        name = arguments.get(3);
        besideJar = Path.of(arguments.get(4));
        cache = Path.of(arguments.get(5));
        flags = arguments.subList(6, arguments.size());
    }

    /**
     * Makes the archive, says where, and ends the JVM: 0 when it is there, 1 with the reason when not.
     *
     * @param arguments the Java program, its major version, the jar, the archive's file name, the jar's
     *     directory, the directory to take if that one cannot be written to, and the flags of the VM
     */
    public static void main(String[] arguments) {
        System.exit(new Prepare(List.of(arguments)).run(System.out, System.err));
    }

    private int run(PrintStream out, PrintStream err) {
        try {
            Path archive = make(chosenDirectory());
            out.println("stop: made " + archive + " for Java " + System.getProperty("java.version")
                    + " (" + megabytes(Files.size(archive)) + ")");
            return DONE;
        } catch (FailedException e) {
            err.println("stop: no archive: " + e.getMessage());
        } catch (IOException e) {
            err.println("stop: no archive: " + ReportFile.plain(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("stop: no archive: interrupted");
        }
        return NOT_DONE;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    // ---- where

    private Path chosenDirectory() throws IOException, FailedException {
        if (Files.isWritable(besideJar)) {
            return besideJar;
        }
        if (!cache.isAbsolute()) {
            throw new FailedException(
                    besideJar
                            + " cannot be written to, and there is neither HOME nor an absolute XDG_CACHE_HOME");
        }
        Path parent = cache.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(cache, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(cache, PosixFilePermissions.asFileAttribute(OURS_ALONE));
        }
        // Fails if it is not ours; else whoever could write to it no longer can.
        Files.setPosixFilePermissions(cache, OURS_ALONE);
        return cache;
    }

    // ---- making it

    private Path make(Path directory) throws IOException, FailedException, InterruptedException {
        Path work = Files.createTempDirectory(
                directory, ".stop-prepare", PosixFilePermissions.asFileAttribute(OURS_ALONE));
        try {
            Path made = work.resolve(name);
            train(work, made);
            tryOut(work, made);
            Files.setPosixFilePermissions(made, OURS_TO_WRITE);
            Path archive = directory.resolve(name);
            Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
            if (directory.equals(besideJar)) {
                removeThoseOfOtherJars();
            }
            return archive;
        } finally {
            removeAll(work);
        }
    }

    private void train(Path work, Path archive)
            throws IOException, FailedException, InterruptedException {
        Path log = work.resolve("application.log");
        Process application = start(
                vm(List.of(), Training.class, Training.APPLICATION, work.toString()),
                ProcessBuilder.Redirect.PIPE,
                log);
        try {
            awaitUp(application, log);
            if (hasAotCache()) {
                runCommand(work, "-XX:AOTCacheOutput=" + archive);
            } else {
                // One archive of what the command needs, and not one on top of the JDK's own:
                // smaller,
                // and 9 ms faster on 17.
                Path classes = work.resolve("classes");
                runCommand(work, "-XX:DumpLoadedClassList=" + classes);
                List<String> dump = vm(List.of(
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + classes,
                        "-XX:SharedArchiveFile=" + archive));
                run(dump, "cannot write an archive", work);
            }
        } finally {
            // It has ended, or did not come to be asked; its last files are in the way of none.
            application.destroyForcibly().waitFor();
        }
    }

    private void runCommand(Path work, String noting)
            throws IOException, FailedException, InterruptedException {
        List<String> command =
                vm(List.of(noting), Training.class, Training.COMMAND, work.toString());
        run(command, "cannot run the command that it is to learn from", work);
    }

    /** The command does silently without an archive that is no good; this run does not. */
    private void tryOut(Path work, Path archive)
            throws IOException, FailedException, InterruptedException {
        List<String> strict = hasAotCache()
                ? List.of("-XX:AOTCache=" + archive, "-XX:AOTMode=on")
                : List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:on");
        List<String> options = new ArrayList<>(strict);
        options.add("-XX:+VerifySharedSpaces");
        run(vm(options, Main.class, "--version"), "does not take its own archive", work);
    }

    private boolean hasAotCache() {
        return major >= FIRST_WITH_AOT_CACHE;
    }

    // ---- other JVMs

    private List<String> vm(List<String> options, Class<?> main, String... arguments) {
        List<String> command = vm(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private List<String> vm(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(flags);
        command.addAll(options);
        command.addAll(List.of("-cp", jar.toString()));
        return command;
    }

    private static Process start(List<String> command, ProcessBuilder.Redirect out, Path err)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("STOP_"));
        return builder.redirectInput(ProcessBuilder.Redirect.from(NOTHING))
                .redirectOutput(out)
                .redirectError(err.toFile())
                .start();
    }

    private static void awaitUp(Process application, Path log) throws IOException, FailedException {
        CompletableFuture<Void> limit = CompletableFuture.runAsync(
                application::destroyForcibly,
                CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        try {
            String line = application.inputReader(StandardCharsets.UTF_8).readLine();
            if (!Training.UP.equals(line)) {
                throw new FailedException(
                        "the application that the command is to stop does not start: "
                                + lastLine(log));
            }
        } finally {
            limit.cancel(false);
        }
    }

    private void run(List<String> command, String failure, Path work)
            throws IOException, FailedException, InterruptedException {
        Path log = work.resolve("command.log");
        Process process = start(command, ProcessBuilder.Redirect.to(log.toFile()), log);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new FailedException(
                        java + " " + failure + ": it takes more than " + PATIENCE_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new FailedException(java + " " + failure + ": exit code "
                        + process.exitValue() + ", " + lastLine(log));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.isEmpty() ? "without a word" : lines.get(lines.size() - 1).strip();
    }

    // ---- tidying up

    /** What was made for the jar that stood here before this one is used by nobody any more. */
    private void removeThoseOfOtherJars() throws IOException {
        String id = idOfJar(name);
        try (DirectoryStream<Path> archives =
                Files.newDirectoryStream(besideJar, "stop-*-*-*.{jsa,aot}")) {
            for (Path archive : archives) {
                if (!idOfJar(archive.getFileName().toString()).equals(id)) {
                    Files.deleteIfExists(archive);
                }
            }
        }
    }

    /** Size and time: the last two parts of an archive's name. */
    private static String idOfJar(String archive) {
        int last = archive.lastIndexOf('-');
        return archive.substring(archive.lastIndexOf('-', last - 1), archive.lastIndexOf('.'));
    }

    private static void removeAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(directory);
    }

    /** Says why there is no archive. */
    private static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }
}
