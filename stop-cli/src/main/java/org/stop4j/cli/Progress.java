package org.stop4j.cli;

import org.jspecify.annotations.Nullable;
import org.stop4j.ApplicationStatus;
import org.stop4j.spi.Time;

import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Shows how the stop goes on: on a terminal as one line that is drawn anew, elsewhere as plain lines, with {@code
 * --json} as an object each.
 *
 * <p>Used by one thread.
 */
final class Progress implements Consumer<ApplicationStatus> {
    /** Between two plain lines: a log wants to know, not to be filled. */
    private static final long PLAIN_NANOS = 1_000_000_000;

    /** Between two drawings of a line in which only the time left has changed. */
    private static final long TIME_NANOS = 100_000_000;

    /** What is shown; one that is equal is nothing new. */
    interface Shown {

        /** In one line, for people. */
        String toLine();

        /** As one JSON object. */
        String toJson();
    }

    /** How it is shown. */
    enum Kind {
        NONE,
        LIVE,
        PLAIN,
        JSON
    }

    private final PrintStream out;
    private final PrintStream err;
    private final Kind kind;
    private final LongSupplier clock;
    private @Nullable Shown shown;
    private String drawn = "";
    private long lastNanos;

    Progress(PrintStream out, PrintStream err, boolean own, Options options) {
        this(out, err, kind(own, options), new Clock());
    }

    Progress(PrintStream out, PrintStream err, Kind kind, LongSupplier clock) {
        this.out = out;
        this.err = err;
        this.kind = kind;
        this.clock = clock;
    }

    private static Kind kind(boolean own, Options options) {
        if (options.quiet()) {
            return Kind.NONE;
        }
        if (options.json()) {
            return Kind.JSON;
        }
        return own && Terminal.isErr() ? Kind.LIVE : Kind.PLAIN;
    }

    @Override
    public void accept(ApplicationStatus status) {
        show(new OfApplication(status));
    }

    /**
     * Equal to another one of the same look. A class rather than a record: linking the {@code equals} of the
     * first one took 40 ms of a stop.
     */
    private static final class OfApplication implements Shown {
        private final ApplicationStatus status;

        private OfApplication(ApplicationStatus status) {
            this.status = status;
        }

        @Override
        public String toLine() {
            return status.toLine();
        }

        @Override
        public String toJson() {
            return status.toJson();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof OfApplication its && its.status.equals(status);
        }

        @Override
        public int hashCode() {
            return status.hashCode();
        }
    }

    /** Shows it, if it is new. */
    void show(Shown its) {
        switch (kind) {
            case LIVE -> draw(its);
            case PLAIN -> print(its);
            case JSON -> {
                if (!its.equals(shown)) {
                    out.println("{\"event\":\"progress\",\"status\":" + its.toJson() + "}");
                    shown = its;
                }
            }
            default -> {}
        }
    }

    private void draw(Shown status) {
        long now = clock.getAsLong();
        if (status.equals(shown) && now - lastNanos < TIME_NANOS) {
            return;
        }
        shown = status;
        lastNanos = now;
        String line = "stop: " + Text.printable(status.toLine());
        if (!line.equals(drawn)) {
            drawn = line;
            // In one piece, so that nothing flickers. Without wrapping, since a line that is wider
            // than the terminal
            // would scroll; the cursor goes back to its beginning, since a terminal that is made
            // narrower
            // breaks the line, and the next drawing has to begin at the first of its parts and
            // erase them all.
            write("\033[?7l" + line + "\033[J\033[?7h\r");
        }
    }

    private void print(Shown status) {
        long now = clock.getAsLong();
        if (status.equals(shown) || (shown != null && now - lastNanos < PLAIN_NANOS)) {
            return;
        }
        shown = status;
        String line = status.toLine();
        if (!line.equals(drawn)) {
            drawn = line;
            lastNanos = now;
            err.println("stop: " + Text.printable(line));
        }
    }

    /** Removes the line, if one is drawn. */
    void clear() {
        if (kind == Kind.LIVE && !drawn.isEmpty()) {
            drawn = "";
            write("\033[J");
        }
    }

    private void write(String text) {
        err.print(text);
        err.flush();
    }

    /** A class rather than a method reference: bootstrapping one costs milliseconds. */
    private static final class Clock implements LongSupplier {
        @Override
        public long getAsLong() {
            return Time.system().nanos();
        }
    }
}
