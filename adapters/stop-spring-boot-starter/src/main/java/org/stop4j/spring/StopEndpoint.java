package org.stop4j.spring;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.json.JsonParserFactory;
import org.stop4j.ApplicationStatus;
import org.stop4j.PhaseReport;
import org.stop4j.Readiness;
import org.stop4j.Reason;
import org.stop4j.Report;
import org.stop4j.StepReport;
import org.stop4j.Stop;
import org.stop4j.WorkInFlight;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The endpoint {@code stop} of actuator: shows the stop, asks for it, and undoes a drain.
 *
 * <p>What it shows are maps and lists, which every version of every JSON library writes alike; the names in them are those
 * of {@link ApplicationStatus#toJson} and {@link Report#toJson}.
 *
 * <p>It only shows, unless somebody has said more: many expose all endpoints there are, and by that nobody has allowed
 * whoever comes by to end the process. Boot treats its own endpoint {@code shutdown} likewise.
 */
@Endpoint(id = "stop", defaultAccess = Access.READ_ONLY)
final class StopEndpoint {
    private static final String VIA = "actuator";

    private final Stop stop;

    StopEndpoint(Stop stop) {
        this.stop = stop;
    }

    @ReadOperation
    Map<String, Object> show() throws InterruptedException {
        Map<String, Object> shown = standing();
        Readiness readiness = stop.readiness();
        boolean ready = readiness.isReady();
        shown.put("ready", ready);
        if (!ready) {
            shown.put("notReadyBecause", readiness.why());
        }
        stop.timeLeft().ifPresent(left -> shown.put("leftMillis", left.toMillis()));
        shown.put("inFlight", stop.gate().inFlight());
        shown.put("refused", stop.gate().refused());
        shown.put("work", work());
        shown.put("steps", steps());
        stop.await(Duration.ZERO).ifPresent(report -> shown.put("report", parsed(report)));
        return shown;
    }

    /**
     * Asks for the stop, or for a drain.
     *
     * <p>The annotations are Spring's, by which 3.5 knows that they need not be given.
     */
    @WriteOperation
    WebEndpointResponse<Map<String, Object>> ask(
            @org.springframework.lang.Nullable Boolean drain,
            @org.springframework.lang.Nullable String reason) {
        Reason why = Reason.of(Reason.Kind.HTTP, reason == null ? VIA : VIA + ": " + reason);
        if (Boolean.TRUE.equals(drain)) {
            stop.drain(why);
            return new WebEndpointResponse<>(standing(), WebEndpointResponse.STATUS_OK);
        }
        var unused = stop.request(why);
        return new WebEndpointResponse<>(standing(), 202);
    }

    @DeleteOperation
    WebEndpointResponse<Map<String, Object>> resume() {
        boolean resumed = stop.resume(Reason.of(Reason.Kind.HTTP, VIA));
        return new WebEndpointResponse<>(standing(), resumed ? WebEndpointResponse.STATUS_OK : 409);
    }

    private Map<String, Object> standing() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("state", stop.state().name());
        stop.since(stop.state()).ifPresent(since -> shown.put("since", since.toString()));
        stop.reason().ifPresent(reason -> shown.put("reason", reason.toString()));
        return shown;
    }

    private List<Map<String, Object>> work() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (WorkInFlight work : stop.gate().named()) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("name", work.name());
            shown.put("ageMillis", work.age().toMillis());
            shown.put("longLived", work.longLived());
            shown.put("thread", work.thread());
            shown.put("attributes", work.attributes());
            all.add(shown);
        }
        return all;
    }

    private List<Map<String, Object>> steps() {
        Map<String, StepReport> over = new HashMap<>();
        for (PhaseReport phase : stop.phases()) {
            phase.steps().forEach(step -> over.put(step.name(), step));
        }
        List<Map<String, Object>> all = new ArrayList<>();
        for (ApplicationStatus.StepLine step : stop.steps()) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("phase", step.phase());
            shown.put("name", step.name());
            shown.put("progress", step.progress().name());
            step.begun().map(Instant::toString).ifPresent(begun -> shown.put("begun", begun));
            StepReport report = over.get(step.name());
            if (report != null) {
                shown.put("result", report.result().name());
                shown.put("millis", report.took().toMillis());
            }
            all.add(shown);
        }
        return all;
    }

    private static Map<String, Object> parsed(Report report) {
        return JsonParserFactory.getJsonParser().parseMap(report.toJson());
    }
}
