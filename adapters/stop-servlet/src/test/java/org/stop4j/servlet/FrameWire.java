package org.stop4j.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A connection of HTTP/2, frame by frame: other clients hear what the server says at once, and do what it wants. For one
 * thread at a time.
 */
final class FrameWire implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;

    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final DataInputStream in;
    private final HpackDecoder heads = new HpackDecoder(8192, () -> 0);
    private int stream = -1;
    private boolean goAway;
    private int lastStream;
    private int status; // of the latest head

    private record Frame(int type, int flags, int stream, ByteBuffer payload, int status) {
        boolean endsStream(int its) {
            return stream == its && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    FrameWire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    /** Begins a request; returns its stream. */
    int get(String path) throws IOException {
        stream += 2;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(0x82); // :method: GET
        head.write(0x86); // :scheme: http
        literal(head, 0x04, path); // :path
        literal(head, 0x01, "localhost"); // :authority
        send(HEADERS, END_HEADERS | END_STREAM, stream, head.toByteArray());
        return stream;
    }

    /** Not indexed, and not compressed. */
    private static void literal(ByteArrayOutputStream head, int name, String value) {
        head.write(name);
        head.write(value.length());
        head.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** The stream of the latest request. */
    int latest() {
        return stream;
    }

    /** Reads until a stream is answered; fails if it is not by 200, or reset. Returns the body. */
    String ok(int its) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Frame frame;
        do {
            frame = read();
            if (frame.stream() == its) {
                assertThat(frame.type()).isIn(HEADERS, DATA);
                assertThat(frame.status()).isEqualTo(200);
                if (frame.type() == DATA) {
                    body.writeBytes(frame.payload().array());
                }
            }
        } while (!frame.endsStream(its));
        return body.toString(StandardCharsets.UTF_8);
    }

    /** Whether a GOAWAY was among what was read so far. */
    boolean isToldToGo() {
        return goAway;
    }

    /** The last stream that the latest GOAWAY lets through. */
    int lastStream() {
        return lastStream;
    }

    /** Has the server answer a PING, and reads until then. */
    void ping() throws IOException {
        send(PING, 0, 0, new byte[8]);
        Frame frame;
        do {
            frame = read();
        } while (frame.type() != PING || (frame.flags() & ACK) == 0);
    }

    /** Reads until the server has closed it. */
    void awaitClose() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException | SocketException closed) {
            // as it should be
        }
    }

    private Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int id = in.readInt();
        ByteBuffer payload = ByteBuffer.wrap(in.readNBytes(length));
        if (type == HEADERS) {
            status = statusIn(payload);
        }
        Frame frame = new Frame(type, flags, id, payload, status);
        if (type == GOAWAY) {
            goAway = true;
            lastStream = payload.getInt(0);
        } else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
            send(type, ACK, 0, type == PING ? payload.array() : new byte[0]);
        }
        return frame;
    }

    private int statusIn(ByteBuffer head) throws IOException {
        try {
            return ((MetaData.Response) heads.decode(head)).getStatus();
        } catch (HpackException e) {
            throw new IOException(e);
        }
    }

    private void send(int type, int flags, int id, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write(id >> shift);
        }
        frame.writeBytes(payload);
        socket.getOutputStream().write(frame.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
