package org.stop4j.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;

/** What the HTTP/2 client makes of answers and of what is none, and of being told to go away. */
class Http2ClientTest {
    private static final Job JOB = new Job("7", 0, 5);
    private static final String RIGHT = "7\n...";

    private static Outcome outcomeOf(Http2Server.Script script) {
        try (Http2Server server = new Http2Server(script);
                Client client = new Http2Client(server, Reuse.KEPT)) {
            Outcome outcome = client.request(JOB);
            assertThat(server.connections())
                    .as("connections: nothing is tried again")
                    .isOne();
            return outcome;
        }
    }

    private static Result resultOf(Http2Server.Script script) {
        return outcomeOf(script).result();
    }

    @Test
    void anAnswerIsWhatItIs() {
        assertThat(resultOf((path, s) -> Http2Server.answer(s, "200", false, RIGHT)))
                .isEqualTo(Result.ANSWERED);
        assertThat(resultOf((path, s) -> Http2Server.answer(s, "200", false, "8\n...")))
                .isEqualTo(Result.WRONG);
        assertThat(resultOf((path, s) -> Http2Server.answer(s, "200", false, "7\n..")))
                .isEqualTo(Result.WRONG);
        assertThat(resultOf((path, s) -> Http2Server.answer(s, "500", false, RIGHT)))
                .isEqualTo(Result.WRONG);
        assertThat(resultOf((path, s) -> Http2Server.answer(s, "503", true, "")))
                .isEqualTo(Result.REFUSED);
        assertThat(resultOf((path, s) -> Http2Server.answer(s, "503", false, "")))
                .isEqualTo(Result.WRONG);
    }

    @Test
    void aStreamThatIsRefusedIsUnprocessedAndOneThatIsResetOtherwiseIsAFailure() {
        assertThat(resultOf((path, s) -> Http2Server.reset(s, Http2Error.REFUSED_STREAM)))
                .isEqualTo(Result.UNPROCESSED);
        assertThat(resultOf((path, s) -> Http2Server.reset(s, Http2Error.CANCEL)))
                .isEqualTo(Result.RESET);
        assertThat(resultOf((path, s) -> {
                    Http2Server.begin(s);
                    Http2Server.reset(s, Http2Error.INTERNAL_ERROR);
                }))
                .isEqualTo(Result.CUT_OFF);
    }

    @Test
    void aConnectionThatEndsWithoutAnAnswerHungUpAlthoughItWasSent() {
        Outcome outcome = outcomeOf((path, s) -> Http2Server.hangUp(s));

        assertThat(outcome.result()).isEqualTo(Result.HUNG_UP);
        assertThat(outcome.sent()).isTrue();
    }

    @Test
    void aGoAwayLetsEarlierStreamsEndLaterOnesAreUnprocessedAndTheNextHasAConnectionOfItsOwn() {
        CompletableFuture<Http2StreamChannel> early = new CompletableFuture<>();
        try (Http2Server server = new Http2Server((path, stream) -> {
                    if (path.startsWith("/job?id=early&")) {
                        early.complete(stream);
                    } else if (path.startsWith("/job?id=late&")) {
                        Http2Server.goAway(stream, early.join().stream().id());
                        Http2Server.answer(early.join(), "200", false, "early\n");
                    } else {
                        Http2Server.answer(stream, "200", false, RIGHT);
                    }
                });
                Client client = new Http2Client(server, Reuse.KEPT)) {
            CompletableFuture<Outcome> first =
                    CompletableFuture.supplyAsync(() -> client.request(new Job("early", 0, 0)));
            early.join();
            assertThat(client.request(new Job("late", 0, 0)).result())
                    .isEqualTo(Result.UNPROCESSED);
            assertThat(first.join().result()).isEqualTo(Result.ANSWERED);
            assertThat(server.connections()).isOne();

            assertThat(client.request(JOB).result()).isEqualTo(Result.ANSWERED);
            assertThat(client.request(JOB).result()).isEqualTo(Result.ANSWERED);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aVisitorHasAConnectionForEveryRequest() {
        try (Http2Server server = new Http2Server(
                        (path, stream) -> Http2Server.answer(stream, "200", false, RIGHT));
                Client client = new Http2Client(server, Reuse.ONCE)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.request(JOB).result()).isEqualTo(Result.ANSWERED);
            }
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void allStreamsOfTheThreadsThatShareAClientAreAnsweredBehindTheBalancer() throws Exception {
        try (Http2Server server = new Http2Server((path, stream) -> Http2Server.answer(
                        stream,
                        "200",
                        false,
                        path.replaceFirst("/job\\?id=([0-9-]+)&.*", "$1\n")));
                Balancer balancer = new Balancer()) {
            balancer.add(new Endpoint("scripted", server.port()));
            Load load = new Load(32, 0, 0);
            try (Traffic traffic =
                    new Traffic(balancer, Protocol.H2C, load, Traffic.Crowd.PASSERS_BY)) {
                traffic.awaitAnswersOfAll(10);
                Ledger ledger = traffic.end();
                assertThat(ledger.count(Result.ANSWERED)).isEqualTo(ledger.begun());
                assertThat(ledger.open()).isZero();
            }
        }
    }
}
