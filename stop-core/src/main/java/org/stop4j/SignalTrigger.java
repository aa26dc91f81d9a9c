package org.stop4j;

import org.stop4j.spi.Trigger;

import java.util.Set;

/** Asks for a stop when a signal comes. */
final class SignalTrigger implements Trigger {
    private final Set<Signal> wanted;

    SignalTrigger(Set<Signal> wanted) {
        this.wanted = wanted;
    }

    @Override
    public Installed install(Stop stop) {
        try {
            Taken taken = new Taken(Signals.take(
                    wanted,
                    signal -> stop.request(Reason.of(Reason.Kind.SIGNAL, signal.toString()))));
            if (!taken.signals().others().isEmpty()) {
                stop.log()
                        .info("handled by somebody else, too: "
                                + taken.signals().others()
                                + "; that is called when the stop has been asked for, and if it ends"
                                + " the process, it does so with its own exit code");
            }
            return taken;
        } catch (SignalsUnavailableException e) {
            stop.log().warning(String.valueOf(e.getMessage()));
            return new Taken(new Signals.Taken());
        }
    }

    /** Known to {@link Stop}, which gives signals back last. */
    record Taken(Signals.Taken signals) implements Installed {
        @Override
        public void close() {
            signals.close();
        }

        @Override
        public String toString() {
            return signals.signals().isEmpty() ? "no signal" : signals.signals().toString();
        }
    }
}
