package org.stop4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

class ControlDirectoryTest {
    private static final String ALLOWED = "allowed: 1 to 64 letters, digits, '.', '_' or '-'";

    @ParameterizedTest
    @CsvSource({
        // STOP_DIR, TMPDIR, STOP_NAME -> directory, name, chosen
        "    ,     ,   , /tmp, process, false",
        "    , /t  ,   , /t,   process, false",
        " /d ,     ,   , /d,   process, true",
        " /d , /t  ,   , /d,   process, true",
        "    , /t  , n , /t,   n,       true",
        " /d , /t  , n , /d,   n,       true",
        // an empty variable counts as unset
        " '' , ''  , '', /tmp, process, false",
        " '' , /t  , '', /t,   process, false",
    })
    void theEnvironmentDecidesInThisOrder(
            @Nullable String stopDir,
            @Nullable String tmpdir,
            @Nullable String stopName,
            Path directory,
            String name,
            boolean chosen) {
        Map<String, String> environment = new HashMap<>();
        if (stopDir != null) {
            environment.put("STOP_DIR", stopDir);
        }
        if (tmpdir != null) {
            environment.put("TMPDIR", tmpdir);
        }
        if (stopName != null) {
            environment.put("STOP_NAME", stopName);
        }
        ControlDirectory place = ControlDirectory.from(environment);
        assertThat(place.path()).isEqualTo(directory);
        assertThat(place.name()).isEqualTo(name);
        assertThat(place.chosen()).isEqualTo(chosen);
        assertThat(place).hasToString(directory + "/" + name);
    }

    @Test
    void aRelativeStopDirIsRefusedAndARelativeTmpdirIsNot() {
        assertThatThrownBy(() -> ControlDirectory.from(Map.of("STOP_DIR", "run")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("STOP_DIR is \"run\"; allowed: an absolute path");
        assertThat(ControlDirectory.from(Map.of("TMPDIR", "run")).path()).isAbsolute();
    }

    @Test
    void aValueThatIsNoPathIsRefusedByTheVariablesName() {
        assertThatThrownBy(() -> ControlDirectory.from(Map.of("TMPDIR", "/a\0b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("TMPDIR is");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".", "..", "-n", "_n", "a/b", "a b", "ä", "a\n", "a*", "\uff11", "a\\b"})
    void aNameThatIsNoPlainFileNameIsRefused(String name) {
        assertThatThrownBy(() -> ControlDirectory.from(Map.of("STOP_NAME", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("STOP_NAME is \"" + name + '"')
                .hasMessageContaining(ALLOWED);
        assertThatThrownBy(() -> ControlDirectory.of(Path.of("/d"), name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name is \"" + name + '"')
                .hasMessageContaining(ALLOWED);
    }

    @Test
    void aNameHasOneToSixtyFourCharacters() {
        ControlDirectory place = ControlDirectory.from(Map.of());
        assertThat(place.named("9.a_B-").name()).isEqualTo("9.a_B-");
        assertThat(place.named("n".repeat(64)).name()).hasSize(64);
        assertThatThrownBy(() -> place.named("n".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ALLOWED);
        assertThatThrownBy(() -> place.named(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ALLOWED);
    }

    @Test
    void whateverCodeSaysIsChosen() {
        ControlDirectory place = ControlDirectory.from(Map.of());
        assertThat(place.chosen()).isFalse();
        assertThat(place.named("other").chosen()).isTrue();
        assertThat(place.in(Path.of("/other")).chosen()).isTrue();
        assertThat(place.in(Path.of("/other")).path()).isEqualTo(Path.of("/other"));
        assertThat(ControlDirectory.of(Path.of("relative"), "n").path()).isAbsolute();
    }
}
