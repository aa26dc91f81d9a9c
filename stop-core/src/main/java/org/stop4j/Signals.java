package org.stop4j;

import org.stop4j.internal.Mailbox;
import org.stop4j.internal.Ticker;
import org.stop4j.internal.signal.SignalHook;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Takes operating system signals, as a channel or by callback.
 *
 * <p>A taken signal no longer ends the JVM by itself: whoever takes it ends the process. What another
 * library had installed for the signal before is called too, afterwards; the JVM's own handler, which
 * would end the process with 128 + n, is not. Several takers of the same signal may live in one JVM and
 * be closed in any order.
 *
 * <p>To get an ordered stop instead of bare signals, use {@link Stop.Builder#onSignals}.
 *
 * @since 0.1
 */
public final class Signals {
    private Signals() {}

    /**
     * Takes signals into a channel.
     *
     * @param signals which; none given means TERM, INT and HUP
     * @return the channel; close it to restore what was installed before
     * @throws SignalsUnavailableException if this JVM lets nobody take one of them (it runs with {@code
     *     -Xrs}, or its image lacks the module {@code jdk.unsupported})
     */
    public static SignalChannel channel(Signal... signals) {
        Mailbox<Signal> mailbox = new Mailbox<>("the signal channel", Ticker.system());
        return new SignalChannel(mailbox, take(signals, mailbox::put));
    }

    /**
     * Calls back at every signal.
     *
     * <p>Each call runs on a non-daemon thread of its own, so that the JVM does not end in the middle of
     * it when {@code main} has returned, and so that a second signal is delivered while the first is
     * still being worked on: the callback must be ready to run twice at a time.
     *
     * @param callback what to do at a signal
     * @param onFailure what to do with whatever the callback throws, {@link Error}s included; if it
     *     throws itself, that goes to the thread's uncaught exception handler
     * @param signals which; none given means TERM, INT and HUP
     * @return the registration; close it to restore what was installed before
     * @throws SignalsUnavailableException if this JVM lets nobody take one of them (it runs with {@code
     *     -Xrs}, or its image lacks the module {@code jdk.unsupported})
     */
    public static Registration listen(
            Consumer<Signal> callback, Consumer<Throwable> onFailure, Signal... signals) {
        return take(signals, signal -> callSafely(callback, onFailure, signal));
    }

    // Throwable, not Exception: the promise is that nothing the callback throws is lost.
    @SuppressWarnings("CatchingUnchecked")
    private static void callSafely(
            Consumer<Signal> callback, Consumer<Throwable> onFailure, Signal signal) {
        try {
            callback.accept(signal);
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }

    private static Taken take(Signal[] signals, Consumer<Signal> delivery) {
        Set<Signal> wanted = signals.length == 0
                ? EnumSet.of(Signal.TERM, Signal.INT, Signal.HUP)
                : EnumSet.copyOf(List.of(signals));
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return take(wanted, signal -> {
            Thread thread =
                    new Thread(() -> delivery.accept(signal), "stop-signal-" + signal.name());
            // The JVM calls handlers on a daemon thread without a context class loader (17).
            thread.setDaemon(false);
            thread.setContextClassLoader(loader);
            try {
                thread.start();
            } catch (OutOfMemoryError noThreadLeft) {
                delivery.accept(signal);
            }
        });
    }

    /**
     * Takes signals; the delivery runs on the thread that the JVM made for the signal and must be quick.
     *
     * @throws SignalsUnavailableException after giving back those it had already taken
     */
    static Taken take(Set<Signal> wanted, Consumer<Signal> delivery) {
        Taken taken = new Taken();
        for (Signal signal : wanted) {
            try {
                SignalHook hook = SignalHook.install(signal.name(), () -> delivery.accept(signal));
                if (!hook.ignored()) {
                    taken.hooks.add(hook);
                    taken.signals.add(signal);
                    if (!hook.alsoCalled().isEmpty()) {
                        taken.others.add(signal + " by " + hook.alsoCalled());
                    }
                }
            } catch (SignalHook.RefusedException e) {
                taken.close();
                throw new SignalsUnavailableException(
                        "cannot take " + signal + ": " + e.getMessage(), e);
            } catch (RuntimeException | Error e) {
                taken.close();
                throw e;
            }
        }
        return taken;
    }

    /** The signals that one taker has taken. */
    static final class Taken implements Registration {
        private final EnumSet<Signal> signals = EnumSet.noneOf(Signal.class);
        private final List<SignalHook> hooks = new ArrayList<>();
        private final List<String> others = new ArrayList<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        Set<Signal> signals() {
            return EnumSet.copyOf(signals);
        }

        /** What is handled by somebody else, too, who was there before: a signal, and the class of the handler. */
        List<String> others() {
            return List.copyOf(others);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                hooks.forEach(SignalHook::close);
            }
        }
    }
}
