package org.stop4j.rolling;

import java.util.List;
import java.util.Map;

/** Stops one instance to which nobody is connected, outside a cluster: how long the end takes by itself. */
final class IdleStop {
    private IdleStop() {}

    /** Runs it; the instance has answered once, so that its classes are there. */
    static Measured run(Server server, Instance.Signal signal) throws InterruptedException {
        try (Instance instance = Instance.start(server, server.name(), Map.of())) {
            Ledger ledger = new Ledger();
            Client client = server.protocol().client(instance, Reuse.ONCE);
            Job job = new Job("warm-up", 0, 100);
            ledger.begin();
            ledger.end(job, client.request(job));
            client.close();
            Stopped stopped = instance.awaitEnd(instance.signal(signal));
            return new Measured(server, "idle", List.of(stopped), ledger);
        }
    }
}
