package org.stop4j;

import org.stop4j.internal.Mailbox;
import org.stop4j.internal.Ticker;
import org.stop4j.internal.control.ApplicationEnd;
import org.stop4j.internal.control.Request;
import org.stop4j.internal.control.UnusableException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Requests of the {@code stop} command, one after another, for an application that makes its own order of
 * them. To get an ordered stop instead of bare requests, use {@link Stop.Builder#onCommand()}.
 *
 * <p>While it is open, this application holds the place: a second one cannot take it, and the command
 * knows that somebody is there. Safe to use from any thread.
 *
 * @since 0.1
 */
public final class CommandChannel implements AutoCloseable {
    private static final Duration HOLD_LIMIT = Duration.ofSeconds(5);

    private final Mailbox<CommandRequest> mailbox =
            new Mailbox<>("the command channel", Ticker.system());
    private final Log log = new Log();
    private final ApplicationEnd end;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition someoneLeft = lock.newCondition();
    /** How many have asked and not gone yet; guarded by the lock. */
    private int waiting;

    private volatile State state = State.RUNNING;

    private CommandChannel(ControlDirectory directory) {
        try {
            end = ApplicationEnd.open(directory.path(), directory.name(), new Listener());
        } catch (UnusableException e) {
            throw new ControlDirectoryException(String.valueOf(e.getMessage()), e);
        }
        end.start();
    }

    /**
     * Takes the place that the environment names; see {@link ControlDirectory#fromEnvironment}.
     *
     * @return the channel; close it to leave the place
     * @throws IllegalArgumentException if a variable has a value that is not allowed
     * @throws ControlDirectoryException if the place cannot be used, or another application holds it
     */
    public static CommandChannel open() {
        return open(ControlDirectory.fromEnvironment());
    }

    /**
     * Takes a place. Requests that were made to an earlier application there are removed.
     *
     * @param directory the place
     * @return the channel; close it to leave the place
     * @throws ControlDirectoryException if the place cannot be used, or another application holds it
     */
    public static CommandChannel open(ControlDirectory directory) {
        return new CommandChannel(directory);
    }

    /**
     * Waits for a request.
     *
     * @return the request
     * @throws InterruptedException if the thread is interrupted, before or meanwhile
     * @throws IllegalStateException if the channel is closed, before or meanwhile, and no request is kept
     */
    public CommandRequest take() throws InterruptedException {
        return mailbox.take();
    }

    /**
     * Waits for a request for a limited time.
     *
     * @param timeout how long at most; zero or less only looks
     * @return the request, or nothing if none came in time
     * @throws InterruptedException if the thread is interrupted, before or meanwhile
     * @throws IllegalStateException if the channel is closed, before or meanwhile, and no request is kept
     */
    public Optional<CommandRequest> poll(Duration timeout) throws InterruptedException {
        return mailbox.poll(Durations.saturatedNanos(timeout));
    }

    /**
     * Asks for the next request that nobody else takes.
     *
     * <p>What depends on the stage runs on a non-daemon thread made for that request.
     *
     * @return a stage that completes with the request, or with a {@link
     *     java.util.concurrent.CancellationException} when the channel is closed
     */
    public CompletionStage<CommandRequest> next() {
        return mailbox.next();
    }

    /**
     * Answers that the application has stopped cleanly, to everybody who has asked or still asks; then
     * waits as {@link #stopped(Report)} does.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; the answer is given
     */
    public void stopped() throws InterruptedException {
        stopped(Report.of(Reason.of(Reason.Kind.COMMAND, ""), Duration.ZERO, List.of()));
    }

    /**
     * Answers that the application has stopped, to everybody who has asked or still asks; then waits until
     * they have the answer and have gone, for 5 s at most (an older command is waited for that long in any
     * case). End the process after this returns: before, a command in the same container would be killed
     * with it and report a failure.
     *
     * @param report how the stop came out; the command prints it and turns it into its exit code
     * @throws InterruptedException if the thread is interrupted while it waits; the answer is given
     */
    public void stopped(Report report) throws InterruptedException {
        state = State.STOPPED;
        end.answer(
                report.outcome().name(),
                report.summary(),
                report.toShortText(),
                report.toText(),
                report.toJson());
        long left = HOLD_LIMIT.toNanos();
        lock.lockInterruptibly();
        try {
            while (waiting > 0 && left > 0) {
                left = someoneLeft.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leaves the place and ends all waiting; closing again does nothing.
     *
     * @throws UncheckedIOException if a file cannot be removed
     */
    @Override
    public void close() {
        mailbox.close();
        try {
            end.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Listener implements ApplicationEnd.Listener {
        @Override
        public void asked(Request request) {
            addToWaiting(1);
            if (state == State.RUNNING) {
                state = State.STOPPING;
            }
            CommandRequest asked = new CommandRequest(
                    request.reason(),
                    request.pid(),
                    Duration.ofMillis(request.timeoutMillis()),
                    request.legacy());
            // A non-daemon thread, since the application stops on it; and not ours,
            // since it must go on looking.
            new Thread(() -> mailbox.put(asked), "stop-command").start();
        }

        /** The status does not offer it, so nobody of this version asks. */
        @Override
        public void askedForMore(Request request) {
            log.warning("asked to " + request.ask().word() + " (" + request
                    + "), which this process cannot: it takes bare requests to stop");
        }

        @Override
        public void left(Request request) {
            addToWaiting(-1);
        }

        private void addToWaiting(int difference) {
            lock.lock();
            try {
                waiting += difference;
                someoneLeft.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public String[] status() {
            return new String[] {"state", state.name(), "obeys", "stop"};
        }

        @Override
        public void say(String sentence) {
            log.warning(sentence);
        }
    }
}
