package org.stop4j.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.jspecify.annotations.Nullable;
import org.stop4j.State;
import org.stop4j.Stop;

import java.io.IOException;
import java.io.PrintWriter;

/**
 * An answer that is the last one on its connection if it is begun when the process stops: then it says {@code
 * Connection: close}, or, over HTTP/2, the connection is told to go away.
 *
 * <p>Whether that must be said is known only when the head is sent, and what sends it is many things: a full
 * buffer, a flush, an error, a redirect, the end. So the header is set before each of them that is seen here, and
 * when the filter is left before the end. It is set again each time, since a reset takes it away.
 *
 * <p>As safe as the response that it wraps: for one thread at a time.
 */
final class LastAnswer extends HttpServletResponseWrapper {
    private final Stop stop;
    private final GoAway goAway;
    private final HttpServletRequest request;
    private @Nullable ServletOutputStream stream;
    private @Nullable PrintWriter writer;
    private boolean isError;
    private boolean saidGoAway;

    LastAnswer(Stop stop, GoAway goAway, HttpServletRequest request, HttpServletResponse response) {
        super(response);
        this.stop = stop;
        this.goAway = goAway;
        this.request = request;
    }

    /** What comes next may send the head. */
    void beforeCommit() {
        if (stop.state() != State.RUNNING && !isCommitted()) {
            sayLast();
        }
    }

    private void sayLast() {
        if (Refusal.isHttp1(request)) {
            // Whoever has switched to another protocol has said so in this header.
            if (getStatus() != SC_SWITCHING_PROTOCOLS) {
                setHeader("Connection", "close");
            }
        } else if (!saidGoAway) {
            saidGoAway = true;
            if (request.getProtocol().startsWith("HTTP/2")) {
                goAway.say(request);
            }
        }
    }

    /**
     * Sends the rest, if the process stops: once the request has left the gate, nobody waits for that any more. Not
     * what is no answer yet, or an error whose page the container makes when it gets the request back.
     */
    void complete() throws IOException {
        if (stop.state() == State.RUNNING || getStatus() < SC_OK || lacksPage(true)) {
            return;
        }
        if (writer != null) {
            writer.close();
        } else {
            getOutputStream().close();
        }
    }

    /**
     * Whether it is an error whose page the container makes when it gets the request back, served or by an exception. A status
     * alone is none: nobody makes a page for that.
     */
    boolean lacksPage(boolean served) {
        return isError || (!served && !isCommitted());
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (stream == null) {
            stream = new Stream(super.getOutputStream());
        }
        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer == null) {
            writer = new Writer(super.getWriter());
        }
        return writer;
    }

    @Override
    public void reset() {
        super.reset();
        stream = null; // now the other one may be asked for
        writer = null;
        isError = false;
    }

    @Override
    public void flushBuffer() throws IOException {
        beforeCommit();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        beforeCommit();
        isError = true;
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        beforeCommit();
        isError = true;
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        beforeCommit();
        super.sendRedirect(location);
    }

    /** Overrides a method of the Servlet API 6.1; this is compiled against 6.0, which has no such. */
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        beforeCommit();
        Redirect.send((HttpServletResponse) getResponse(), location, status, clearBuffer);
    }

    /** With Jetty, this sends the answer if as much was written already. */
    @Override
    public void setContentLength(int length) {
        beforeCommit();
        super.setContentLength(length);
    }

    /** With Jetty, this sends the answer if as much was written already. */
    @Override
    public void setContentLengthLong(long length) {
        beforeCommit();
        super.setContentLengthLong(length);
    }

    private final class Stream extends ServletOutputStream {
        private final ServletOutputStream out;

        private Stream(ServletOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            beforeCommit();
            out.write(b);
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            beforeCommit();
            out.write(bytes);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            beforeCommit();
            out.write(bytes, offset, length);
        }

        @Override
        public void print(String text) throws IOException {
            beforeCommit();
            out.print(text);
        }

        @Override
        public void flush() throws IOException {
            beforeCommit();
            out.flush();
        }

        @Override
        public void close() throws IOException {
            beforeCommit();
            out.close();
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }

    /** All that prints goes through these. */
    private final class Writer extends PrintWriter {
        private final PrintWriter its;

        private Writer(PrintWriter its) {
            super(its);
            this.its = its;
        }

        @Override
        public void write(int c) {
            beforeCommit();
            its.write(c);
        }

        @Override
        public void write(char[] text, int offset, int length) {
            beforeCommit();
            its.write(text, offset, length);
        }

        @Override
        public void write(String text, int offset, int length) {
            beforeCommit();
            its.write(text, offset, length);
        }

        @Override
        public void println() {
            beforeCommit();
            its.println();
        }

        @Override
        public void flush() {
            beforeCommit();
            its.flush();
        }

        @Override
        public boolean checkError() {
            beforeCommit();
            return its.checkError();
        }

        @Override
        public void close() {
            beforeCommit();
            its.close();
        }
    }
}
