package org.stop4j.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.stop4j.Stop;
import org.stop4j.testing.HttpServerContract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** The contract of adapters, kept by the filter and the step in one container. */
abstract class ServletContract extends HttpServerContract {
    private final Container container;

    ServletContract(Container container) {
        this.container = container;
    }

    @Override
    protected Listening serve(Stop stop, Handler handler) throws Exception {
        Container.Running running =
                container.start(stop, new StopFilter(stop), new Handled(handler));
        return new Listening(running.port(), running);
    }

    @Override
    protected boolean canDetach() {
        return true;
    }

    @SuppressWarnings("serial") // nobody writes it
    private static final class Handled extends HttpServlet {
        private final Handler handler;

        private Handled(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            try {
                handler.handle(new Bridge(request, response));
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new ServletException(e);
            }
        }
    }

    private static final class Bridge implements HttpServerContract.Exchange {
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final String path;
        private @Nullable AsyncContext context;

        private Bridge(HttpServletRequest request, HttpServletResponse response) {
            this.request = request;
            this.response = response;
            path = request.getRequestURI();
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public InputStream body() {
            try {
                return request.getInputStream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public OutputStream answer(int status, long length) throws IOException {
            AsyncContext detached = context;
            HttpServletResponse its =
                    detached == null ? response : (HttpServletResponse) detached.getResponse();
            its.setStatus(status);
            if (length >= 0) {
                its.setContentLengthLong(length);
            }
            return its.getOutputStream();
        }

        @Override
        public void detach() {
            context = request.startAsync();
            context.setTimeout(0);
        }

        @Override
        public void complete() {
            AsyncContext detached = context;
            if (detached == null) {
                throw new IllegalStateException("not detached");
            }
            detached.complete();
        }
    }
}
