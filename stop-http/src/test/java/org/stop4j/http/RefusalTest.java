package org.stop4j.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stop4j.Exit;
import org.stop4j.Stop;
import org.stop4j.http.Connection.Response;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Who may stop the process, and how it must be asked. */
class RefusalTest {
    private static final String TOKEN = "0123456789abcdef~._-";

    private final StoppedApp app = new StoppedApp().quick();
    private final List<StopServer> servers = new ArrayList<>();

    private int open(StopServer.Builder builder) {
        StopServer server = builder.start(app.stop);
        servers.add(server);
        return server.port();
    }

    @AfterEach
    void close() {
        servers.forEach(StopServer::close);
    }

    // ---- method and query

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "HEAD", "OPTIONS", "get"})
    void anotherMethodIsRefusedNamingThoseAllowed(String method) {
        Response response = Connection.ask(open(StopServer.on(0)), method + " /shutdown");
        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).isEqualTo("GET, POST");
        assertThat(app.asked()).isFalse();
    }

    @Test
    void aProbeIsReadOnly() {
        Response response = Connection.ask(open(StopServer.on(0)), "POST /ready");
        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).isEqualTo("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait=no",
                "wait=",
                "wait",
                "Wait=true",
                "wait=true&wait=true",
                "x=1",
                "wait=true&x=1",
                "&",
                "wait=%74rue"
            })
    void anotherQueryIsRefusedNamingWhatIsAllowed(String query) {
        Response response = Connection.ask(open(StopServer.on(0)), "GET /shutdown?" + query);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("wait=true").contains("wait=false");
        assertThat(app.asked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?wait=true", "?"})
    void aPathWithAnAllowedQueryIsThePath(String query) {
        Response response = Connection.ask(open(StopServer.on(0)), "GET /shutdown" + query);
        assertThat(response.status()).isEqualTo(200);
    }

    // ---- token

    @Test
    void withoutTheTokenNothingStopsAndTheAnswerAsksForIt() {
        int port = open(StopServer.on(0).token(TOKEN));
        for (String target : new String[] {"/shutdown", "/shutdown/", "/shutdown?token=" + TOKEN}) {
            Response response = Connection.ask(port, "GET " + target);
            assertThat(response.status()).as("%s", target).isEqualTo(401);
            assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer");
        }
        assertThat(Connection.ask(port, "GET /shutdown", "Authorization: Basic " + TOKEN)
                        .status())
                .isEqualTo(401);
        assertThat(app.asked()).isFalse();
    }

    @Test
    void aWrongTokenStopsNothing() {
        int port = open(StopServer.on(0).token(TOKEN));
        for (String wrong :
                new String[] {TOKEN + "x", TOKEN.substring(1), TOKEN.toUpperCase(Locale.ROOT), "x"
                }) {
            assertThat(Connection.ask(port, "GET /shutdown/" + wrong).status()).isEqualTo(403);
            assertThat(Connection.ask(port, "GET /shutdown", "Authorization: Bearer " + wrong)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(Connection.ask(port, "GET /shutdown/" + TOKEN + "/x").status())
                .isEqualTo(403);
        assertThat(app.asked()).isFalse();
    }

    @Test
    void whoeverHasNoTokenDoesNotLearnWhatElseIsAllowed() {
        int port = open(StopServer.on(0).token(TOKEN));
        assertThat(Connection.ask(port, "PUT /shutdown").status()).isEqualTo(401);
        assertThat(Connection.ask(port, "GET /shutdown?x").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "Bearer   "})
    void theTokenIsAcceptedAsAHeader(String scheme) {
        Response response = Connection.ask(
                open(StopServer.on(0).token(TOKEN)),
                "GET /shutdown",
                "Authorization: " + scheme + TOKEN);
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void theTokenIsAcceptedInThePathAlsoWithAQuery() throws Exception {
        int port = open(StopServer.on(0).token(TOKEN));
        assertThat(Connection.ask(port, "GET /shutdown/" + TOKEN + "?wait=false")
                        .status())
                .isEqualTo(202);
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void aBrowserWithTheTokenIsObeyed() {
        Response response = Connection.ask(
                open(StopServer.on(0).token(TOKEN)),
                "GET /shutdown/" + TOKEN,
                "Origin: http://example.org",
                "User-Agent: Mozilla/5.0",
                "Host: stop.example.org");
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void theTokenIsNeitherLoggedNorReported() throws Exception {
        Logger logger = Logger.getLogger("org.stop4j");
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        Handler recorder = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(new SimpleFormatter().format(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        recorder.setLevel(Level.ALL);
        logger.addHandler(recorder);
        logger.setLevel(Level.ALL);
        try {
            int port = open(StopServer.on(0).token(TOKEN));
            Connection.ask(port, "GET /shutdown/" + TOKEN + "x");
            Connection.ask(port, "PUT /shutdown/" + TOKEN);
            Response response = Connection.ask(port, "GET /shutdown/" + TOKEN);
            assertThat(response.body()).contains("GET /shutdown from").doesNotContain(TOKEN);
            app.awaitExit();
            assertThat(lines)
                    .anyMatch(line -> line.contains("refused GET /shutdown from 127.0.0.1:"))
                    .anyMatch(line -> line.contains("stopped cleanly"))
                    .noneMatch(line -> line.contains(TOKEN));
        } finally {
            logger.removeHandler(recorder);
            logger.setLevel(null);
        }
    }

    // ---- no token

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://example.org",
                "Origin: null",
                "Referer: http://example.org/",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: none",
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64)",
                "Host: example.org",
                "Host: example.org:8081",
                "Host: 127.0.0.1.example.org",
                "Host: localhost.example.org",
                "Host: "
            })
    void withoutATokenAWebPageCannotStopTheProcess(String header) {
        int loopback = open(StopServer.on(0));
        assertThat(Connection.ask(loopback, "GET /shutdown", header).status()).isEqualTo(403);
        int anywhere = open(StopServer.on(0).withoutToken());
        assertThat(Connection.ask(anywhere, "POST /shutdown", header, "Content-Length: 0")
                        .status())
                .isEqualTo(403);
        assertThat(app.asked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost:8081",
                "Host: [::1]:8081",
                "Host: 10.0.0.3",
                "User-Agent: kube-probe/1.29",
                "User-Agent: curl/8.5.0"
            })
    void withoutATokenCurlAndTheKubeletAreObeyed(String header) {
        Response response = Connection.ask(
                open(StopServer.on(0).withoutToken()), "GET /shutdown", header, "Accept: */*");
        assertThat(response.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Forwarded: for=10.0.0.3", "X-Forwarded-For: 10.0.0.3", "Via: 1.1 proxy"})
    void withoutATokenNobodyIsLocalBehindAProxy(String header) {
        assertThat(Connection.ask(open(StopServer.on(0)), "GET /shutdown", header)
                        .status())
                .isEqualTo(403);
        assertThat(app.asked()).isFalse();
    }

    @Test
    void anotherAddressThanLoopbackNeedsATokenAtStart() {
        assertThatThrownBy(() -> StopServer.on(0).host("0.0.0.0").start(app.stop))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0.0.0.0:0")
                .hasMessageContaining("token(...)")
                .hasMessageContaining("withoutToken()");
        Stop.Builder builder =
                Stop.builder().exit(Exit.never()).trigger(StopServer.on(0).host("0.0.0.0"));
        assertThatThrownBy(builder::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anotherAddressThanLoopbackIsFineWithATokenOrTheWordThatNoneIsNeeded() {
        open(StopServer.on(0).host("0.0.0.0").token(TOKEN));
        int port = open(StopServer.on(0).host("0.0.0.0").withoutToken());
        assertThat(Connection.ask(port, "GET /shutdown").status()).isEqualTo(200);
    }

    // ---- configuration

    @Test
    void badConfigurationIsRefusedWhenItIsSetNamingTheValueAndWhatIsAllowed() {
        assertThatThrownBy(() -> StopServer.on(-1)).hasMessage("port is -1; allowed: 0 to 65535");
        assertThatThrownBy(() -> StopServer.on(65_536)).hasMessageContaining("65536");
        assertThatThrownBy(() -> StopServer.on(0).host("no.such.host.invalid"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no.such.host.invalid");
        assertThatThrownBy(() -> StopServer.on(0).host(" ")).hasMessageContaining("host is empty");
        assertThatThrownBy(() -> StopServer.on(0).token(TOKEN).withoutToken())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> StopServer.on(0).withoutToken().token(TOKEN))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "shutdown",
                "/ready",
                "/live",
                "/stop/",
                "//stop",
                "/../stop",
                "/a/./b",
                "/a b",
                "/a?b",
                "/a#b",
                "/a%62"
            })
    void aPathThatCannotBeServedIsRefused(String path) {
        assertThatThrownBy(() -> StopServer.on(0).path(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + path + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "                ", "tooshort", "0123456789abcde/", "0123456789abcdefé"})
    void aTokenThatCannotBeSentOrIsGuessedIsRefusedWithoutRepeatingIt(String token) {
        assertThatThrownBy(() -> StopServer.on(0).token(token))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16 to 256")
                .message()
                .matches(message -> token.isBlank() || !message.contains(token));
        assertThatThrownBy(() -> StopHandler.of(app.stop).token(token))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
