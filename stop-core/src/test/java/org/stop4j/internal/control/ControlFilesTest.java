package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** What is opened is what was looked at; what is read has an end. */
class ControlFilesTest {
    @TempDir
    private Path directory;

    private ControlFiles files;
    private int ourUid;

    @BeforeEach
    void thePlace() throws IOException {
        files = new ControlFiles(directory, "process");
        ourUid = Arrival.uidHere(files);
    }

    private FileFacts look() throws IOException {
        FileFacts facts = FileFacts.of(files.stop);
        assertThat(facts).isNotNull();
        return facts;
    }

    private void fifo() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", files.stop.toString()).start();
        assumeTrue(mkfifo.waitFor() == 0, "needs mkfifo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx------", "rwxrwxrwx"})
    @Timeout(
            20) // an open that waits for a writer cannot be interrupted: the build's own limit ends
    // it
    void aFifoThatCameBetweenLookAndOpenMakesNobodyWait(String permissions) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
        Files.writeString(files.stop, "looked at");
        FileFacts seen = look();
        Files.delete(files.stop);
        fifo();
        assertThatThrownBy(() -> files.openToRead(files.stop, seen, ourUid))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("was just exchanged");
    }

    @Test
    void anotherFileThatCameBetweenLookAndOpenIsNotRead() throws IOException {
        Files.writeString(files.stop, "looked at");
        FileFacts seen = look();
        // Both exist for a moment, so that the other one cannot have the same inode.
        Path other = Files.writeString(directory.resolve("other"), "put there");
        ControlFiles.rename(other, files.stop);
        assertThatThrownBy(() -> files.openToRead(files.stop, seen, ourUid))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("was just exchanged");
    }

    @Test
    void aLinkThatCameBetweenLookAndOpenIsNotFollowed() throws IOException {
        Files.writeString(files.stop, "looked at");
        FileFacts seen = look();
        // Even one that leads back to the very file.
        Path moved = directory.resolve("moved");
        ControlFiles.rename(files.stop, moved);
        Files.createSymbolicLink(files.stop, moved);
        assertThatThrownBy(() -> files.openToRead(files.stop, seen, ourUid))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("was just exchanged");
    }

    @Test
    void aFileThatHasGoneSinceTheLookIsSaidToHaveGone() throws IOException {
        Files.writeString(files.stop, "looked at");
        FileFacts seen = look();
        Files.delete(files.stop);
        assertThatThrownBy(() -> files.openToRead(files.stop, seen, ourUid))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileLargerThanAnyOfTheProtocolIsRefusedUnread() throws Exception {
        Files.write(files.stop, new byte[ControlFiles.LARGEST]);
        try (FileChannel channel = files.openToRead(files.stop, look(), ourUid)) {
            assertThat(ControlFiles.read(channel)).hasSize(ControlFiles.LARGEST);
            for (long size : new long[] {ControlFiles.LARGEST + 1, 1L << 30, 1L << 40}) {
                // Sparse: it takes no room, and would take all memory.
                try (RandomAccessFile file = new RandomAccessFile(files.stop.toFile(), "rw")) {
                    file.setLength(size);
                }
                assertThatThrownBy(() -> ControlFiles.read(channel))
                        .isInstanceOf(Message.MalformedException.class)
                        .hasMessage("has " + size + " bytes; allowed: 1048576");
            }
        }
    }

    @Test
    void aStatusIsReadUpToAQuarterOfAMegabyteAndCountsForNothingBeyond() throws IOException {
        String head = "stop4j 1 status\ninstance=one\npad=";
        int most = 256 * 1024;
        for (int size : new int[] {most, most + 1, 1 << 20}) {
            String status = head + "x".repeat(size - head.length() - 1) + "\n";
            Files.writeString(files.status, status);
            Message read = files.readStatus(ourUid);
            assertThat(Message.fields(read).get("instance"))
                    .as("%s bytes", size)
                    .isEqualTo(size <= most ? "one" : null);
        }
    }

    @Test
    void onlyFilesOnTheirWayAreTakenForThose() {
        for (String name : new String[] {"process.x.tmp", "process..tmp"}) {
            assertThat(files.isTemporary(directory.resolve(name))).as(name).isTrue();
        }
        for (String name : new String[] {
            "process.tmp", "process.stop", "processx.y.tmp", "other.x.tmp", "process.x.tmp~"
        }) {
            assertThat(files.isTemporary(directory.resolve(name))).as(name).isFalse();
        }
    }
}
