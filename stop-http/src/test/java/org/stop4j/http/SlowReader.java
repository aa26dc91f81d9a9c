package org.stop4j.http;

import org.stop4j.Phase;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A caller whose answer is bigger than all buffers between it and the server, and which has not read it
 * yet although the stop is done.
 */
final class SlowReader implements AutoCloseable {
    private static final int MESSAGE_LENGTH = 16_000_000;

    /** Else the long message would be on the screen. */
    private final Logger quiet = Logger.getLogger("org.stop4j");

    final StoppedApp app;
    final StopServer server;
    final Connection connection;

    SlowReader() throws InterruptedException {
        quiet.setLevel(Level.OFF);
        app = new StoppedApp();
        app.stop.step(Phase.CLOSE, "talkative", SlowReader::failAtLength);
        server = StopServer.on(0).start(app.stop);
        connection = Connection.open(server.port(), Connection.request("GET /shutdown"));
        app.awaitBegun();
        app.quick();
        app.stop.await();
    }

    static void failAtLength() {
        throw new IllegalStateException("x".repeat(MESSAGE_LENGTH));
    }

    @Override
    public void close() {
        connection.close();
        quiet.setLevel(null);
    }
}
