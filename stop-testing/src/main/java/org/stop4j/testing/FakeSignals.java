package org.stop4j.testing;

import org.stop4j.Reason;
import org.stop4j.Signal;
import org.stop4j.Stop;
import org.stop4j.spi.Trigger;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A trigger that asks as signals of the operating system do, when the test says so. It goes where an
 * application has {@link Stop.Builder#onSignals}; the signals of the JVM are not touched.
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
public final class FakeSignals implements Trigger {
    private final List<Stop> listening = new CopyOnWriteArrayList<>();
    private final List<Stop> stops = new CopyOnWriteArrayList<>();

    /** Makes signals to which nobody listens yet. */
    public FakeSignals() {}

    /**
     * Raises a signal: every stop that this trigger is installed in is asked, by a reason of kind {@link
     * Reason.Kind#SIGNAL} with the signal's name. Returns at once. As with real ones, the second that comes 300
     * ms or more after the first shortens what is left, and the third ends the process.
     *
     * @param signal the signal
     * @return whether somebody listened; a real signal ends the process otherwise
     */
    public boolean raise(Signal signal) {
        boolean heard = false;
        for (Stop stop : listening) {
            stop.request(Reason.of(Reason.Kind.SIGNAL, signal.toString()));
            heard = true;
        }
        return heard;
    }

    @Override
    public Installed install(Stop stop) {
        stops.add(stop);
        listening.add(stop);
        return new Installed() {
            @Override
            public void close() {
                listening.remove(stop);
            }

            @Override
            public String toString() {
                return "fake signals";
            }
        };
    }

    /** All stops that it was ever installed in. */
    List<Stop> stops() {
        return List.copyOf(stops);
    }
}
