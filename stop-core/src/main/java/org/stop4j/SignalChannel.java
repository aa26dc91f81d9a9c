package org.stop4j;

import org.stop4j.internal.Mailbox;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Signals, one after another, for a thread that waits for them.
 *
 * <p>Every signal that arrives is handed to exactly one taker; one that arrives while nobody waits is
 * kept until somebody does. The system merges equal signals, and the JVM may swap different ones, that
 * arrive within the same few milliseconds. Safe to use from any thread.
 *
 * @see Signals#channel(Signal...)
 * @since 0.1
 */
public final class SignalChannel implements AutoCloseable {
    private final Mailbox<Signal> mailbox;
    private final Signals.Taken taken;

    SignalChannel(Mailbox<Signal> mailbox, Signals.Taken taken) {
        this.mailbox = mailbox;
        this.taken = taken;
    }

    /**
     * Waits for a signal.
     *
     * @return the signal
     * @throws InterruptedException if the thread is interrupted, before or meanwhile
     * @throws IllegalStateException if the channel is closed, before or meanwhile, and no signal is kept
     */
    public Signal take() throws InterruptedException {
        return mailbox.take();
    }

    /**
     * Waits for a signal for a limited time.
     *
     * @param timeout how long at most; zero or less only looks
     * @return the signal, or nothing if none came in time
     * @throws InterruptedException if the thread is interrupted, before or meanwhile
     * @throws IllegalStateException if the channel is closed, before or meanwhile, and no signal is kept
     */
    public Optional<Signal> poll(Duration timeout) throws InterruptedException {
        return mailbox.poll(Durations.saturatedNanos(timeout));
    }

    /**
     * Asks for the next signal that nobody else takes.
     *
     * <p>What depends on the stage runs on a non-daemon thread made for that signal, so that the JVM
     * does not end in the middle of it; if the signal is there already, on the calling thread.
     *
     * @return a stage that completes with the signal, or with a {@link
     *     java.util.concurrent.CancellationException} when the channel is closed
     */
    public CompletionStage<Signal> next() {
        return mailbox.next();
    }

    /**
     * Tells which signals this channel has really taken: one that the process was started to ignore, as
     * {@code nohup} does with HUP and a shell script with INT for what it starts by {@code &}, stays
     * ignored and is not among them.
     *
     * @return the signals
     */
    public Set<Signal> signals() {
        return taken.signals();
    }

    /** Restores what was installed before and ends all waiting; closing again does nothing. */
    @Override
    public void close() {
        taken.close();
        mailbox.close();
    }
}
