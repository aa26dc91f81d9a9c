package org.stop4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.spi.ToolProvider;

/**
 * The {@code stop} command as a tool of the JDK's kind, for use in a process: {@code
 * ToolProvider.findFirst("stop")}. It writes as to a file, not as to a terminal.
 *
 * @since 0.1
 */
public final class StopTool implements ToolProvider {
    /** Made by {@link java.util.ServiceLoader}. */
    public StopTool() {}

    @Override
    public String name() {
        return "stop";
    }

    /**
     * Runs the command; an interrupt ends its waiting.
     *
     * @param out where results go
     * @param err where words for people go
     * @param arguments the command line; see {@code --help}
     * @return the exit code
     */
    @Override
    public int run(PrintStream out, PrintStream err, String... arguments) {
        return Main.run(out, err, arguments);
    }

    /**
     * Runs the command; an interrupt ends its waiting.
     *
     * @param out where results go
     * @param err where words for people go
     * @param arguments the command line; see {@code --help}
     * @return the exit code
     */
    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        try (PrintStream bytesOut =
                        new PrintStream(new ToWriter(out), true, StandardCharsets.UTF_8);
                PrintStream bytesErr =
                        new PrintStream(new ToWriter(err), true, StandardCharsets.UTF_8)) {
            return Main.run(bytesOut, bytesErr, arguments);
        }
    }

    /** Passes on whole characters, a line at a time. */
    private static final class ToWriter extends OutputStream {
        private final PrintWriter writer;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        private ToWriter(PrintWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int b) {
            line.write(b);
            if (b == '\n') {
                passOn();
            }
        }

        private void passOn() {
            writer.write(line.toString(StandardCharsets.UTF_8));
            writer.flush();
            line.reset();
        }

        /** The writer stays open: it is the caller's. */
        @Override
        public void close() {
            passOn();
        }
    }
}
