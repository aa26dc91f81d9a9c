package org.stop4j.rolling;

import java.util.List;
import java.util.Map;

/** Stops one instance with nothing in between, as on a developer's machine: in mid-flight. */
final class DirectStop {
    private static final int WARM_UP_ANSWERS = 5;

    private DirectStop() {}

    /** Runs it; every client goes on until nobody takes its connection any more. */
    static Measured run(Server server, Load load, Instance.Signal signal)
            throws InterruptedException {
        try (Instance instance = Instance.start(server, server.name(), Map.of());
                Traffic traffic =
                        new Traffic(instance, server.protocol(), load, Traffic.Crowd.RESIDENTS)) {
            traffic.awaitAnswersOfAll(WARM_UP_ANSWERS);
            Stopped stopped = instance.awaitEnd(instance.signal(signal));
            Ledger ledger = traffic.awaitEnd();
            return new Measured(server, "direct", List.of(stopped), ledger);
        }
    }
}
