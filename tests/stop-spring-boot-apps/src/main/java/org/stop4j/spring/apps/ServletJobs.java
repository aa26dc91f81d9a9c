package org.stop4j.spring.apps;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /job?id=X&ms=N&bytes=B}: holds a thread N ms, answers B bytes that begin with X and a line end. */
@RestController
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletJobs {
    private final ApplicationAvailability availability;

    ServletJobs(ApplicationAvailability availability) {
        this.availability = availability;
    }

    @RequestMapping("/job")
    byte[] job(
            @RequestParam("id") String id,
            @RequestParam(name = "ms", defaultValue = "200") long millis,
            @RequestParam(name = "bytes", defaultValue = "0") int bytes)
            throws InterruptedException {
        Thread.sleep(millis);
        return Job.body(id, bytes);
    }

    @RequestMapping("/ready")
    String ready(HttpServletResponse response) {
        ReadinessState state = availability.getReadinessState();
        response.setStatus(state == ReadinessState.ACCEPTING_TRAFFIC ? 200 : 503);
        return state + "\n";
    }
}
