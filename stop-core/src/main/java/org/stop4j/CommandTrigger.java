package org.stop4j;

import org.stop4j.internal.control.ApplicationEnd;
import org.stop4j.internal.control.Ask;
import org.stop4j.internal.control.Request;
import org.stop4j.internal.control.UnusableException;
import org.stop4j.spi.Trigger;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Asks for a stop when the command does, and holds the process until the command has its answer. */
final class CommandTrigger implements Trigger {
    private final ControlDirectory directory;

    CommandTrigger(ControlDirectory directory) {
        this.directory = directory;
    }

    @Override
    public Installed install(Stop stop) {
        Met met = new Met(stop, directory);
        try {
            met.end = ApplicationEnd.open(directory.path(), directory.name(), met);
        } catch (UnusableException e) {
            if (directory.chosen()) {
                throw new ControlDirectoryException(String.valueOf(e.getMessage()), e);
            }
            stop.log().warning("the stop command cannot reach this process: " + e.getMessage());
            return new Nowhere();
        }
        met.end.start();
        return met;
    }

    private static final class Met implements Installed, ApplicationEnd.Listener {
        private final Stop stop;
        private final ControlDirectory directory;
        private final Map<String, Hold> holds = new ConcurrentHashMap<>();
        private ApplicationEnd end;

        @SuppressWarnings("NullAway.Init") // each needs the other; set before anything can call
        private Met(Stop stop, ControlDirectory directory) {
            this.stop = stop;
            this.directory = directory;
        }

        @Override
        public void asked(Request request) {
            holds.put(request.id(), stop.hold());
            stop.request(Reason.of(Reason.Kind.COMMAND, request.toString()));
        }

        @Override
        public void askedForMore(Request request) {
            Reason why = Reason.of(Reason.Kind.COMMAND, request.toString());
            if (request.ask() == Ask.DRAIN) {
                stop.drain(why);
            } else {
                stop.resume(why);
            }
        }

        @Override
        public void left(Request request) {
            Hold hold = holds.remove(request.id());
            if (hold != null) {
                hold.close();
            }
        }

        @Override
        public String[] status() {
            return stop.status();
        }

        @Override
        public void say(String sentence) {
            stop.log().warning(sentence);
        }

        @Override
        public void changed() {
            end.changed();
        }

        @Override
        public void stopped(Report report) {
            end.answer(
                    report.outcome().name(),
                    report.summary(),
                    report.toShortText(),
                    report.toText(),
                    report.toJson());
        }

        @Override
        public void close() throws IOException {
            end.close();
        }

        @Override
        public String toString() {
            return "the stop command at " + directory;
        }
    }

    private record Nowhere() implements Installed {
        @Override
        public void close() {}

        @Override
        public String toString() {
            return "no stop command";
        }
    }
}
