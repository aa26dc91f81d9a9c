package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * The command's end of a control directory: places the request, waits for the answer, and notices at once
 * when the application dies.
 *
 * <p>The request is idempotent: it carries an id, the application's status lists the ids it has taken,
 * and a request that vanished without being listed is placed again. So neither two commands at a time nor
 * an application that clears the place as it starts can lose one.
 *
 * <p>Used by one thread, once.
 */
public final class CommandEnd implements Closeable {
    /** Between two looks: a tenth of the time already spent, within these limits; most stops are short. */
    private static final long SHORTEST_PAUSE_NANOS = 500_000L;

    private static final long LONGEST_PAUSE_NANOS = 10_000_000L;
    /** Most stops are over by then, and nothing is loaded that shows how they go on. */
    private static final long FIRST_STATUS_NANOS = 50_000_000L;
    /** How long a free lock that we have never seen held may still be one that is just being taken. */
    private static final long STARTING_NANOS = 300_000_000L;

    private final ControlFiles files;
    private final Order order;
    private final Listener listener;
    private final Ticker ticker = Ticker.system();
    private final Application application;
    private final AwaitedAnswer answer;
    private final OurRequest request;
    /** Whether the application may be asked. */
    private boolean approved;

    private boolean saidLegacy;
    private @Nullable FileFacts statusFacts;
    private @Nullable Seen seen;

    /**
     * What the command wants.
     *
     * @param ask what for
     * @param instance the one application that is meant; null if it is whichever has the place
     * @param reason why, for the application's log and report; may be empty
     * @param timeoutNanos how long to wait at most
     * @param until what to wait for
     */
    public record Order(
            Ask ask, @Nullable String instance, String reason, long timeoutNanos, Until until) {
        /** To stop, whichever application it is. */
        static Order toStop(long timeoutNanos, Until until) {
            return new Order(Ask.STOP, null, "", timeoutNanos, until);
        }
    }

    /** Who listens to what happens meanwhile; called on the waiting thread. */
    public interface Listener extends Notices {

        /**
         * The status as it was last seen, at every look from soon after the beginning: the same object as long as
         * it has not changed.
         */
        default void see(Seen status) {}
    }

    /** What to wait for. */
    public enum Until {
        /** The application has taken the request. */
        TAKEN,
        /** The application says that it has stopped. */
        STOPPED,
        /** Its process has ended. */
        EXITED
    }

    /** How it came out. */
    public enum Result {
        /** What was waited for has happened, and the stop was clean. */
        CLEAN,
        /** The application has stopped, but steps failed or were forced. */
        UNCLEAN,
        /** What was waited for did not happen in time. */
        TIMED_OUT,
        /** The application has taken a request to drain or to resume, and that is done. */
        DONE,
        /** The application lives, and cannot do what was asked. */
        REFUSED,
        /** There is no application, or it ended without an answer. */
        NO_APPLICATION,
        /** The control directory cannot be used, or is not ours to use. */
        NOT_PERMITTED
    }

    /**
     * The end of it.
     *
     * @param result how it came out
     * @param message one sentence for people
     * @param brief what matters most of the application's report, as lines for people, or the message
     * @param text the application's report as a block of lines for people, or the message
     * @param report the application's report as JSON, or empty
     */
    public record Ending(Result result, String message, String brief, String text, String report) {
        Ending(Result result, String message, String report) {
            this(result, message, message, message, report);
        }
    }

    /** Prepares; touches no file. */
    public CommandEnd(Path directory, String name, Order order, Listener listener) {
        this.files = new ControlFiles(directory, name);
        this.order = order;
        this.listener = listener;
        this.application = new Application(files);
        this.answer = new AwaitedAnswer(files, application, listener);
        this.request = new OurRequest(files, order, application, answer, listener);
    }

    /**
     * Asks and waits. Whatever the ending, no request of ours stays behind that nobody has taken.
     *
     * @throws InterruptedException saying, for people, what has become of the request
     */
    public Ending run() throws InterruptedException {
        boolean mayBeTaken = false;
        Ending ending;
        try {
            ending = askAndWait();
        } finally {
            mayBeTaken = request.withdraw();
        }
        if (ending == null) {
            throw new InterruptedException(
                    mayBeTaken
                            ? application.who() + " has been asked, and goes on; see stop --status"
                            : "nothing has been asked for");
        }
        return ending;
    }

