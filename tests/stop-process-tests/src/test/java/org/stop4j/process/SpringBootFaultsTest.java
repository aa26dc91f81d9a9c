package org.stop4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** What goes wrong around an application of Spring Boot while it is stopped: its database, its log, its standard output. */
class SpringBootFaultsTest {
    private static final String TIMEOUT = "--stop.timeout=2s";

    /** The promise is 3 s from the signal on; the rest is for a machine that has much else to do. */
    private static final Duration GONE = Duration.ofSeconds(11);

    @TempDir
    private Path directory;

    private static Duration end(Child app, String what) {
        Duration took = app.signal("TERM").measureExit(what + ", timeout 2 s");
        assertThat(took).as("%s", app).isLessThan(GONE);
        return took;
    }

    // ---- the database

    private Child appWithLedger(String line, BootChild.Database database, String timeout) {
        return BootChild.app(
                line + "/tomcat.jdbc",
                directory,
                timeout,
                "--app.ledger=true",
                "--spring.datasource.url=" + database.url());
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5", "boot-4.1"})
    void aDatabaseThatAnswersNoMoreIsNamedByWhoWaitsForItAndTheProcessIsGone(String line)
            throws IOException {
        try (BootChild.Database database = BootChild.database(line);
                Child app = appWithLedger(line, database, TIMEOUT);
                Socket request = BootChild.send(app, "/enter")) {
            app.awaitLine("in a transaction");
            database.process().freeze();
            end(app, "a database that answers no more, " + line);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.errText())
                    .as("the request, with its stack: %s", app)
                    .containsPattern("(?s) \"work in flight\" .*\"GET /enter\" for .*"
                            + "\n        at [^\n]*org.stop4j.spring.apps.Ledger.enter")
                    .as("the bean, with its stack")
                    .containsPattern("(?s)\n    hung \"bean ledger\" .*"
                            + "\n        at com.zaxxer.hikari.*"
                            + "\n        at org.stop4j.spring.apps.Ledger.close")
                    .as("the pool all the same")
                    .contains("\"bean dataSource\" ");
        }
    }

    @Test
    void aDatabaseThatIsGoneFailsWhoNeedsItAndHoldsNobodyUp() throws IOException {
        try (BootChild.Database database = BootChild.database("boot-4.1");
                Child app = appWithLedger("boot-4.1", database, "--stop.timeout=20s");
                Socket request = BootChild.send(app, "/enter")) {
            app.awaitLine("in a transaction");
            database.process().signal("KILL").awaitExit();
            app.signal("TERM").measureExit("a database that is gone");
            assertThat(app.exitCode()).as("%s", app).isEqualTo(1);
            assertThat(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .as("the answer to the request in flight")
                    .startsWith("HTTP/1.1 500");
            assertThat(app.out()).as("%s", app).doesNotContain("ledger closed");
            assertThat(app.errText())
                    .contains("failed \"bean ledger\"")
                    .contains("done \"bean dataSource\"");
        }
    }

    // ---- the log

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5", "boot-4.1"})
    void anAppenderThatBlocksForEverIsNamedByEachWhoWaitsForIt(String line) {
        try (Child app =
                BootChild.app(line + "/tomcat", directory, TIMEOUT, "--app.blocked-log=true")) {
            app.awaitLine("log blocked");
            end(app, "an appender that blocks for ever, " + line);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.errText())
                    .containsPattern("(?s)\n    hung \"lifecycle webServerGracefulShutdown\" .*"
                            + "\n        at org.stop4j.spring.apps.Never.comes")
                    .containsPattern("\n    (hung|interrupted) \"context\" ")
                    .containsPattern("note: the logger hung at [^\n]*Never.comes")
                    .contains("done \"lifecycle webServerStartStop\"")
                    .contains("done \"bean applicationTaskExecutor\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot-3.5/tomcat", "boot-4.1/tomcat.log4j"})
    void aFullStandardOutputThatNobodyReadsDoesNotKeepTheProcess(String lineAndServer) {
        try (Child app = BootChild.appThatNobodyReads(
                lineAndServer, directory, TIMEOUT, "--app.chatter=true")) {
            app.awaitFullOut();
            end(app, "a full standard output, " + lineAndServer);
            assertThat(app.exitCode()).as("%s", app).isEqualTo(3);
            assertThat(app.errText())
                    .containsPattern("(?s)\n    hung \"lifecycle webServerGracefulShutdown\" .*"
                            + " held by \"chatter\"")
                    .contains("done \"lifecycle webServerStartStop\"")
                    .containsPattern("note: the logger hung at [^\n]* and was given up");
        }
    }
}
