package org.stop4j;

import org.stop4j.internal.Json;

import java.time.Instant;
import java.util.Objects;

/**
 * Why a stop began.
 *
 * @param kind where the request came from
 * @param detail the signal's name, the peer's address, the command's words …; may be empty
 * @param time when it came, by the wall clock
 * @since 0.1
 */
public record Reason(Kind kind, String detail, Instant time) {

    /**
     * Where a request to stop can come from.
     *
     * @since 0.1
     */
    public enum Kind {
        /** A signal of the operating system. */
        SIGNAL,
        /** The {@code stop} command, or whoever else wrote into the control directory. */
        COMMAND,
        /** An HTTP request. */
        HTTP,
        /** {@link Stop#request}. */
        CODE,
        /** The JVM began to end: somebody called {@link System#exit}, or nothing was left to run. */
        EXIT
    }

    /**
     * Makes a reason.
     *
     * @param kind where the request came from
     * @param detail its particulars; may be empty
     * @param time when it came, by the wall clock
     */
    public Reason {
        // Here, where the mistake is, and not later, in the middle of the stop.
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(time, "time");
    }

    /**
     * Makes a reason of now.
     *
     * @param kind where the request came from
     * @param detail its particulars; may be empty
     * @return the reason
     */
    public static Reason of(Kind kind, String detail) {
        return new Reason(kind, detail, Instant.now());
    }

    void writeTo(Json json) {
        json.object()
                .field("kind")
                .string(kind.name())
                .field("detail")
                .string(detail)
                .field("time")
                .string(time.toString())
                .endObject();
    }

    /**
     * Says it for people.
     *
     * @return {@code signal SIGTERM}, {@code command: deploy 4711}
     */
    @Override
    public String toString() {
        String what = switch (kind) {
            case SIGNAL -> "signal";
            case COMMAND -> "command";
            case HTTP -> "HTTP";
            case CODE -> "code";
            case EXIT -> "JVM exit";
        };
        // On one line, and without what a terminal obeys: who asks may have sent it.
        String plain = Printable.line(detail);
        return plain.isEmpty() ? what : what + (kind == Kind.SIGNAL ? " " : ": ") + plain;
    }
}