    /** Null if the thread was interrupted. */
    private @Nullable Ending askAndWait() {
        try {
            throwIfInterrupted();
            prepare();
            return converse();
        } catch (InterruptedException e) {
            return null;
        } catch (ClosedByInterruptException e) {
            Thread.interrupted(); // a file channel leaves the flag set
            return null;
        } catch (UnusableException e) {
            return new Ending(Result.NOT_PERMITTED, String.valueOf(e.getMessage()), "");
        } catch (IOException e) {
            UnusableException unusable = Application.unusable(files.directory, e);
            return new Ending(Result.NOT_PERMITTED, String.valueOf(unusable.getMessage()), "");
        }
    }

    private void prepare() throws IOException {
        FileFacts directory = Application.usable(files.directory);
        application.trust(Application.trusted(request.make(), directory));
        answer.rememberOld();
    }

    private Ending converse() throws IOException, InterruptedException {
        long start = ticker.nanos();
        long deadSince = start;
        while (true) {
            Ending ending = readAnswer();
            Application.Life life = application.look();
            boolean ended = application.everAlive() && life != Application.Life.ALIVE;
            if (ending == null && ended) {
                ending = readAnswer(); // it may have answered and ended between our two looks
            }
            if (ending != null) {
                return afterAnswer(ending, start);
            }
            long now = ticker.nanos();
            deadSince = life == Application.Life.DEAD ? deadSince : now;
            if (ended || now - deadSince >= STARTING_NANOS) {
                return noApplication(application.whoDied());
            }
            if (life == Application.Life.UNKNOWN) {
                if (order.until() == Until.TAKEN) {
                    return noApplication(
                            application.whoDied() + ", so nobody would take the request");
                }
                sayLegacy();
            }
            Ending refused = approved ? null : refusal(life);
            if (refused != null) {
                return refused;
            }
            if (approved && life != Application.Life.DEAD) {
                request.seeTo(life, now);
            }
            if (order.until() == Until.TAKEN && request.listed()) {
                return taken();
            }
            if (life == Application.Life.ALIVE && request.listed()) {
                showStatus(now - start);
            }
            if (now - start >= order.timeoutNanos()) {
                return timedOut(life);
            }
            pause(start);
        }
    }

    private @Nullable Ending readAnswer() throws IOException {
        return request.placed() && order.ask() == Ask.STOP ? answer.read(request.id()) : null;
    }

    /**
     * What is to be said instead of asking: it is another application, or one that cannot do it. Whichever it is
     * may be asked to stop; anything else is asked only of one that is known to be able to: a legacy application
     * would stop.
     */
    private @Nullable Ending refusal(Application.Life life) {
        if (order.instance() == null && order.ask() == Ask.STOP) {
            approved = true;
            return null;
        }
        Message status = life == Application.Life.ALIVE ? application.readStatus() : null;
        if (status == null) {
            return null;
        }
        String instance = order.instance();
        if (instance != null && !instance.equals(status.get("instance"))) {
            return noApplication("the application that was meant has gone; another one, pid "
                    + status.get("pid", "unknown") + ", has its place");
        }
        String obeys = status.get("obeys", Ask.STOP.word());
        if (!Arrays.asList(obeys.split(",", -1)).contains(order.ask().word())) {
            application.learnPid(status);
            return new Ending(
                    Result.REFUSED,
                    application.who() + " cannot " + order.ask().word()
                            + ": it takes only requests to " + obeys.replace(",", " and to "),
                    "");
        }
        approved = true;
        return null;
    }

    private Ending taken() {
        Message status = application.listing();
        boolean stopping = status != null && !status.get("deadline-ms", "").isEmpty();
        return switch (order.ask()) {
            case STOP ->
                new Ending(
                        Result.CLEAN, "asked: " + application.who() + " has taken the request", "");
            case DRAIN ->
                new Ending(
                        Result.DONE,
                        application.who()
                                + (stopping
                                        ? " is stopping"
                                        : " is drained: it is not ready, and serves on"),
                        "");
            case RESUME ->
                stopping
                        ? new Ending(
                                Result.REFUSED,
                                application.who() + " is stopping, which cannot be undone",
                                "")
                        : new Ending(Result.DONE, application.who() + " runs", "");
        };
    }

