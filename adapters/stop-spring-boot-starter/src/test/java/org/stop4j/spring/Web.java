package org.stop4j.spring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Talks HTTP to an application of a test. */
final class Web {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Web() {}

    static URI uri(Application application, String path) {
        return uri(port(application), path);
    }

    static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    static int port(Application application) {
        return port(application, "local.server.port");
    }

    /** That of actuator, if it has one of its own. */
    static int managementPort(Application application) {
        return port(application, "local.management.port");
    }

    private static int port(Application application, String property) {
        return application.context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    static HttpResponse<String> get(Application application, String path) throws Exception {
        return get(port(application), path);
    }

    static HttpResponse<String> get(int port, String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(port, path)));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(
                request.timeout(Application.PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Begins a request over a connection of its own. */
    static Connection begin(Application application, String requestLine) throws IOException {
        Connection connection = new Connection(port(application));
        connection.write(requestLine + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return connection;
    }

    /** A connection on which everything is seen as it comes. */
    static final class Connection implements AutoCloseable {
        private final Socket socket;

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout((int) Application.PATIENCE.toMillis());
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        /** Reads until something has come; returns all that was read by then. */
        String readUntil(String end) throws IOException {
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            while (!read.toString(StandardCharsets.UTF_8).contains(end)) {
                int next = in.read();
                if (next < 0) {
                    throw new AssertionError(
                            "the connection ended before \"" + end + "\": " + read);
                }
                read.write(next);
            }
            return read.toString(StandardCharsets.UTF_8);
        }

        /** Reads until the other side closes the connection. */
        String readAll() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
