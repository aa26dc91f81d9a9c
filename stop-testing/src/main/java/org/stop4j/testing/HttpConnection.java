package org.stop4j.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A connection on which exactly the bytes are sent that are said, and on which an answer counts only if it is
 * whole: a client that hides nothing and repairs nothing.
 *
 * <p>One thread sends and one reads; any may close.
 */
final class HttpConnection implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    /** Connects; with a small buffer for what is not read, so that who does not read is soon noticed. */
    static HttpConnection withSmallBuffer(int port) throws IOException {
        return new HttpConnection(port, 4096);
    }

    static HttpConnection to(int port) throws IOException {
        return new HttpConnection(port, 0);
    }

    private HttpConnection(int port, int receiveBuffer) throws IOException {
        int patience = (int) Life.PATIENCE.toMillis();
        boolean connected = false;
        try {
            socket.setSoTimeout(patience);
            socket.setTcpNoDelay(true);
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patience);
            in = new BufferedInputStream(socket.getInputStream());
            connected = true;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    // ---- sending

    /** A request without a body. */
    static String head(String methodAndTarget, String... headers) {
        StringBuilder text =
                new StringBuilder(methodAndTarget).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    HttpConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Asks for something by GET, and waits for the answer. */
    Answer get(String target) throws IOException {
        return send(head("GET " + target)).answer();
    }

    // ---- reading

    /** Reads one answer, to its end. */
    Answer answer() throws IOException {
        return answer(false);
    }

    /** Reads one answer that has no body, whatever its head says: one to HEAD. */
    Answer answerToHead() throws IOException {
        return answer(true);
    }

    private Answer answer(boolean toHead) throws IOException {
        List<String> head = readHead();
        int status = status(head.get(0));
        Answer bare = new Answer(status, head, "");
        if (toHead || status == 204 || status == 304) {
            return bare;
        }
        String length = bare.header("Content-Length");
        byte[] body;
        if (bare.header("Transfer-Encoding").toLowerCase(Locale.ROOT).equals("chunked")) {
            body = readChunks();
        } else if (!length.isEmpty()) {
            body = readExactly(Integer.parseInt(length));
        } else {
            body = in.readAllBytes();
        }
        return new Answer(status, head, new String(body, StandardCharsets.UTF_8));
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
            throw new IOException("no status line: \"" + line + '"');
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    /** Reads the head of an answer: the status line, and the headers. */
    List<String> readHead() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            lines.add(line);
        }
        if (lines.isEmpty()) {
            throw new IOException("an empty line in place of an answer");
        }
        return lines;
    }

    /** Reads a line; the end of the stream is not the end of one. */
    String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int one = in.read(); one != '\n'; one = in.read()) {
            if (one < 0) {
                throw new EOFException("closed by the server, after \"" + line + '"');
            }
            line.write(one);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(readExactly(size));
            readLine();
        }
        while (!readLine().isEmpty()) {
            // a trailer
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(readLine().split(";", 2)[0].strip(), 16);
    }

    private byte[] readExactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException(
                    "closed by the server, after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** Waits until the server has closed the connection; whatever it sends before that fails. */
    void awaitClosed() throws IOException {
        int next;
        try {
            next = in.read();
        } catch (SocketException reset) {
            return;
        }
        if (next >= 0) {
            throw new IOException("the server has sent more: " + (char) next);
        }
    }

    /** Reads until the server has closed the connection, by whatever means. */
    void drainUntilClosed() throws IOException {
        byte[] buffer = new byte[1 << 16];
        try {
            while (in.read(buffer) >= 0) {
                // what comes does not matter
            }
        } catch (SocketException reset) {
            // closed as well
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** An answer that has come as a whole. */
    record Answer(int status, List<String> head, String body) {
        /** The value of a header, or nothing. */
        String header(String name) {
            String beginning = name.toLowerCase(Locale.ROOT) + ":";
            for (String line : head) {
                if (line.toLowerCase(Locale.ROOT).startsWith(beginning)) {
                    return line.substring(beginning.length()).strip();
                }
            }
            return "";
        }

        boolean saysClose() {
            return header("Connection").equalsIgnoreCase("close");
        }
    }
}
