package org.stop4j.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class ShellTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "java -jar a.jar            @ [[java, -jar, a.jar]]",
                "a && b || c; d & e | f     @ [[a], [b], [c], [d], [e], [f]]",
                "a 2>&1 | b                 @ [[a, 2>&1], [b]]",
                "a &> x                     @ [[a, &>, x]]",
                "A='b c' \"d e\" f\\ g      @ [[A=b c, d e, f g]]",
                "if a; then b; else c; fi   @ [[a], [b], [c], [fi]]",
                "(a; b)                     @ [[a], [b]]",
                "a # b; c                   @ [[a]]",
                "a#b                        @ [[a#b]]",
                "\"a \\\" b\"               @ [[a \" b]]",
                "a ''                       @ [[a, ]]",
                "a 'never closed            @ [[a, never closed]]",
                "a \\                       @ [[a, \\]]",
                ";;&&                       @ []",
            })
    void aScriptIsSplitIntoItsCommands(String script, String commands) {
        assertThat(Shell.commands(script)).hasToString(commands);
    }

    @Test
    void aLineThatGoesOnIsOneCommand() {
        assertThat(Shell.commands("java \\\n -jar a.jar\nb"))
                .isEqualTo(List.of(List.of("java", "-jar", "a.jar"), List.of("b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh -c x", "/bin/bash -ec x", "sh -e -c x", "busybox-not sh"})
    void theScriptIsWhatFollowsC(String command) {
        String script = Shell.script(List.of(command.split(" ", -1)));
        assertThat(script).isEqualTo(command.endsWith("x") ? "x" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "sh run.sh", "sh -e run.sh", "sh -c", "bash --norc run.sh -c x"})
    void aFileIsNoScriptThatCouldBeRead(String command) {
        assertThat(Shell.script(List.of(command.split(" ", -1)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stop",
                "/opt/stop/bin/stop --json",
                "java -jar stop.jar",
                "/usr/bin/java -Xmx16m -jar /opt/stop.jar --quiet",
                "env -i java -jar stop.jar",
                "/usr/bin/env A=b -- stop",
                "exec stop",
                "STOP_NAME=a stop",
            })
    void aCallOfTheCommandIsSeen(String command) {
        assertThat(StopCall.of(List.of(command.replace("-- ", "").split(" ", -1)), true))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nginx -s stop",
                "java -jar app.jar",
                "java -jar",
                "echo stop",
                "exec",
                "env"
            })
    void anythingElseIsNone(String command) {
        assertThat(StopCall.of(List.of(command.split(" ", -1)), true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gcr.io/distroless/java17-debian12, true",
        "gcr.io/distroless/java17-debian12:nonroot@sha256:0a, true",
        "gcr.io/distroless/java17-debian12:debug, false",
        "registry.example:5000/distroless/base:1, true",
        "cgr.dev/chainguard/jre, true",
        "cgr.dev/chainguard/jre:latest-dev, false",
        "cgr.dev/chainguard/wolfi-base, false",
        "scratch, true",
        "eclipse-temurin:17-jre, false",
        "registry.example:5000/orders, false",
        "registry.example/my-distroless-app:1, false",
        "'', false",
    })
    void anImageIsKnownToHaveNoShellByItsName(String image, boolean none) {
        assertThat(Image.hasNoShell(image)).isEqualTo(none);
    }
}
