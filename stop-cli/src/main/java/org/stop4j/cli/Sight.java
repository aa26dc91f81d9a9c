package org.stop4j.cli;

import org.stop4j.ApplicationStatus;
import org.stop4j.ControlDirectory;
import org.stop4j.State;
import org.stop4j.StopAnswer.Result;
import org.stop4j.StopClient;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** {@code --status} and {@code --list}: looks, and asks nobody for anything. */
final class Sight {
    private final PrintStream out;
    private final PrintStream err;

    Sight(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Tells what one application shows; returns the exit code. */
    int status(ControlDirectory place, Options options) {
        Optional<ApplicationStatus> status = StopClient.at(place).status();
        if (status.isEmpty()) {
            String message =
                    "no application of this version lives at " + Text.oneLine(place.toString());
            if (options.json()) {
                out.println(Text.json(Result.NO_APPLICATION, message, ""));
            } else {
                err.println("stop: " + message);
            }
            return Result.NO_APPLICATION.exitCode();
        }
        if (options.json()) {
            out.println(status.get().toJson());
        } else if (!options.quiet()) {
            out.println(Text.printable(status.get().toText()));
        }
        return 0;
    }

    /** Lists all applications; returns the exit code, which is 0 also if there are none. */
    int list(Options options) throws Options.UsageException {
        List<ApplicationStatus> all;
        try {
            all = new ArrayList<>(StopClient.list());
        } catch (IllegalArgumentException e) {
            throw new Options.UsageException(String.valueOf(e.getMessage()));
        }
        if (Thread.currentThread().isInterrupted()) {
            err.println("stop: interrupted"); // whoever was interrupted has not seen all
            return Command.INTERRUPTED;
        }
        all.sort(new ByPlace());
        if (options.json()) {
            for (ApplicationStatus status : all) {
                out.println(status.toJson());
            }
        } else if (all.isEmpty()) {
            if (!options.quiet()) {
                err.println("stop: no application of this user listens to the stop command");
            }
        } else if (!options.quiet()) {
            table(all);
        }
        return 0;
    }

    private void table(List<ApplicationStatus> all) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"PID", "STATE", "UP", "IN FLIGHT", "NAME", "DIRECTORY"});
        for (ApplicationStatus status : all) {
            Optional<State> state = status.state();
            Optional<Instant> started = status.started();
            rows.add(new String[] {
                status.pid(),
                (state.isPresent() ? state.get().name() : "?")
                        + (isBeginning(status) ? ", stopping" : ""),
                started.isPresent() ? up(started.get()) : "?",
                Long.toString(status.inFlight()),
                status.place().name(),
                status.place().path().toString()
            });
        }
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = Text.oneLine(row[i]);
            }
        }
        int[] widths = new int[rows.get(0).length - 1];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
            }
            out.println(line.append(row[widths.length]));
        }
    }

    /** Draining for maintenance can be undone; in a stop that has begun it cannot. */
    private static boolean isBeginning(ApplicationStatus status) {
        return status.state().equals(Optional.of(State.DRAINING))
                && status.deadline().isPresent();
    }

    /** A class rather than a lambda: whoever looks does so more often than he stops. */
    private static final class ByPlace implements Comparator<ApplicationStatus> {
        @Override
        public int compare(ApplicationStatus a, ApplicationStatus b) {
            return a.place().toString().compareTo(b.place().toString());
        }
    }

    /** In the largest unit that it has: a column of a table is no place for more. */
    private static String up(Instant started) {
        Instant now = Instant.now();
        Duration up = started.isAfter(now) ? Duration.ZERO : Duration.between(started, now);
        if (up.toDays() > 0) {
            return up.toDays() + " d";
        }
        if (up.toHours() > 0) {
            return up.toHours() + " h";
        }
        return up.toMinutes() > 0 ? up.toMinutes() + " min" : up.toSeconds() + " s";
    }
}
