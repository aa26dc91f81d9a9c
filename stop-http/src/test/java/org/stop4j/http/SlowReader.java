package org.stop4j.http;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A caller whose answer is bigger than all buffers between it and the server, and which has not read it
 * yet although the stop is done.
 */
final class SlowReader implements AutoCloseable {
    private static final int NAME_LENGTH = 16_000_000;

    /** Else the long name would be on the screen. */
    private final Logger quiet = Logger.getLogger("org.stop4j");

    final StoppedApp app;
    final StopServer server;
    final Connection connection;

    SlowReader() throws InterruptedException {
        quiet.setLevel(Level.OFF);
        app = new StoppedApp();
        app.stop.step("x".repeat(NAME_LENGTH), deadline -> {});
        server = StopServer.on(0).start(app.stop);
        connection = Connection.open(server.port(), Connection.request("GET /shutdown"));
        app.awaitBegun();
        app.quick();
        app.stop.await();
    }

    @Override
    public void close() {
        connection.close();
        quiet.setLevel(null);
    }
}
