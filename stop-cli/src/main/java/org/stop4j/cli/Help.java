package org.stop4j.cli;

/** What {@code --help} says. */
final class Help {
    static final String TEXT = """
            Usage: stop [options]
            Asks the application that listens in the control directory to stop, and waits until it has.

            What to do instead:
              --status         show what the application does: state, steps, what is in flight; exit code 0 if it lives
              --drain          be sent no new work (readiness is red), and serve on
              --resume         undo --drain
              --list           show all applications of this user; for root, those that it may stop
              check FILE...    find what is wrong with the stop in Kubernetes manifests; see stop check --help
              --prepare        make the archive from which this command starts faster, for the Java at hand

            Which application:
              --dir DIR        its control directory; else STOP_DIR, else TMPDIR, else /tmp
              --name NAME      its name there; else STOP_NAME, else "process"
              --pid PID        the one of this process

            How:
              --timeout TIME   how long to wait: 30, 30s, 500ms, 2m; else STOP_TIMEOUT_SECONDS, else 30s
              --reason TEXT    why, for the application's log and report
              --until WHAT     stopped: it says that it has stopped (default)
                               exited: its process has ended; not from inside its container
              --no-wait        only until it has taken the request

            What is printed:
              --json           one JSON object a line on standard output: progress, then the result
              --verbose, -v    the whole report instead of what matters most of it
              --quiet, -q      nothing but errors; with --json, the result alone
              --report FILE    the application's report as a page (HTML) in this file; checked before
                               anything is asked, written when the answer is there
              --help, -h       this text
              --version        the version
            NO_COLOR, if it is set: no colours.

            Exit codes: 0 stopped cleanly, or what else was asked is done; 1 stopped, but steps failed or were
            forced, or the application cannot do what was asked; 2 usage; 3 timed out waiting; 4 no application
            there, or it died; 5 not permitted; 128 + n ended by signal n (130 Ctrl-C: the stop goes on).
            A report that cannot be written in the end changes none of them; standard error says so.
            """;

    private Help() {}
}
