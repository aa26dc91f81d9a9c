package org.stop4j.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;

/**
 * Random files in the places of a control directory: contents, kinds, owners, modes and ages, and exchanges of
 * one for another. What a seed makes is the same every time.
 *
 * <p>Used by one thread.
 */
final class Junk {
    private static final List<String> ENDINGS = List.of("lock", "status", "stop", "stopped", "ack");
    private static final List<String> MODES = List.of(
            "rw-------",
            "rw-------",
            "rw-------",
            "---------",
            "--x--x---",
            "r--------",
            "rw-r--r--",
            "rw-rw-rw-",
            "rwxrwxrwx");
    private static final List<String> KINDS = List.of("request", "status", "stopped", "ack", "x");
    private static final List<String> KEYS = List.of(
            "id",
            "ask",
            "obeys",
            "until",
            "reason",
            "timeout-ms",
            "pid",
            "instance",
            "process",
            "started",
            "requests",
            "state",
            "waiting-for",
            "outcome",
            "summary",
            "text",
            "report",
            "",
            "?");
    private static final List<String> VALUES = List.of(
            "",
            "1",
            "-1",
            "legacy",
            "99999999999999999999",
            "a,b",
            ",",
            "taken",
            "drain",
            "resume",
            "stop,drain",
            "exited",
            "CLEAN",
            "FORCED",
            "RUNNING",
            "STOPPED",
            "\\",
            "\\n\\r",
            "\u001b[2J\u001b]0;x\u0007",
            "{\"steps\":[",
            "\u20ac\ud83d\ude00",
            "1/1",
            "=",
            "x".repeat(70_000));

    /** What whoever does not count asks for; an application that was asked so is broken. */
    static final String FORGED = "forged";

    private final Path directory;
    private final Path elsewhere;
    private final Random random;
    private boolean legacyAnswer;

    /** Files for the links to lead to are made elsewhere. */
    Junk(Path directory, Path elsewhere, Random random) {
        this.directory = directory;
        this.elsewhere = elsewhere;
        this.random = random;
    }

    /** Whether something was put that an application of the older kind would answer with. */
    boolean legacyAnswer() {
        return legacyAnswer;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Path place() {
        return directory.resolve("process." + one(ENDINGS));
    }

    /** Puts something somewhere, removes it, or exchanges it for another one. */
    void strew() throws IOException {
        try {
            switch (random.nextInt(10)) {
                case 0 -> remove(place());
                case 1 -> move(place(), place());
                case 2 ->
                    make(directory.resolve("process." + random.nextInt(1 << 30) + ".tmp"), "");
                default -> put(place());
            }
        } catch (FileSystemException e) {
            // There was nothing to move, or a directory is in the way, or one is gone by now: as
            // it happens to whoever does this beside the two sides, so nothing was put.
            return;
        }
    }

    private void move(Path from, Path to) throws IOException {
        boolean empty =
                Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS) && Files.size(from) == 0;
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        legacyAnswer |= empty && to.endsWith("process.stopped");
    }

    private void put(Path place) throws IOException {
        Path made = directory.resolve("made" + random.nextInt(1 << 20));
        make(made, place.getFileName().toString());
        if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            remove(place);
        }
        try {
            move(made, place);
        } catch (FileSystemException e) {
            remove(made);
            throw e;
        }
    }

    private void make(Path file, String place) throws IOException {
        switch (random.nextInt(14)) {
            case 0 -> Files.createSymbolicLink(file, elsewhere.resolve("target"));
            case 1 -> Files.createSymbolicLink(file, elsewhere.resolve("nothing"));
            case 2 ->
                Files.createSymbolicLink(file, Path.of(one(List.of("/dev/zero", ".", "made"))));
            case 3 -> Files.createLink(file, elsewhere.resolve("target"));
            case 4 -> run("mkfifo", file.toString());
            case 5 -> directory(file);
            case 6 -> socket(file);
            case 7 -> device(file);
            case 8 -> sparse(file);
            default -> regular(file, place);
        }
    }

    private void directory(Path file) throws IOException {
        Files.createDirectory(file);
        if (random.nextBoolean()) {
            Files.createFile(file.resolve("inside"));
        }
    }

    private static void socket(Path file) throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(file));
        }
    }

    private static void device(Path file) throws IOException {
        if (Needs.isRoot()) {
            run("mknod", file.toString(), "c", "1", "5"); // as /dev/zero
        } else {
            Files.createFile(file);
        }
    }

    private void sparse(Path file) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << (10 + random.nextInt(21)));
        }
    }

    private void regular(Path file, String place) throws IOException {
        boolean forged = random.nextInt(3) == 0;
        Files.write(file, forged || random.nextInt(3) == 0 ? plausible(place, forged) : content());
        Files.setLastModifiedTime(
                file,
                FileTime.fromMillis(
                        System.currentTimeMillis() + random.nextInt(7_200_000) - 3_600_000));
        boolean anothers =
                Needs.isRoot() && (forged ? random.nextBoolean() : random.nextInt(4) == 0);
        // Whose it is, or who may write to it, is what is wrong with a forged one.
        String mode = !forged ? one(MODES) : anothers ? "rw-r--r--" : "rw-rw-rw-";
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        if (anothers) {
            Files.setAttribute(file, "unix:uid", Needs.FOREIGN_UID);
        }
    }

    /** What could well be there; whose file does not count says so in its reason. */
    private byte[] plausible(String place, boolean forged) {
        String text = switch (place) {
            case "process.stopped" ->
                "stop4j 1 stopped\nrequests=1,legacy\noutcome=CLEAN\nsummary=" + FORGED + "\n";
            case "process.status" ->
                "stop4j 1 status\ninstance=1\npid=1\nrequests=1,legacy\nstate=STOPPED\n";
            case "process.ack" -> "stop4j 1 ack\nid=1\n";
            default ->
                "stop4j 1 request\nid=" + random.nextInt() + "\nreason="
                        + (forged ? FORGED : "plausible") + "\n";
        };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] content() {
        switch (random.nextInt(5)) {
            case 0 -> {
                return new byte[0];
            }
            case 1 -> {
                byte[] noise = new byte[random.nextInt(300)];
                random.nextBytes(noise);
                return noise;
            }
            default -> {
                byte[] message = message().getBytes(StandardCharsets.UTF_8);
                if (random.nextBoolean()) {
                    message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return message;
            }
        }
    }

    private String message() {
        StringBuilder text = new StringBuilder("stop4j ");
        text.append(random.nextInt(8) == 0 ? 2 : 1)
                .append(' ')
                .append(one(KINDS))
                .append('\n');
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(one(KEYS)).append('=').append(one(VALUES)).append('\n');
        }
        text.setLength(random.nextInt(6) == 0 ? 1 + random.nextInt(text.length()) : text.length());
        return text.toString();
    }

    /** Empties the directory. */
    void clear() throws IOException {
        try (var all = Files.list(directory)) {
            for (Path file : all.toList()) {
                remove(file);
            }
        }
    }

    private static void remove(Path file) throws IOException {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file.resolve("inside"));
        }
        Files.deleteIfExists(file);
    }

    private static void run(String... command) throws IOException {
        try {
            int code = new ProcessBuilder(command).start().waitFor();
            if (code != 0) {
                throw new FileSystemException(command[1], null, command[0] + " exits with " + code);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
