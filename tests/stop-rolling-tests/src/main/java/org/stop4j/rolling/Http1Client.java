package org.stop4j.rolling;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** HTTP/1.1 on a plain socket, so that nothing is tried again behind our back. For one thread. */
final class Http1Client implements Client {
    private final Target target;
    private final Reuse reuse;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    Http1Client(Target target, Reuse reuse) {
        this.target = target;
        this.reuse = reuse;
    }

    @Override
    public Outcome request(Job job) {
        Socket open;
        try {
            open = connection();
        } catch (IOException e) {
            return Outcome.notSent(Result.NOT_CONNECTED, e.toString(), Whereabouts.NOWHERE);
        }
        Outcome outcome = exchange(open, job);
        if (outcome.result() != Result.ANSWERED || reuse == Reuse.ONCE) {
            close();
        }
        return outcome;
    }

    private Socket connection() throws IOException {
        Socket open = socket;
        if (open == null) {
            open = connect(target.port());
            socket = open;
            in = new BufferedInputStream(open.getInputStream());
        }
        return open;
    }

    private static Socket connect(int port) throws IOException {
        Socket open = new Socket();
        try {
            open.setTcpNoDelay(true);
            open.setSoTimeout((int) PATIENCE.toMillis());
            open.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int)
                    PATIENCE.toMillis());
            // One in 28 000: where nobody listens, TCP can connect a socket to itself.
            if (open.getLocalPort() == port) {
                throw new ConnectException("connected to itself: nobody listens");
            }
            return open;
        } catch (IOException e) {
            open.close();
            throw e;
        }
    }

    private Outcome exchange(Socket open, Job job) {
        try {
            send(open, job.path());
        } catch (IOException e) {
            return Outcome.notSent(Result.RESET, "while sending: " + e, on(open));
        }
        long sentNanos = System.nanoTime();
        boolean begun = false;
        try {
            if (!begins()) {
                return Outcome.sent(Result.HUNG_UP, "no answer", on(open), sentNanos);
            }
            begun = true;
            Http1Answer answer = Http1Answer.readHead(in);
            begun = answer.status() != 503;
            Result result = judge(job, answer, answer.readBody(in));
            Outcome outcome = Outcome.sent(result, answer.statusLine(), on(open), sentNanos);
            if (answer.closes()) {
                close();
            }
            return outcome;
        } catch (IOException e) {
            return Outcome.sent(judge(e, begun), e.toString(), on(open), sentNanos);
        }
    }

    // Asked for while the socket is open: then its port is nobody else's.
    private Whereabouts on(Socket open) {
        return target.whereabouts(open.getLocalPort());
    }

    private static void send(Socket open, String path) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        open.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether there is a first byte of an answer. */
    private boolean begins() throws IOException {
        in.mark(1);
        boolean begins = in.read() >= 0;
        in.reset();
        return begins;
    }

    private static Result judge(Job job, Http1Answer answer, byte[] body) {
        if (answer.status() == 200 && job.isAnsweredBy(body)) {
            return Result.ANSWERED;
        }
        return answer.refusesPolitely() ? Result.REFUSED : Result.WRONG;
    }

    private static Result judge(IOException e, boolean begun) {
        if (e instanceof SocketTimeoutException) {
            return Result.SILENT;
        }
        if (e instanceof ProtocolException) {
            return Result.WRONG;
        }
        if (begun) {
            return Result.CUT_OFF;
        }
        return e instanceof EOFException ? Result.HUNG_UP : Result.RESET;
    }

    @Override
    public boolean ready() {
        try {
            Socket open = connection();
            send(open, "/ready");
            int status = Http1Answer.readHead(in).status();
            close();
            return status == 200;
        } catch (IOException notYet) {
            close();
            return false;
        }
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // The connection is given up in any case; what became of the request is known.
                throw new UncheckedIOException(e);
            }
        }
    }
}
