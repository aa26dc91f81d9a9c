package org.stop4j.examples.tomcat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.stop4j.Stop;

import java.io.IOException;
import java.io.OutputStream;

/**
 * {@code ANY /job?id=X&ms=N&bytes=B}: works N ms, answers B bytes that begin with X and a line end; and {@code
 * /ready}. Nothing in it knows that requests are counted.
 */
@SuppressWarnings("serial") // nobody writes it
final class Jobs extends HttpServlet {
    private final Stop stop;

    Jobs(Stop stop) {
        this.stop = stop;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        switch (request.getServletPath()) {
            case "/job" -> job(request, response);
            case "/ready" -> {
                boolean ready = stop.readiness().isReady();
                response.setStatus(ready ? 200 : 503);
                response.getWriter().println(ready ? "ready" : stop.readiness().why());
            }
            default -> response.sendError(404);
        }
    }

    private static void job(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            Query query = Query.of(request);
            request.getInputStream().transferTo(OutputStream.nullOutputStream());
            Thread.sleep(query.millis());
            byte[] body = query.body();
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        } catch (IllegalArgumentException e) {
            response.setStatus(400);
            response.getWriter().println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response.sendError(503);
        }
    }
}
