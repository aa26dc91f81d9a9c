package org.stop4j.internal.control;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Ticker;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

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
    /** Between two looks: a quarter of the time already spent, within these limits; most stops are short. */
    private static final long SHORTEST_PAUSE_NANOS = 1_000_000L;

    private static final long LONGEST_PAUSE_NANOS = 10_000_000L;
    /** How long a free lock that we have never seen held may still be one that is just being taken. */
    private static final long STARTING_NANOS = 300_000_000L;

    private final ControlFiles files;
    private final Order order;
    private final Consumer<String> notices;
    private final Ticker ticker = Ticker.system();
    private final Application application;
    private final AwaitedAnswer answer;
    private final OurRequest request;
    private boolean saidLegacy;

    /**
     * What the command wants.
     *
     * @param reason why, for the application's log and report; may be empty
     * @param timeoutNanos how long to wait at most
     * @param until what to wait for
     */
    public record Order(String reason, long timeoutNanos, Until until) {}

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
     * @param text the application's report as a block of lines for people, or the message
     * @param report the application's report as JSON, or empty
     */
    public record Ending(Result result, String message, String text, String report) {
        Ending(Result result, String message, String report) {
            this(result, message, message, report);
        }
    }

    /** Prepares; touches no file. The notices get, one by one, the sentences that a person should know. */
    public CommandEnd(Path directory, String name, Order order, Consumer<String> notices) {
        this.files = new ControlFiles(directory, name);
        this.order = order;
        this.notices = notices;
        this.application = new Application(files);
        this.answer = new AwaitedAnswer(files, application, notices);
        this.request = new OurRequest(files, order, application, answer, notices);
    }

    /** Asks and waits. Whatever the ending, no request of ours stays behind that nobody has taken. */
    public Ending run() throws InterruptedException {
        try {
            throwIfInterrupted();
            prepare();
            return converse();
        } catch (ClosedByInterruptException e) {
            // A file channel says it in its own way, and leaves the flag set.
            Thread.interrupted();
            throw new InterruptedException();
        } catch (UnusableException e) {
            return new Ending(Result.NOT_PERMITTED, String.valueOf(e.getMessage()), "");
        } catch (IOException e) {
            return new Ending(
                    Result.NOT_PERMITTED,
                    "control directory " + files.directory + " cannot be used: "
                            + ControlFiles.plain(e),
                    "");
        } finally {
            request.withdraw();
        }
    }

    private void prepare() throws IOException {
        FileFacts directory = FileFacts.following(files.directory);
        if (directory == null) {
            throw new UnusableException("control directory " + files.directory + " does not exist");
        }
        if (!directory.directory()) {
            throw new UnusableException(
                    "control directory " + files.directory + " is not a directory");
        }
        int ourUid = request.make();
        // Root acts for the owner of a directory that only that one can write to.
        application.trust(ourUid == 0 && directory.onlyOwnerWrites() ? directory.uid() : ourUid);
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
            if (life != Application.Life.DEAD) {
                request.seeTo(life, now);
            }
            if (order.until() == Until.TAKEN && request.listed()) {
                return new Ending(
                        Result.CLEAN, "asked: " + application.who() + " has taken the request", "");
            }
            if (now - start >= order.timeoutNanos()) {
                return timedOut(life);
            }
            pause(start);
        }
    }

    private @Nullable Ending readAnswer() throws IOException {
        return request.placed() ? answer.read(request.id()) : null;
    }

    private static Ending noApplication(String message) {
        return new Ending(Result.NO_APPLICATION, message, "");
    }

    private void pause(long start) throws InterruptedException {
        long spent = ticker.nanos() - start;
        long pause = Math.max(SHORTEST_PAUSE_NANOS, Math.min(spent / 4, LONGEST_PAUSE_NANOS));
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
            notices.accept("no application holds " + files.lock
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
        String what = request.listed()
                ? " has taken the request and has not finished"
                : " has not taken the request";
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
                files.publish(
                        files.ack, new Message(Message.ACK).with("id", request.id()), Self.newId());
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                // The answer is what counts; the application sees our end all the same.
                notices.accept("cannot acknowledge the answer: " + ControlFiles.plain(e));
            }
            life = application.look();
            if (life == Application.Life.ALIVE) {
                return life;
            }
            remove(files.ack);
        }
        // It left the answer for us, or is of the kind that never cleans up.
        remove(files.stopped);
        return life;
    }

    /** An answer that was read counts, also where it cannot be removed: root's, in a sticky directory. */
    private void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            notices.accept("cannot remove " + ControlFiles.plain(e));
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
