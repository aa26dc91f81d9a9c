package org.stop4j.cli;

import org.jspecify.annotations.Nullable;
import org.stop4j.ControlDirectory;
import org.stop4j.ControlDirectoryException;
import org.stop4j.StopAnswer;
import org.stop4j.StopAnswer.Result;
import org.stop4j.StopClient;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run of the command.
 *
 * <p>Used by one thread, once. Until it is closed, or this process ends, a stopped application may be holding its
 * process for us.
 */
final class Command implements AutoCloseable {
    static final int INTERRUPTED = 130;
    private static final int USAGE = 2;

    private final PrintStream out;
    private final PrintStream err;
    /** Whether those are this process's own, and may be a terminal. */
    private final boolean own;

    private @Nullable StopAnswer answer;

    Command(PrintStream out, PrintStream err, boolean own) {
        this.out = out;
        this.err = err;
        this.own = own;
    }

    /** Does what the command line says; returns the exit code. */
    int run(String... arguments) {
        try {
            Options options = Options.parse(arguments, System.getenv());
            return switch (options.mode()) {
                case HELP -> {
                    out.print(Help.TEXT);
                    yield 0;
                }
                case VERSION -> {
                    out.println(Version.line());
                    yield 0;
                }
                case LIST -> new Sight(out, err).list(options);
                default -> atPlace(options);
            };
        } catch (Options.UsageException e) {
            err.println("stop: " + Text.printable(String.valueOf(e.getMessage())));
            err.println("stop: see stop --help");
            return USAGE;
        } catch (ControlDirectoryException e) {
            err.println("stop: " + Text.printable(String.valueOf(e.getMessage())));
            return Result.NOT_PERMITTED.exitCode();
        } catch (IllegalStateException | OutOfMemoryError e) {
            // This process is the application itself; or somebody has put something monstrous
            // there.
            err.println("stop: " + Text.printable(String.valueOf(e.getMessage())));
            return Result.NOT_PERMITTED.exitCode();
        }
    }

    private int atPlace(Options options) throws Options.UsageException {
        Optional<ControlDirectory> place = options.place();
        if (place.isEmpty()) {
            return end(Result.NO_APPLICATION, options.nobody(), options);
        }
        StopClient client = StopClient.at(place.get());
        if (options.mode() == Options.Mode.STATUS) {
            return new Sight(out, err).status(place.get(), options);
        }
        ReportFile reportFile = options.reportFile();
        if (reportFile != null) {
            reportFile.check();
        }
        client = client.timeout(options.timeout()).reason(options.reason());
        return switch (options.mode()) {
            case DRAIN, RESUME -> drainOrResume(client.notices(new Notices(options)), options);
            default -> stop(client, options);
        };
    }

    private int end(Result result, String message, Options options) {
        if (options.json()) {
            out.println(Text.json(result, message, ""));
        }
        if (!options.json() || result == Result.NOT_PERMITTED) {
            err.println("stop: " + Text.printable(message));
        }
        return result.exitCode();
    }

    private int drainOrResume(StopClient client, Options options) {
        boolean drain = options.mode() == Options.Mode.DRAIN;
        try (StopAnswer its = drain ? client.drain() : client.resume()) {
            String message = its.message();
            if (its.result() != Result.DONE || options.json()) {
                return end(its.result(), message, options);
            }
            if (!options.quiet()) {
                out.println(Text.printable(message));
            }
            return 0;
        } catch (InterruptedException e) {
            return interrupted(e, null);
        }
    }

    private int interrupted(InterruptedException e, @Nullable Progress progress) {
        Thread.currentThread().interrupt();
        if (progress != null) {
            progress.clear();
        }
        err.println("stop: interrupted; " + Text.printable(String.valueOf(e.getMessage())));
        return INTERRUPTED;
    }

    // The answer stays open until this is closed, or the process ends: see Main.
    @SuppressWarnings("MustBeClosedChecker")
    private int stop(StopClient client, Options options) {
        Progress progress = new Progress(out, err, own, options);
        StopClient asking = client.notices(new Notices(options, progress)).progress(progress);
        asking = switch (options.until()) {
            case TAKEN -> asking.untilTaken();
            case STOPPED -> asking.untilStopped();
            case EXITED -> asking.untilExited();
        };
        StopAnswer its;
        try {
            its = asking.stop();
        } catch (InterruptedException e) {
            return interrupted(e, progress);
        }
        answer = its;
        progress.clear();
        tell(its, options);
        ReportFile reportFile = options.reportFile();
        if (reportFile != null) {
            write(its, reportFile);
        }
        return its.result().exitCode();
    }

    private void tell(StopAnswer its, Options options) {
        boolean answered = its.result().exitCode() <= Result.STOPPED_UNCLEAN.exitCode();
        if (options.json()) {
            out.println(Text.json(its.result(), its.message(), its.report()));
        } else if (!answered) {
            err.println("stop: " + Text.printable(its.message()));
        } else if (options.quiet()) {
            if (its.result() == Result.STOPPED_UNCLEAN) {
                err.println("stop: " + Text.printable(its.message()));
            }
        } else {
            String text = Text.printable(options.verbose() ? its.text() : its.shortText());
            out.println(
                    own && Terminal.isOut()
                            ? Terminal.headed(text, its.result().exitCode())
                            : text);
        }
    }

    /** How the stop came out is what the exit code tells, also where its report cannot be kept. */
    private void write(StopAnswer its, ReportFile file) {
        if (its.report().isEmpty()) {
            err.println("stop: there is no report to write to " + file);
            return;
        }
        try {
            file.write(its.html());
        } catch (IOException | IllegalStateException e) {
            err.println("stop: no report written to " + file + ": " + ReportFile.plain(e));
        }
    }

    /** Tells the application that we have gone. */
    @Override
    public void close() {
        if (answer != null) {
            answer.close();
        }
    }

    /** A class rather than a lambda: bootstrapping one costs milliseconds. */
    private final class Notices implements Consumer<String> {
        private final Options options;
        private final @Nullable Progress progress;

        private Notices(Options options, Progress progress) {
            this.options = options;
            this.progress = progress;
        }

        private Notices(Options options) {
            this.options = options;
            this.progress = null;
        }

        @Override
        public void accept(String sentence) {
            if (options.quiet()) {
                return;
            }
            if (progress != null) {
                progress.clear();
            }
            err.println("stop: " + Text.printable(sentence));
        }
    }
}
