package org.stop4j.servlet;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A connection of HTTP/2 without TLS, which keeps what is said about it. */
final class Http2Wire implements AutoCloseable {
    /** Completed when the server says that no more streams are welcome. */
    final CompletableFuture<Void> goAway = new CompletableFuture<>();

    /** Completed when the connection is closed, by the server or after its GOAWAY. */
    final CompletableFuture<Void> closed = new CompletableFuture<>();

    private final int port;
    private final HTTP2Client client = new HTTP2Client();
    private final Session session;

    /** An answer that has come as a whole. */
    record Answer(int status, HttpFields headers, String body) {}

    Http2Wire(int port) throws Exception {
        this.port = port;
        client.start();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        session = client.connect(address, new Listener()).get(20, TimeUnit.SECONDS);
    }

    CompletableFuture<Answer> get(String path) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        MetaData.Request request = new MetaData.Request(
                "GET",
                HttpURI.from("http://localhost:" + port + path),
                HttpVersion.HTTP_2,
                HttpFields.EMPTY);
        session.newStream(new HeadersFrame(request, null, true), new Reader(answer))
                .get(20, TimeUnit.SECONDS);
        return answer;
    }

    @Override
    public void close() throws Exception {
        client.stop();
    }

    private final class Listener implements Session.Listener {
        @Override
        public void onGoAway(Session its, GoAwayFrame frame) {
            goAway.complete(null);
        }

        @Override
        public void onClose(Session its, GoAwayFrame frame, Callback callback) {
            closed.complete(null);
            callback.succeeded();
        }

        @Override
        public void onFailure(Session its, Throwable failure, Callback callback) {
            closed.complete(null);
            callback.succeeded();
        }
    }

    private static final class Reader implements Stream.Listener {
        private final CompletableFuture<Answer> answer;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private volatile MetaData.Response head =
                new MetaData.Response(0, "", HttpVersion.HTTP_2, HttpFields.EMPTY);

        private Reader(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            if (frame.getMetaData() instanceof MetaData.Response response) {
                head = response;
            }
            if (frame.isEndStream()) {
                complete();
            } else {
                stream.demand();
            }
        }

        @Override
        public void onDataAvailable(Stream stream) {
            Stream.Data data = stream.readData();
            boolean end = false;
            if (data != null) {
                byte[] bytes = new byte[data.frame().remaining()];
                data.frame().getByteBuffer().get(bytes);
                body.writeBytes(bytes);
                end = data.frame().isEndStream();
                data.release();
            }
            if (end) {
                complete();
            } else {
                stream.demand();
            }
        }

        private void complete() {
            answer.complete(new Answer(
                    head.getStatus(), head.getHttpFields(), body.toString(StandardCharsets.UTF_8)));
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            answer.completeExceptionally(new AssertionError("reset: " + frame));
            callback.succeeded();
        }

        @Override
        public void onFailure(
                Stream stream, int error, String reason, Throwable failure, Callback callback) {
            answer.completeExceptionally(
                    new AssertionError("failed: " + error + " " + reason, failure));
            callback.succeeded();
        }
    }
}
