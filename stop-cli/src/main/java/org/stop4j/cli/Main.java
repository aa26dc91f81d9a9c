package org.stop4j.cli;

import java.io.PrintStream;

/**
 * The {@code stop} command.
 *
 * <p>Results go to standard output, words for people to standard error. Exit codes: 0 stopped cleanly, 1
 * stopped but not cleanly, 2 usage, 3 timed out, 4 no application, 5 not permitted, 130 interrupted.
 *
 * @since 0.1
 */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit code.
     *
     * @param arguments the command line; see {@code --help}
     */
    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new TakeBack(Thread.currentThread()));
        int code = new Command(System.out, System.err, true).run(arguments);
        if (System.out.checkError()) {
            System.err.println(
                    "stop: cannot write to standard output"); // a full disk, a closed pipe
        }
        System.err.flush();
        if (code == Command.INTERRUPTED) {
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
     * @param out where results go
     * @param err where words for people go
     * @param arguments the command line; see {@code --help}
     * @return the exit code
     */
    public static int run(PrintStream out, PrintStream err, String... arguments) {
        try (Command command = new Command(out, err, false)) {
            return command.run(arguments);
        }
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
}