    /** Shows what it does meanwhile, to whoever has been waiting for long enough to want to know. */
    private void showStatus(long waited) throws IOException {
        if (waited < FIRST_STATUS_NANOS) {
            return;
        }
        FileFacts facts = FileFacts.of(files.status);
        if (facts != null && !facts.unchanged(statusFacts)) {
            Message status = application.readStatus();
            if (status != null) {
                seen = new Seen(files.directory, files.name, Message.fields(status));
            }
            statusFacts = facts;
        }
        if (seen != null) {
            listener.see(seen);
        }
    }

    private static Ending noApplication(String message) {
        return new Ending(Result.NO_APPLICATION, message, "");
    }

    private void pause(long start) throws InterruptedException {
        long spent = ticker.nanos() - start;
        long pause = Math.max(SHORTEST_PAUSE_NANOS, Math.min(spent / 10, LONGEST_PAUSE_NANOS));
        LockSupport.parkNanos(Math.max(1, Math.min(pause, order.timeoutNanos() - spent)));
        throwIfInterrupted();
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void sayLegacy() {
        if (!saidLegacy) {
            saidLegacy = true;
            listener.say("no application holds " + files.lock
                    + "; if there is one of an older kind, it will see the request");
        }
    }

    private Ending timedOut(Application.Life life) {
        String waited = "timed out after " + order.timeoutNanos() / 1_000_000 + " ms: ";
        if (life == Application.Life.UNKNOWN) {
            return noApplication(waited + "nobody answered in " + files.directory
                    + "; no application is there, or one of an older kind has not finished");
        }
        Message status = application.readStatus();
        String doing = status == null ? "" : " (" + inWords(status) + ")";
        String what = request.listed() || request.isListed()
                ? " has taken the request and has not finished"
                : order.ask() == Ask.STOP
                        ? " has not taken the request"
                        : " has not said that this is done";
        return new Ending(Result.TIMED_OUT, waited + application.who() + what + doing, "");
    }

    private static String inWords(Message status) {
        String state = status.get("state", "state unknown");
        String waitsFor = status.get("waiting-for", "");
        return waitsFor.isEmpty() ? state : state + ", " + waitsFor;
    }

    // ---- after the answer

    private Ending afterAnswer(Ending ending, long start) throws IOException, InterruptedException {
        Application.Life life = acknowledge();
        while (order.until() == Until.EXITED && life == Application.Life.ALIVE) {
            if (ticker.nanos() - start >= order.timeoutNanos()) {
                return new Ending(
                        Result.TIMED_OUT,
                        "timed out after " + order.timeoutNanos() / 1_000_000 + " ms: "
                                + application.who()
                                + " has stopped (" + ending.message()
                                + ") but its process has not ended",
                        ending.report());
            }
            showStatus(ticker.nanos() - start);
            pause(start);
            life = application.look();
        }
        return ending;
    }

    /** Tells the application that its answer was read; where it has gone already, cleans up after it. */
    private Application.Life acknowledge() throws IOException {
        Application.Life life = application.look();
        if (life == Application.Life.ALIVE) {
            try {
                request.acknowledge();
                byte[] ack = new Message(Message.ACK).with("id", request.id()).bytes();
                files.publishFor(request.addressee(), files.ack, ack, Self.newId());
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                // The answer is what counts; the application sees our end all the same.
                listener.say("cannot acknowledge the answer: " + ControlFiles.plain(e));
            }
            life = application.look();
            if (life == Application.Life.ALIVE && application.inPlace()) {
                return life; // it sees the acknowledgement, and removes both
            }
            remove(files.ack);
        }
        // It left the answer for us, or is of the kind that never cleans up.
        answer.remove();
        return life;
    }

    private void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            listener.say("cannot remove " + ControlFiles.plain(e));
        }
    }

    /** Tells the application that we have gone; the end of the process does the same. */
    @Override
    public void close() throws IOException {
        try {
            request.close();
        } finally {
            application.close();
        }
    }
}
