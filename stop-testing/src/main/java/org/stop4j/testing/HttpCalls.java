package org.stop4j.testing;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;

/** Calls over one connection that is kept as long as the server allows; see {@link ServerContract.Client}. */
final class HttpCalls implements ServerContract.Client {
    private final int port;
    // Guarded by this:
    private @Nullable HttpConnection connection;
    private boolean closed;

    HttpCalls(int port) {
        this.port = port;
    }

    @Override
    public ServerContract.Call call(String request) {
        HttpConnection its;
        try {
            its = connection();
        } catch (ConnectException e) {
            return ServerContract.Call.notConnected(e.toString());
        } catch (IOException e) {
            return ServerContract.Call.lost("while connecting: " + e);
        }
        try {
            HttpConnection.Answer answer = its.get(HttpServerContract.CALL + request);
            if (answer.saysClose()) {
                forget(its);
            }
            return outcome(answer);
        } catch (IOException e) {
            return ServerContract.Call.lost(e.toString());
        }
    }

    private static ServerContract.Call outcome(HttpConnection.Answer answer) {
        if (answer.status() == 200) {
            return ServerContract.Call.answered(answer.body());
        }
        boolean polite = answer.status() == 503
                && answer.header("Retry-After").equals("1")
                && answer.saysClose();
        return polite
                ? ServerContract.Call.refused(answer.body())
                : ServerContract.Call.lost(answer.toString());
    }

    private synchronized HttpConnection connection() throws IOException {
        if (closed) {
            throw new IOException("this client has hung up");
        }
        HttpConnection its = connection;
        if (its == null) {
            its = HttpConnection.to(port);
            connection = its;
        }
        return its;
    }

    private synchronized void forget(HttpConnection used) throws IOException {
        used.close();
        connection = null;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (connection != null) {
            connection.close();
        }
    }
}
