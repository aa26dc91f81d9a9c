package org.stop4j.cli;

import org.stop4j.StopAnswer;
import org.stop4j.StopClient;

import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Consumer;

/**
 * The {@code stop} command.
 *
 * <p>Results go to standard output, words for people to standard error. Exit codes: 0 stopped cleanly, 1
 * stopped but not cleanly, 2 usage, 3 timed out, 4 no application, 5 not permitted.
 *
 * @since 0.1
 */
public final class Main {
    private static final int USAGE = 2;
    private static final int INTERRUPTED = 130;

    private static final String HELP = """
            Usage: stop [options]
            Asks the application that listens in the control directory to stop, and waits until it has.

              --dir DIR        the control directory; else STOP_DIR, else TMPDIR, else /tmp
              --name NAME      the application's name there; else STOP_NAME, else "process"
              --timeout TIME   how long to wait: 30, 30s, 500ms, 2m; else STOP_TIMEOUT_SECONDS, else 30s
              --reason TEXT    why, for the application's log and report
              --until WHAT     stopped: it says that it has stopped (default)
                               exited: its process has ended; not from inside its container
              --no-wait        only until it has taken the request
              --json           the result as one JSON object on standard output
              --report FILE    the application's report as a page (HTML) in this file; checked before
                               anything is asked, written when the answer is there
              --quiet, -q      no report on standard output; --json prints all the same
              --help, -h       this text
              --version        the version

            Exit codes: 0 stopped cleanly; 1 stopped, but steps failed or were forced; 2 usage;
            3 timed out waiting; 4 no application there, or it died; 5 not permitted;
            128 + n ended by signal n.
            A report that cannot be written in the end changes none of them; standard error says so.
            """;

    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param arguments the command line; see {@code --help}
     */
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new TakeBack(Thread.currentThread()));
        int code = run(System.out, System.err, arguments);
        System.out.flush();
        System.err.flush();
        if (code == INTERRUPTED) {
            return; // a signal ends this JVM already, with the exit code of that signal
        }
        // Nothing of ours needs a hook, and nothing is closed on purpose: our end is what releases
        // the application, which would otherwise take this process with it
        // if it is PID 1 of our container.
        Runtime.getRuntime().halt(code);
    }

    /**
     * Runs the command in this JVM.
     *
     * <p>After an answer, the application is held (for its hold limit at most) until this process ends.
     *
     * @param out where results go
     * @param err where words for people go
     * @param arguments the command line; see {@code --help}
     * @return the exit code
     */
    public static int run(PrintStream out, PrintStream err, String... arguments) {
        try {
            Options options = Options.parse(arguments, System.getenv());
            if (options.help()) {
                out.print(HELP);
                return 0;
            }
            if (options.version()) {
                out.println("stop " + version());
                return 0;
            }
            return stop(options, out, err);
        } catch (Options.UsageException e) {
            err.println("stop: " + e.getMessage());
            err.println("stop: see stop --help");
            return USAGE;
        }
    }

    // The answer stays open until the process ends: see main.
    @SuppressWarnings("MustBeClosedChecker")
    private static int stop(Options options, PrintStream out, PrintStream err)
            throws Options.UsageException {
        StopClient client = StopClient.at(options.place())
                .timeout(options.timeout())
                .reason(options.reason())
                .notices(new Notices(err));
        client = switch (options.until()) {
            case TAKEN -> client.untilTaken();
            case STOPPED -> client.untilStopped();
            case EXITED -> client.untilExited();
        };
        ReportFile reportFile = options.reportFile();
        if (reportFile != null) {
            reportFile.check();
        }
        StopAnswer answer;
        try {
            answer = client.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("stop: interrupted; a request that was taken goes on");
            return INTERRUPTED;
        }
        tell(answer, options, out, err);
        if (reportFile != null) {
            write(answer, reportFile, err);
        }
        return answer.result().exitCode();
    }

    private static void tell(StopAnswer answer, Options options, PrintStream out, PrintStream err) {
        boolean answered =
                answer.result().exitCode() <= StopAnswer.Result.STOPPED_UNCLEAN.exitCode();
        if (options.json()) {
            out.println(json(answer));
        } else if (answered && !options.quiet()) {
            out.println(printable(answer.text()));
        }
        if (!answered && !options.json()) {
            err.println("stop: " + printable(answer.message()));
        }
    }

    /** How the stop came out is what the exit code tells, also where its report cannot be kept. */
    private static void write(StopAnswer answer, ReportFile file, PrintStream err) {
        if (answer.report().isEmpty()) {
            err.println("stop: there is no report to write to " + file);
            return;
        }
        try {
            file.write(answer.html());
        } catch (IOException | IllegalStateException e) {
            err.println("stop: no report written to " + file + ": " + ReportFile.plain(e));
        }
    }

    private static String json(StopAnswer answer) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"result\":\"").append(answer.result().name());
        json.append("\",\"exitCode\":").append(answer.result().exitCode());
        json.append(",\"message\":\"");
        String message = answer.message();
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                String hex = Integer.toHexString(c);
                json.append("\\u0000", 0, 6 - hex.length()).append(hex);
            } else {
                json.append(c);
            }
        }
        json.append('"');
        if (!answer.report().isEmpty()) {
            json.append(",\"report\":").append(answer.report());
        }
        return json.append('}').toString();
    }

    /** Without what a terminal obeys: the application may quote what somebody has sent it. */
    private static String printable(String text) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = 0; i < plain.length(); i++) {
            if (Character.isISOControl(plain.charAt(i)) && plain.charAt(i) != '\n') {
                plain.setCharAt(i, ' ');
            }
        }
        return plain.toString();
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    /** On a signal (Ctrl-C), sees to it that no request stays behind that nobody has taken. */
    private static final class TakeBack extends Thread {
        private static final long PATIENCE_MILLIS = 1_000;

        private final Thread asking;

        private TakeBack(Thread asking) {
            super("stop-take-back");
            this.asking = asking;
        }

        @Override
        public void run() {
            asking.interrupt();
            try {
                asking.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                interrupt();
            }
        }
    }

    /** A class rather than a lambda: bootstrapping one costs milliseconds. */
    private static final class Notices implements Consumer<String> {
        private final PrintStream err;

        private Notices(PrintStream err) {
            this.err = err;
        }

        @Override
        public void accept(String sentence) {
            err.println("stop: " + sentence);
        }
    }
}
