package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The command's end, against an application played by hand: its lock is held by this very JVM. */
class CommandEndTest {
    @TempDir
    private Path directory;

    private Place place;
    private FileChannel lock;
    private CommandEnd command;

    @BeforeEach
    void anApplicationHoldsThePlace() throws IOException {
        place = new Place(directory);
        lock = ControlFiles.create(place.files.lock);
        assertThat(lock.tryLock()).isNotNull();
        // As one of another process: a process does not look at its own lock.
        place.files.publish(
                place.files.status,
                new Message(Message.STATUS).with("process", "1/1").bytes(),
                "status");
        CommandEnd.Order order =
                CommandEnd.Order.toStop(Place.PATIENCE.toNanos(), CommandEnd.Until.STOPPED);
        command = new CommandEnd(directory, Place.NAME, order, place::say);
    }

    @AfterEach
    void theApplicationEnds() throws IOException {
        command.close();
        lock.close();
    }

    @Test
    void theIdOfARequestIsToldByNoFileNameSoThatWhoCannotReadItCannotAnswerIt() throws Exception {
        Application application = new Application(place.files);
        CommandEnd.Order order = CommandEnd.Order.toStop(0, CommandEnd.Until.STOPPED);
        try (OurRequest request = new OurRequest(
                place.files,
                order,
                application,
                new AwaitedAnswer(place.files, application, place),
                place)) {
            request.make();
            assertThat(request.id()).hasSize(32);
            assertThat(place.names()).anyMatch(name -> name.endsWith(".tmp"));
            assertThat(place.names()).noneMatch(name -> name.contains(request.id()));
            request.withdraw();
        }
        assertThat(place.names()).containsExactly("process.lock", "process.status");
    }

    @Test
    void theAnswerOfAnApplicationThatHasLeftThePlaceAndLivesOnIsRemovedByWhoReadIt()
            throws Exception {
        CompletableFuture<CommandEnd.Ending> ending = run();
        try (FileChannel request = taken()) {
            Files.delete(place.files.lock);
            answer(id(request), "CLEAN");
        }
        assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.CLEAN);
        assertThat(place.names()).containsExactly("process.status");
    }

    @Test
    void aRequestThatVanishedUnlistedIsPlacedAgainAndTheOldFileStaysLockedMeanwhile()
            throws Exception {
        CompletableFuture<CommandEnd.Ending> ending = run();
        try (FileChannel first = taken();
                FileChannel second = open()) {
            // Listed before it is taken, so that it is not placed a third time.
            place.files.publish(
                    place.files.status,
                    new Message(Message.STATUS).with("requests", id(second)).bytes(),
                    Self.newId());
            Files.delete(place.files.stop);
            assertThat(id(second)).isEqualTo(id(first));
            assertThatThrownBy(second::tryLock).isInstanceOf(OverlappingFileLockException.class);
            assertThatThrownBy(() -> first.tryLock(0, Long.MAX_VALUE, true))
                    .isInstanceOf(OverlappingFileLockException.class);
            answer(id(second), "CLEAN");
            assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.CLEAN);
        }
    }

    @Test
    void aTemporaryFileThatAStartingApplicationClearsAwayIsMadeAnew() throws Exception {
        // The place is taken, so that the command has to wait with its temporary file.
        try (FileChannel other = place.request("other")) {
            CompletableFuture<CommandEnd.Ending> ending = run();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Place.PATIENCE)
                    .until(this::deleteTemporary);
            Files.delete(place.files.stop);
            assertThat(other.isOpen()).isTrue();
            try (FileChannel request = taken()) {
                answer(id(request), "FAILED");
            }
            assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.UNCLEAN);
            assertThat(ending.get().message()).isEqualTo("the summary");
        }
    }

    @Test
    void whoHasReadTheAnswerSaysSoInItsRequestToo() throws Exception {
        CompletableFuture<CommandEnd.Ending> ending = run();
        try (FileChannel request = taken()) {
            String id = id(request);
            answer(id, "CLEAN");
            assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.CLEAN);
            assertThat(Message.parse(ControlFiles.read(request), Message.REQUEST)
                            .get("ack"))
                    .isEqualTo(id);
            assertThat(place.read(place.files.ack, Message.ACK).get("id")).isEqualTo(id);
        }
    }

    @Test
    void anAnswerThatCannotBeAcknowledgedCountsAllTheSame() throws Exception {
        Files.createDirectories(place.files.ack.resolve("in the way"));
        CompletableFuture<CommandEnd.Ending> ending = run();
        try (FileChannel request = taken()) {
            answer(id(request), "CLEAN");
        }
        assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.CLEAN);
        assertThat(Place.next(place.said)).contains("cannot acknowledge", "process.ack");
    }

    @Test
    void twoCommandsThatWaitForAnApplicationLeaveEachOthersRequestsInPeace() throws Exception {
        lock.close();
        Files.delete(place.files.lock);
        CompletableFuture<CommandEnd.Ending> ending = run();
        Awaitility.await().atMost(Place.PATIENCE).until(() -> Files.exists(place.files.stop));
        FileFacts others;
        try (FileChannel other = place.request("other")) {
            others = FileFacts.of(place.files.stop);
            assertThat(other.isOpen()).isTrue();
        }
        assertThat(others).isNotNull();
        // The command has looked some times more when it makes its notice of the file below.
        place.files.publish(
                place.files.stopped,
                new Message(Message.ACK).with("id", "x").bytes(),
                Self.newId());
        while (!Place.next(place.said).contains("process.stopped holds a ack")) {
            // the notice that nobody holds the lock
        }
        assertThat(others.sameFile(FileFacts.of(place.files.stop))).isTrue();
        // The other one gives up: ours is placed again, for whatever application may come.
        Files.delete(place.files.stop);
        Files.delete(place.files.stopped);
        try (FileChannel request = taken()) {
            answer(id(request), "CLEAN");
        }
        assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.CLEAN);
        assertThat(place.names()).containsExactly("process.status");
    }

    @Test
    void anEmptyAnswerIsNotBelievedWhereOthersMayRenameFiles() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        CompletableFuture<CommandEnd.Ending> ending = run();
        try (FileChannel request = taken()) {
            Files.createFile(place.files.stopped);
            assertThat(Place.next(place.said)).contains("process.stopped is empty");
            answer(id(request), "CLEAN");
        }
        assertThat(ending.get().result()).isEqualTo(CommandEnd.Result.CLEAN);
        assertThat(ending.get().message()).isEqualTo("the summary");
    }

    private boolean deleteTemporary() throws IOException {
        for (String name : place.names()) {
            if (name.endsWith(".tmp")) {
                return Files.deleteIfExists(directory.resolve(name));
            }
        }
        return false;
    }

    private CompletableFuture<CommandEnd.Ending> run() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return command.run();
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    /** The request, taken from its place, and unlisted in any status. */
    private FileChannel taken() throws IOException {
        FileChannel channel = open();
        Files.delete(place.files.stop);
        return channel;
    }

    private FileChannel open() throws IOException {
        Awaitility.await().atMost(Place.PATIENCE).until(() -> Files.exists(place.files.stop));
        return FileChannel.open(
                place.files.stop, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static String id(FileChannel request) throws IOException, Message.MalformedException {
        return Message.parse(ControlFiles.read(request), Message.REQUEST).get("id", "");
    }

    private void answer(String id, String outcome) throws IOException {
        place.files.publish(
                place.files.stopped,
                new Message(Message.STOPPED)
                        .with("requests", "another," + id)
                        .with("outcome", outcome)
                        .with("summary", "the summary")
                        .bytes(),
                Self.newId());
    }
}
