package org.stop4j.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.attribute.FileTime;

class FileFactsTest {
    private static final int OURS = 1000;

    @ParameterizedTest
    @CsvSource({"700,1000", "755,0", "1777,0", "1777,1000", "1770,1000"})
    void nobodyElseMovesFilesInADirectoryThatIsOursOrRootsAndPrivateOrSticky(String mode, int uid) {
        assertThat(directory(mode, uid).othersMayMoveFiles(OURS)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"777,0", "777,1000", "770,1000", "1777,1001", "755,1001"})
    void othersMoveFilesInADirectoryThatTheyOwnOrThatTheyCanWriteToAndIsNotSticky(
            String mode, int uid) {
        assertThat(directory(mode, uid).othersMayMoveFiles(OURS)).isTrue();
    }

    private static FileFacts directory(String mode, int uid) {
        FileTime then = FileTime.fromMillis(0);
        int bits = 0040000 | Integer.parseInt(mode, 8);
        return new FileFacts(bits, uid, 2, "key", 4096, then, then);
    }
}
