package org.stop4j.examples.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Busy connections, each with a thread. */
final class Traffic implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Counts counts = new Counts();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> clients = new ArrayList<>();

    /** Begins; {@code reconnects} is whether a client goes on after it was told to close its connection. */
    Traffic(int port, int connections, boolean reconnects) {
        for (int i = 0; i < connections; i++) {
            Thread client =
                    new Thread(new Client(port, i, reconnects, counts, over), "client-" + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
    }

    Counts counts() {
        return counts;
    }

    /** Lets every client end its request, and waits for that. */
    void end() throws InterruptedException {
        over.set(true);
        for (Thread client : clients) {
            client.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
    }

    @Override
    public void close() {
        over.set(true);
    }
}
