package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What examples/kubernetes does, with the application of its image and real users. */
class KubernetesExampleTest {
    private static final String TOKEN = "choose-your-own-token";
    private static final int FS_GROUP = 4_711;

    @TempDir
    private Path parent;

    /** The prefix that runs a command as the foreign user, who is in the group, too. */
    private static List<String> userOfThePod() {
        List<String> prefix = new ArrayList<>(Needs.foreignUser());
        prefix.replaceAll(word -> word.equals("--clear-groups") ? "--groups=" + FS_GROUP : word);
        return prefix;
    }

    private static List<String> anotherUser() {
        int other = Needs.FOREIGN_UID + 1;
        return List.of("setpriv", "--reuid=" + other, "--regid=" + other, "--clear-groups");
    }

    private static Child plainMain(
            List<String> prefix, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(Child.javaProgram(), "-jar", Child.jar("stop.example.jar")));
        command.addAll(List.of("--port=0", "--quiet=0,0,0"));
        command.addAll(List.of(arguments));
        Child app = Child.program(environment, command.toArray(String[]::new));
        app.awaitLine("listening on ");
        return app;
    }

    private static Map<String, String> at(Path directory) {
        return Map.of("STOP_DIR", directory.toString());
    }

    /** A volume as the kubelet makes it: root's, for all or, with {@code fsGroup}, for a group. */
    private Path volume(String mode) {
        Path volume = Needs.directory(parent, "volume", "rwx------", 0);
        Needs.works("chgrp", mode.startsWith("2") ? "" + FS_GROUP : "0", volume.toString());
        Needs.works("chmod", mode, volume.toString());
        return volume;
    }

    private static void assertStops(List<String> user, Path directory, Child app) {
        try (Child command = Child.stopBy(user, at(directory))) {
            assertThat(command.awaitExit()).as("%s\n%s", command, app).isZero();
        }
        assertThat(app.awaitExit()).as("%s", app).isZero();
        assertThat(Child.filesIn(directory)).isEmpty();
    }

    private static void assertCannotStop(List<String> user, Path directory, Child app, int code) {
        try (Child command = Child.stopBy(user, at(directory), "--timeout", "2s")) {
            assertThat(command.awaitExit()).as("%s\n%s", command, app).isEqualTo(code);
        }
        assertThat(app.isAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0777", "2777", "2770", "1777"})
    void anApplicationWithoutRootIsStoppedInAVolumeThatIsRoots(String mode) {
        List<String> user = userOfThePod();
        Path volume = volume(mode);
        try (Child app = plainMain(user, at(volume))) {
            assertStops(user, volume, app);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0777", "2777"})
    void inTheDirectoryThatTheInitContainerMakesOnlyItsUserAndRootCanStopIt(String mode) {
        List<String> user = userOfThePod();
        Path directory = volume(mode).resolve("plain-main");
        for (int again = 0; again < 2; again++) { // the volume outlives the pod's sandbox
            List<String> mkdir = new ArrayList<>(user);
            mkdir.addAll(List.of("mkdir", "-p", "-m", "0700", directory.toString()));
            Needs.works(mkdir.toArray(String[]::new));
        }
        try (Child app = plainMain(user, at(directory))) {
            assertCannotStop(anotherUser(), directory, app, 5);
            assertStops(user, directory, app);
        }
        try (Child app = plainMain(user, at(directory))) {
            assertStops(List.of(), directory, app); // kubectl debug, a container of root's
        }
    }

    @ParameterizedTest
    @CsvSource({"0777, 5", "1777, 5"})
    void inAVolumeForAllNeitherAnotherUserNorRootCanStopIt(String mode, int code) {
        List<String> user = userOfThePod();
        Path volume = volume(mode);
        try (Child app = plainMain(user, at(volume))) {
            assertCannotStop(anotherUser(), volume, app, code);
            assertCannotStop(List.of(), volume, app, code);
            assertStops(user, volume, app);
        }
    }

    // ---- the hook over HTTP

    private static int get(String root, String path, String authorization) throws IOException {
        URL url = URI.create(root + path).toURL();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        if (!authorization.isEmpty()) {
            connection.setRequestProperty("Authorization", authorization);
        }
        return connection.getResponseCode();
    }

    @Test
    void theHooksRequestStopsItWithTheTokenOnlyAndTheProbesNeedNone() throws IOException {
        Map<String, String> environment =
                Map.of("STOP_DIR", parent.toString(), "STOP_TOKEN", TOKEN);
        try (Child app = plainMain(List.of(), environment, "--host=127.0.0.1", "--stop-port=0")) {
            String line = app.awaitErr("HTTP at ");
            String root = "http://" + line.replaceFirst(".*HTTP at ([0-9.:]+)/shutdown.*", "$1");
            assertThat(get(root, "/ready", "")).isEqualTo(200);
            assertThat(get(root, "/live", "")).isEqualTo(200);
            assertThat(get(root, "/shutdown", "")).isEqualTo(401);
            assertThat(get(root, "/shutdown", "Bearer $(STOP_TOKEN)")).isEqualTo(403);
            assertThat(app.isAlive()).isTrue();
            assertThat(get(root, "/shutdown", "Bearer " + TOKEN)).isEqualTo(200);
            assertThat(app.awaitExit()).as("%s", app).isZero();
        }
    }

    @Test
    void theProbesOfTheExecVariantAreAnsweredOnTheServicesOwnPort() throws IOException {
        try (Child app = plainMain(List.of(), at(parent), "--host=127.0.0.1")) {
            String root = "http://127.0.0.1:"
                    + app.awaitLine("listening on ").substring("listening on ".length());
            assertThat(get(root, "/ready", "")).isEqualTo(200);
            assertThat(get(root, "/live", "")).isEqualTo(200);
        }
    }

    @Test
    void aPortToStopAtWithoutATokenIsRefused() {
        try (Child app = Child.program(
                at(parent),
                Child.javaProgram(),
                "-jar",
                Child.jar("stop.example.jar"),
                "--port=0",
                "--stop-port=0")) {
            assertThat(app.awaitExit()).isEqualTo(2);
            assertThat(app.err())
                    .containsExactly("plain-main: --stop-port needs the variable STOP_TOKEN");
        }
    }
}
