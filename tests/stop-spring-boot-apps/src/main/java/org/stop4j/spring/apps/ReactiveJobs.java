package org.stop4j.spring.apps;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import reactor.core.publisher.Mono;

import java.time.Duration;

/** The same as {@link ServletJobs}, without a thread that is held. */
@RestController
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveJobs {
    private final ApplicationAvailability availability;

    ReactiveJobs(ApplicationAvailability availability) {
        this.availability = availability;
    }

    @RequestMapping("/job")
    Mono<byte[]> job(
            @RequestParam("id") String id,
            @RequestParam(name = "ms", defaultValue = "200") long millis,
            @RequestParam(name = "bytes", defaultValue = "0") int bytes) {
        return Mono.delay(Duration.ofMillis(millis)).map(zero -> Job.body(id, bytes));
    }

    @RequestMapping("/ready")
    ResponseEntity<String> ready() {
        ReadinessState state = availability.getReadinessState();
        return ResponseEntity.status(state == ReadinessState.ACCEPTING_TRAFFIC ? 200 : 503)
                .body(state + "\n");
    }
}
