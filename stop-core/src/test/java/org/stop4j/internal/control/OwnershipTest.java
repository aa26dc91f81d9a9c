package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What root gives to another user, and what it does not. */
class OwnershipTest {
    private static final int OTHER_UID = 12_345;
    private static final byte[] CONTENT = "a secret".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @BeforeEach
    void asRoot() throws IOException {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "needs root: only root can give files away");
    }

    private FileChannel made(Path file) throws IOException {
        FileChannel channel = ControlFiles.create(file);
        ControlFiles.write(channel, CONTENT);
        return channel;
    }

    @Test
    void theFileThatWasMadeBelongsToTheOtherUserThen() throws IOException {
        Path file = directory.resolve("made");
        try (FileChannel channel = made(file)) {
            assertThat(channel.isOpen()).isTrue();
            Ownership.give(file, CONTENT, OTHER_UID);
        }
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(OTHER_UID);
    }

    @Test
    void aFileOfRootsThatTheDirectorysOwnerHasPutIntoItsPlaceStaysRoots() throws IOException {
        Path file = directory.resolve("made");
        Path precious = directory.resolve("precious");
        // The second one even open in this process, and of the same size.
        for (String content : new String[] {"root's alone", "8 bytes."}) {
            Files.writeString(precious, content);
            try (FileChannel opened = FileChannel.open(precious);
                    FileChannel channel = made(file)) {
                assertThat(opened.size()).isEqualTo(content.length());
                Files.move(file, directory.resolve("away"));
                Files.move(precious, file);
                assertThatThrownBy(() -> Ownership.give(file, CONTENT, OTHER_UID))
                        .isInstanceOf(UnusableException.class)
                        .hasMessageContaining("cannot be given to uid " + OTHER_UID);
                assertThat(channel.isOpen()).isTrue();
            }
            assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
            Files.delete(file);
            Files.delete(directory.resolve("away"));
        }
    }

    @Test
    void aLinkInItsPlaceGivesNothingAway() throws IOException {
        Path file = directory.resolve("made");
        Path precious = Files.writeString(directory.resolve("precious"), "root's alone");
        try (FileChannel channel = made(file)) {
            assertThat(channel.isOpen()).isTrue();
            Files.move(file, directory.resolve("away"));
            Files.createSymbolicLink(file, precious);
            assertThatThrownBy(() -> Ownership.give(file, CONTENT, OTHER_UID))
                    .isInstanceOf(UnusableException.class);
        }
        assertThat(Files.getAttribute(precious, "unix:uid")).isEqualTo(0);
    }
}
