package org.stop4j;

import org.stop4j.internal.control.CommandEnd;
import org.stop4j.internal.report.ReportPage;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How a request to stop another process came out.
 *
 * <p>While this answer is open, the stopped application may be holding its process for whoever asked, at
 * most for its hold limit: so close it when nothing that still has to be done here depends on that
 * process. The {@code stop} command leaves it open until its own end, since as a {@code preStop} hook it
 * would be killed together with the container that it has just stopped.
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
public final class StopAnswer implements AutoCloseable {
    private final CommandEnd end;
    private final Result result;
    private final String message;
    private final String brief;
    private final String text;
    private final String report;

    /**
     * How it came out, with the exit code that the command turns it into.
     *
     * @since 0.1
     */
    public enum Result {
        /** What was waited for has happened, and nothing went wrong. */
        STOPPED(0),
        /** The application has stopped, but steps failed or were forced. */
        STOPPED_UNCLEAN(1),
        /** The application was drained, or runs again. */
        DONE(0),
        /** The application lives, and cannot do what was asked: be drained, or resumed. */
        REFUSED(1),
        /** What was waited for did not happen in time. */
        TIMED_OUT(3),
        /** No application is there, or it ended without an answer. */
        NO_APPLICATION(4),
        /** The control directory cannot be used, or is not this user's to use. */
        NOT_PERMITTED(5);

        private final int exitCode;

        Result(int exitCode) {
            this.exitCode = exitCode;
        }

        /**
         * Tells what the {@code stop} command exits with.
         *
         * @return the exit code
         */
        public int exitCode() {
            return exitCode;
        }
    }

    StopAnswer(CommandEnd end, CommandEnd.Ending ending) {
        this.end = end;
        this.message = ending.message();
        this.brief = ending.brief();
        this.text = ending.text();
        this.report = ending.report();
        this.result = switch (ending.result()) {
            case CLEAN -> Result.STOPPED;
            case UNCLEAN -> Result.STOPPED_UNCLEAN;
            case DONE -> Result.DONE;
            case REFUSED -> Result.REFUSED;
            case TIMED_OUT -> Result.TIMED_OUT;
            case NO_APPLICATION -> Result.NO_APPLICATION;
            case NOT_PERMITTED -> Result.NOT_PERMITTED;
        };
    }

    /**
     * Tells how it came out.
     *
     * @return the result
     */
    public Result result() {
        return result;
    }

    /**
     * Says the same for people.
     *
     * @return one sentence, without a full stop
     */
    public String message() {
        return message;
    }

    /**
     * Says the same with what matters most of the application's report.
     *
     * @return a few lines, as {@link Report#toShortText} makes them; the message if there is no report
     */
    public String shortText() {
        return brief;
    }

    /**
     * Says the same with everything that the application tells people of its stop.
     *
     * @return the report as a block of lines, as {@link Report#toText} makes it; the message if there is none
     */
    public String text() {
        return text;
    }

    /**
     * Returns the application's report.
     *
     * @return the report as JSON in one line, as {@link Report#toJson} makes it; empty if there is none
     */
    public String report() {
        return report;
    }

    /**
     * Makes the application's report a page for people: self-contained, without scripts, with the steps as bars
     * on a time axis. Everything the application wrote appears as text, whatever it is.
     *
     * @return the page; empty if there is no report
     * @throws IllegalStateException if what the application has sent as its report cannot be read; names the
     *     position
     */
    public String html() {
        if (report.isEmpty()) {
            return "";
        }
        try {
            return ReportPage.of(report);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the application's report: " + e.getMessage(), e);
        }
    }

    /** Tells the application that whoever asked has gone; closing again does nothing. */
    @Override
    public void close() {
        try {
            end.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
