package org.stop4j.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.annotation.Configuration;
import org.stop4j.Outcome;
import org.stop4j.Phase;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.State;
import org.stop4j.Work;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class StopEndpointTest {
    private static final String EXPOSED = "management.endpoints.web.exposure.include=stop,health";
    private static final String UNRESTRICTED = "management.endpoint.stop.access=unrestricted";
    private static final String PATH = "/actuator/stop";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    private static Application start(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("management.endpoint.health.probes.enabled=true");
        return Application.start(WebApplicationType.SERVLET, all, App.class);
    }

    @Test
    void itIsNotThereUnlessItIsExposed() throws Exception {
        try (Application application = start()) {
            assertThat(Web.get(application, PATH).statusCode()).isEqualTo(404);
            assertThat(Web.get(application, "/actuator/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void itShowsWhatIsInFlightAndWhichStepsThereAre() throws Exception {
        try (Application application = start(EXPOSED)) {
            application.stop.step(Phase.FINISH, "orders", deadline -> {});
            Work work = application.stop.gate().enter("export 42").with("customer", "4711");

            Map<String, Object> shown = shown(Web.get(application, PATH));

            assertThat(shown)
                    .containsEntry("state", "RUNNING")
                    .containsEntry("ready", true)
                    .containsKey("since")
                    .doesNotContainKeys("reason", "leftMillis", "report");
            assertThat(shown.get("inFlight")).hasToString("1");
            assertThat(list(shown, "work"))
                    .singleElement()
                    .satisfies(its -> assertThat(its)
                            .containsEntry("name", "export 42")
                            .containsEntry("attributes", Map.of("customer", "4711"))
                            .containsKey("ageMillis"));
            assertThat(list(shown, "steps"))
                    .contains(Map.of("phase", "FINISH", "name", "orders", "progress", "WAITING"));
            work.close();
        }
    }

    @Test
    void itTellsWhyTheApplicationIsNotReady() throws Exception {
        try (Application application = start(EXPOSED)) {
            application.stop.readiness().notReady("the cache is cold");
            assertThat(shown(Web.get(application, PATH)))
                    .containsEntry("ready", false)
                    .containsEntry("notReadyBecause", "the cache is cold");
        }
    }

    @Test
    void itIsAskedToStopFromItsOwnRequestAndAnswersAtOnce() throws Exception {
        try (Application application = start(EXPOSED, UNRESTRICTED)) {
            CompletableFuture<Void> mayEnd = new CompletableFuture<>();
            Work held = application.stop.gate().enter("what keeps the server open");
            CompletableFuture<Void> begun = new CompletableFuture<>();
            application.stop.asyncStep(Phase.DRAIN, "draining", deadline -> {
                begun.complete(null);
                return mayEnd;
            });

            HttpResponse<String> answer =
                    post(Web.port(application), "{\"reason\":\"deploy 4711\"}");
            begun.get(Application.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Map<String, Object> shown = shown(Web.get(application, PATH));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            assertThat(shown)
                    .containsEntry("state", "STOPPING")
                    .containsEntry("ready", false)
                    .containsKey("leftMillis");
            assertThat((String) shown.get("reason")).contains("deploy 4711");
            assertThat(list(shown, "steps"))
                    .anySatisfy(step -> assertThat(step)
                            .containsEntry("phase", "NOTIFY")
                            .containsEntry("progress", "DONE")
                            .containsEntry("result", "DONE")
                            .containsKeys("begun", "millis"))
                    .anySatisfy(step -> assertThat(step)
                            .containsEntry("name", "draining")
                            .containsEntry("progress", "RUNNING"));
            mayEnd.complete(null);
            held.close();
            assertClean(application.report());
        }
    }

    @Test
    void itNeedsNoBody() throws Exception {
        try (Application application = start(EXPOSED, UNRESTRICTED)) {
            assertThat(post(Web.port(application), "").statusCode()).isEqualTo(202);
            assertThat(application.report().reason().kind()).isEqualTo(Reason.Kind.HTTP);
        }
    }

    @Test
    void aDrainIsBegunAndUndone() throws Exception {
        try (Application application = start(EXPOSED, UNRESTRICTED)) {
            int port = Web.port(application);
            assertThat(readiness(application)).isEqualTo(200);

            assertThat(post(port, "{\"drain\":true}").statusCode()).isEqualTo(200);
            assertThat(application.stop.state()).isEqualTo(State.DRAINING);
            assertThat(readiness(application)).isEqualTo(503);

            assertThat(delete(port).statusCode()).isEqualTo(200);
            assertThat(application.stop.state()).isEqualTo(State.RUNNING);
            assertThat(readiness(application)).isEqualTo(200);
            assertThat(delete(port).statusCode()).isEqualTo(409);
        }
    }

    @Test
    void whoeverExposesAllEndpointsHasNotAllowedOthersToEndTheProcess() throws Exception {
        try (Application application = start("management.endpoints.web.exposure.include=*")) {
            assertThat(Web.get(application, PATH).statusCode()).isEqualTo(200);
            assertThat(post(Web.port(application), "").statusCode()).isEqualTo(405);
            assertThat(delete(Web.port(application)).statusCode()).isEqualTo(405);
            assertThat(application.stop.state()).isEqualTo(State.RUNNING);
        }
    }

    /** What a page in somebody's browser can send without asking the server first. */
    @Test
    void aFormOfAnotherSiteCannotAskForTheStop() throws Exception {
        try (Application application = start(EXPOSED, UNRESTRICTED)) {
            for (String type : List.of(
                    "",
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x")) {
                HttpRequest.Builder request = HttpRequest.newBuilder(
                                Web.uri(Web.port(application), PATH))
                        .POST(HttpRequest.BodyPublishers.noBody());
                if (!type.isEmpty()) {
                    request.header("Content-Type", type);
                }
                assertThat(Web.send(request).statusCode()).as(type).isGreaterThanOrEqualTo(400);
            }
            assertThat(application.stop.reason()).isEmpty();
        }
    }

    @Test
    void itIsAskedOnAPortOfActuatorsOwn() throws Exception {
        try (Application application = start(EXPOSED, UNRESTRICTED, "management.server.port=0")) {
            int port = Web.managementPort(application);
            assertThat(Web.get(application, PATH).statusCode()).isEqualTo(404);
            assertThat(shown(Web.get(port, PATH))).containsEntry("state", "RUNNING");

            assertThat(post(port, "").statusCode()).isEqualTo(202);

            assertClean(application.report());
        }
    }

    @Test
    void readinessIsRedAtOnceWhenAStopBeginsAndLivenessIsNot() throws Exception {
        try (Application application = start()) {
            assertThat(readiness(application)).isEqualTo(200);
            Work held = application.stop.gate().enter("what keeps the server open");
            application.stop.request("by a test");
            assertThat(application.stop.await(State.STOPPING, Application.PATIENCE))
                    .isTrue();

            assertThat(readiness(application)).isEqualTo(503);
            assertThat(Web.get(application, "/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            held.close();
            assertClean(application.report());
        }
    }

    private static int readiness(Application application) throws Exception {
        return Web.get(application, "/actuator/health/readiness").statusCode();
    }

    private static HttpResponse<String> post(int port, String json) throws Exception {
        return Web.send(HttpRequest.newBuilder(Web.uri(port, PATH))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private static HttpResponse<String> delete(int port) throws Exception {
        return Web.send(HttpRequest.newBuilder(Web.uri(port, PATH)).DELETE());
    }

    private static Map<String, Object> shown(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonParserFactory.getJsonParser().parseMap(response.body());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> shown, String key) {
        return (List<Map<String, Object>>) Objects.requireNonNull(shown.get(key), key);
    }

    private static void assertClean(Report report) {
        assertThat(report.outcome()).as(report.toText()).isEqualTo(Outcome.CLEAN);
    }
}
