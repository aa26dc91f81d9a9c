package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.control.Ask;
import org.stop4j.internal.control.CommandEnd;
import org.stop4j.internal.control.Lookout;
import org.stop4j.internal.control.Processes;
import org.stop4j.internal.control.Seen;
import org.stop4j.internal.control.UnusableException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final Consumer<ApplicationStatus> progress;

    private StopClient(
            ControlDirectory directory,
            String reason,
            Duration timeout,
            CommandEnd.Until until,
            Consumer<String> notices,
            Consumer<ApplicationStatus> progress) {
        this.directory = directory;
        this.reason = reason;
        this.timeout = timeout;
        this.until = until;
        this.notices = notices;
        this.progress = progress;
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
                new Nobody<>(),
                new Nobody<>());
    }

    /**
     * Looks which applications this user may stop: those whose processes he may look at (for root, also those of
     * others, where the file protocol lets root stop them), and those that can be met in the directories that {@link
     * ControlDirectory#fromEnvironment} and the environment variable {@code XDG_RUNTIME_DIR} name, and in {@code
     * /tmp}. Asks none of them for anything.
     *
     * @return each living one once, in no particular order
     * @throws ControlDirectoryException if there is no {@code /proc} to look at
     * @throws IllegalArgumentException if a variable has a value that is not allowed
     */
    public static List<ApplicationStatus> list() {
        Set<Path> known = new LinkedHashSet<>();
        known.add(ControlDirectory.fromEnvironment().path());
        for (String variable : List.of("TMPDIR", "XDG_RUNTIME_DIR")) {
            String directory = System.getenv(variable);
            if (directory != null && !directory.isEmpty()) {
                known.add(Path.of(directory).toAbsolutePath());
            }
        }
        known.add(Path.of("/tmp"));
        try {
            List<ApplicationStatus> list = new ArrayList<>();
            for (Seen seen : Processes.all(List.copyOf(known))) {
                list.add(new ApplicationStatus(seen));
            }
            return list;
        } catch (UnusableException e) {
            throw new ControlDirectoryException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Says why.
     *
     * @param text any text; it appears in the application's log and report
     * @return a client that differs in this
     */
    public StopClient reason(String text) {
        return new StopClient(directory, text, timeout, until, notices, progress);
    }

    /**
     * Limits the wait, not the stop: the application goes on with it.
     *
     * @param limit how long to wait at most
     * @return a client that differs in this
     * @throws IllegalArgumentException if the limit is not positive
     */
    public StopClient timeout(Duration limit) {
        Duration positive = Durations.positive("timeout", limit);
        return new StopClient(directory, reason, positive, until, notices, progress);
    }

    /**
     * Waits only until the application has taken the request.
     *
     * @return a client that differs in this
     */
    public StopClient untilTaken() {
        return until(CommandEnd.Until.TAKEN);
    }

    /**
     * Waits until the application says that it has stopped, as {@link #at} does already.
     *
     * @return a client that differs in this
     */
    public StopClient untilStopped() {
        return until(CommandEnd.Until.STOPPED);
    }

    /**
     * Waits until the application's process has ended. Not for a command inside the application's own
     * container: it ends together with it.
     *
     * @return a client that differs in this
     */
    public StopClient untilExited() {
        return until(CommandEnd.Until.EXITED);
    }

    private StopClient until(CommandEnd.Until what) {
        return new StopClient(directory, reason, timeout, what, notices, progress);
    }

    /**
     * Sends what a person should know meanwhile, sentence by sentence, to a consumer.
     *
     * @param consumer called on the thread that waits in {@link #stop}
     * @return a client that differs in this
     */
    public StopClient notices(Consumer<String> consumer) {
        return new StopClient(directory, reason, timeout, until, consumer, progress);
    }

    /**
     * Shows what the application does while {@link #stop} waits for it. An application of an older kind shows
     * nothing.
     *
     * @param consumer called on the thread that waits, from about 50 ms after the request on, at every look, which
     *     is every 10 ms or so: with the same object as long as nothing has changed
     * @return a client that differs in this
     */
    public StopClient progress(Consumer<ApplicationStatus> consumer) {
        return new StopClient(directory, reason, timeout, until, notices, consumer);
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
        return ask(Ask.STOP, until);
    }

    /**
     * Asks to be drained: to be sent no new work, and go on serving. See {@link Stop#drain}.
     *
     * <p>Only an application of this version is asked, since an older one would stop. It is an answer without a
     * report.
     *
     * @return {@link StopAnswer.Result#DONE} if it is drained, was so already, or is stopping; {@link
     *     StopAnswer.Result#REFUSED} if it cannot
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the application is this process
     */
    public StopAnswer drain() throws InterruptedException {
        return ask(Ask.DRAIN, CommandEnd.Until.TAKEN);
    }

    /**
     * Undoes {@link #drain}. See {@link Stop#resume}.
     *
     * @return {@link StopAnswer.Result#DONE} if it runs, or did so already; {@link StopAnswer.Result#REFUSED} if it
     *     is stopping, or cannot be drained
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the application is this process
     */
    public StopAnswer resume() throws InterruptedException {
        return ask(Ask.RESUME, CommandEnd.Until.TAKEN);
    }

    /**
     * Looks at the application, without asking it for anything.
     *
     * @return what it shows; nothing if none lives here, or it is of an older kind
     * @throws ControlDirectoryException if the control directory cannot be used, or is not this user's to use
     */
    public Optional<ApplicationStatus> status() {
        try {
            Seen seen = Lookout.look(directory.path(), directory.name());
            return seen == null || !isMeant(seen)
                    ? Optional.empty()
                    : Optional.of(new ApplicationStatus(seen));
        } catch (UnusableException e) {
            throw new ControlDirectoryException(String.valueOf(e.getMessage()), e);
        }
    }

    private boolean isMeant(Seen seen) {
        String instance = directory.instance();
        return instance == null || instance.equals(seen.status().get("instance"));
    }

    private StopAnswer ask(Ask what, CommandEnd.Until untilWhat) throws InterruptedException {
        CommandEnd end = new CommandEnd(
                directory.path(),
                directory.name(),
                new CommandEnd.Order(
                        what,
                        directory.instance(),
                        reason,
                        Durations.saturatedNanos(timeout),
                        untilWhat),
                new Listening());
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

    /** Passes on what the waiting end tells. */
    private final class Listening implements CommandEnd.Listener {
        private @Nullable Seen last;
        private @Nullable ApplicationStatus status;

        @Override
        public void say(String sentence) {
            notices.accept(sentence);
        }

        @Override
        public void see(Seen seen) {
            ApplicationStatus its = status;
            if (its == null || seen != last) {
                its = new ApplicationStatus(seen);
                last = seen;
                status = its;
            }
            progress.accept(its);
        }
    }

    /** A class rather than a lambda: bootstrapping one costs the command milliseconds. */
    private static final class Nobody<T> implements Consumer<T> {
        @Override
        public void accept(T what) {}
    }
}
