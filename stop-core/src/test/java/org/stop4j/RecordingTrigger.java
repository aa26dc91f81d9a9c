package org.stop4j;

import org.stop4j.spi.Trigger;

import java.util.List;

/** A trigger that notes what happens to it. */
final class RecordingTrigger implements Trigger {
    private final String name;
    private final List<String> events;
    private final Runnable onClose;

    RecordingTrigger(String name, List<String> events) {
        this(name, events, () -> {});
    }

    RecordingTrigger(String name, List<String> events, Runnable onClose) {
        this.name = name;
        this.events = events;
        this.onClose = onClose;
    }

    @Override
    public Installed install(Stop stop) {
        events.add("install " + name);
        return new Installed() {
            @Override
            public void changed() {
                events.add("changed " + name + " " + stop.state());
            }

            @Override
            public void stopped(Report report) {
                events.add("stopped " + name + " " + report.outcome());
            }

            @Override
            public void close() {
                events.add("close " + name);
                onClose.run();
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
