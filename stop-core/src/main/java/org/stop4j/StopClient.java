package org.stop4j;

import org.stop4j.internal.control.CommandEnd;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks another process to stop, through its control directory, and waits for it: what the {@code stop}
 * command does, for use from code.
 *
 * <p>Immutable, so one client can be used any number of times and from any thread. A process cannot ask
 * itself this way; it has {@link Stop#request}.
 *
 * @since 0.1
 */
public final class StopClient {
    private final ControlDirectory directory;
    private final String reason;
    private final Duration timeout;
    private final CommandEnd.Until until;
    private final Consumer<String> notices;

    private StopClient(
            ControlDirectory directory,
            String reason,
            Duration timeout,
            CommandEnd.Until until,
            Consumer<String> notices) {
        this.directory = directory;
        this.reason = reason;
        this.timeout = timeout;
        this.until = until;
        this.notices = notices;
    }

    /**
     * Names the application by its control directory. Touches no file.
     *
     * @param directory where the application can be met
     * @return a client without a reason, which waits 30 s until the application says it has stopped
     */
    public static StopClient at(ControlDirectory directory) {
        return new StopClient(
                directory,
                "",
                Duration.ofSeconds(30),
                CommandEnd.Until.STOPPED,
                NoNotices.INSTANCE);
    }

    /**
     * Says why.
     *
     * @param text any text; it appears in the application's log and report
     * @return a client that differs in this
     */
    public StopClient reason(String text) {
        return new StopClient(directory, text, timeout, until, notices);
    }

    /**
     * Limits the wait, not the stop: the application goes on with it.
     *
     * @param limit how long to wait at most
     * @return a client that differs in this
     * @throws IllegalArgumentException if the limit is not positive
     */
    public StopClient timeout(Duration limit) {
        return new StopClient(
                directory, reason, Durations.positive("timeout", limit), until, notices);
    }

    /**
     * Waits only until the application has taken the request.
     *
     * @return a client that differs in this
     */
    public StopClient untilTaken() {
        return new StopClient(directory, reason, timeout, CommandEnd.Until.TAKEN, notices);
    }

    /**
     * Waits until the application says that it has stopped, as {@link #at} does already.
     *
     * @return a client that differs in this
     */
    public StopClient untilStopped() {
        return new StopClient(directory, reason, timeout, CommandEnd.Until.STOPPED, notices);
    }

    /**
     * Waits until the application's process has ended. Not for a command inside the application's own
     * container: it ends together with it.
     *
     * @return a client that differs in this
     */
    public StopClient untilExited() {
        return new StopClient(directory, reason, timeout, CommandEnd.Until.EXITED, notices);
    }

    /**
     * Sends what a person should know meanwhile, sentence by sentence, to a consumer.
     *
     * @param consumer called on the thread that waits in {@link #stop}
     * @return a client that differs in this
     */
    public StopClient notices(Consumer<String> consumer) {
        return new StopClient(directory, reason, timeout, until, consumer);
    }

    /**
     * Asks, and waits.
     *
     * <p>When this method returns or throws, no request stays behind that the application has not taken;
     * one that it has taken cannot be taken back. Called at the same time from several processes, all get
     * the answer of the one stop. An application that starts meanwhile is asked too.
     *
     * @return how it came out; what goes wrong with the control directory is a result too, not an exception
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the application is this process
     */
    public StopAnswer stop() throws InterruptedException {
        CommandEnd end = new CommandEnd(
                directory.path(),
                directory.name(),
                new CommandEnd.Order(reason, Durations.saturatedNanos(timeout), until),
                notices);
        boolean answered = false;
        try {
            StopAnswer answer = new StopAnswer(end, end.run());
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                closeUnanswered(end);
            }
        }
    }

    @SuppressWarnings("EmptyCatch") // the exception that is on its way says more
    private static void closeUnanswered(CommandEnd end) {
        try {
            end.close();
        } catch (IOException ignored) {
            // see above
        }
    }

    /** A class rather than a lambda: bootstrapping one costs the command milliseconds. */
    private static final class NoNotices implements Consumer<String> {
        private static final NoNotices INSTANCE = new NoNotices();

        @Override
        public void accept(String sentence) {}
    }
}
