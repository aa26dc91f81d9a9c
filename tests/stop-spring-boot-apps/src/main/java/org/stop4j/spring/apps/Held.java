package org.stop4j.spring.apps;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.stop4j.State;
import org.stop4j.Stop;

import java.time.Duration;

/** {@code app.held}: {@code /held} is answered when a stop has begun, and not before. */
@RestController
@ConditionalOnProperty("app.held")
class Held {
    private final Stop stop;

    Held(Stop stop) {
        this.stop = stop;
    }

    @RequestMapping("/held")
    String held() throws InterruptedException {
        System.out.println("held");
        return stop.await(State.DRAINING, Duration.ofMinutes(1)) ? "let go\n" : "not let go\n";
    }
}
