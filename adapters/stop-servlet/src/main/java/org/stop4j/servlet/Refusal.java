package org.stop4j.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The answer to a request that was not let in. */
final class Refusal {
    private static final byte[] TEXT = "stopping\n".getBytes(StandardCharsets.US_ASCII);

    /** As much as Tomcat would read of a request that nobody wants. */
    private static final int MOST_DROPPED = 2 << 20;

    private Refusal() {}

    /** Answers, whatever of the request has come; nothing may have been sent. */
    static void answer(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader("Retry-After", "1");
        if (isHttp1(request)) {
            response.setHeader("Connection", "close");
        }
        response.setContentType("text/plain");
        response.setContentLength(TEXT.length);
        response.getOutputStream().write(TEXT);
        response.flushBuffer();
        if (request.getHeader("Expect") == null) { // or the client waits, and sends nothing now
            drop(request);
        }
    }

    /** HTTP/2 knows no such header, and closes connections otherwise. */
    static boolean isHttp1(HttpServletRequest request) {
        return request.getProtocol().startsWith("HTTP/1.");
    }

    /**
     * Closing a connection that has something unread resets it, and then the client may lose what was sent to
     * it, but not read by it yet.
     */
    private static void drop(HttpServletRequest request) {
        byte[] buffer = new byte[8192];
        int total = 0;
        try {
            InputStream body = request.getInputStream();
            for (int n = body.read(buffer); n >= 0 && total < MOST_DROPPED; n = body.read(buffer)) {
                total += n;
            }
        } catch (IOException hasHungUp) {
            // It has been answered; whether it still listens is its own affair.
        }
    }
}
