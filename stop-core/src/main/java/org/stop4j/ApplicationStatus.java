package org.stop4j;

import org.jspecify.annotations.Nullable;
import org.stop4j.internal.Json;
import org.stop4j.internal.control.Seen;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What another application shows of itself in its control directory: where it stands, what it is doing, what is in
 * flight. While nobody waits for its stop, what is in flight is as of two or three seconds ago.
 *
 * <p>Everything was written by that application. What it does not tell, or tells in a way that cannot be read, is
 * absent, empty or zero. Immutable.
 *
 * @see StopClient#status
 * @since 0.1
 */
public final class ApplicationStatus {
    private final ControlDirectory place;
    private final Map<String, String> fields;

    ApplicationStatus(Seen seen) {
        place = ControlDirectory.of(seen);
        fields = seen.status();
    }

    /**
     * How far a step of a stop is.
     *
     * @since 0.1
     */
    public enum Progress {
        /** It has not begun. */
        WAITING,
        /** It has begun. */
        RUNNING,
        /** It has ended. */
        DONE,
        /** It has ended by throwing something. */
        FAILED,
        /** It was not done at its limit, and the stop went on without it. */
        GIVEN_UP
    }

    /**
     * A step that is registered there.
     *
     * @param phase the name of its phase
     * @param name its name
     * @param progress how far it is
     * @param begun when it began, by the wall clock; nothing if it has not
     * @since 0.1
     */
    public record StepLine(String phase, String name, Progress progress, Optional<Instant> begun) {}

    /**
     * Tells where it was met.
     *
     * @return the place; a {@link StopClient} made of it reaches this application alone, and not one that comes to
     *     its place later
     */
    public ControlDirectory place() {
        return place;
    }

    /**
     * Tells its process.
     *
     * @return the process id as it sees it itself, in its own PID namespace; empty if unknown
     */
    public String pid() {
        return text("pid");
    }

    /**
     * Tells when its process was started.
     *
     * @return when, by the wall clock
     */
    public Optional<Instant> started() {
        return instant("started-ms");
    }

    /**
     * Tells its state.
     *
     * @return the state; nothing if it shows none
     */
    public Optional<State> state() {
        return switch (text("state")) {
            case "RUNNING" -> Optional.of(State.RUNNING);
            case "DRAINING" -> Optional.of(State.DRAINING);
            case "STOPPING" -> Optional.of(State.STOPPING);
            case "STOPPED" -> Optional.of(State.STOPPED);
            default -> Optional.empty();
        };
    }

    /**
     * Tells since when it is in that state.
     *
     * @return when, by the wall clock; nothing if it has been running from its start
     */
    public Optional<Instant> since() {
        return instant("since-ms");
    }

    /**
     * Tells why it is in that state.
     *
     * @return why; empty if it has been running from its start
     */
    public String reason() {
        return text("reason");
    }

    /**
     * Tells the phase of its stop.
     *
     * @return the name of the phase; empty if it does not stop
     */
    public String phase() {
        return text("phase");
    }

    /**
     * Counts the steps of its stop that are over.
     *
     * @return how many; zero if it does not stop
     */
    public int stepsDone() {
        return count("steps-done");
    }

    /**
     * Counts the steps that are registered.
     *
     * @return how many
     */
    public int stepsAll() {
        return count("steps-all");
    }

    /**
     * Lists the steps that are registered.
     *
     * @return the first 200, phase by phase
     */
    public List<StepLine> steps() {
        List<StepLine> steps = new ArrayList<>();
        for (String line : lines("steps")) {
            String[] parts = line.split("\t", -1);
            Progress progress = parts.length == 4 ? progress(parts[1]) : null;
            if (progress != null) {
                steps.add(new StepLine(parts[0], parts[3], progress, instantOf(parts[2])));
            }
        }
        return steps;
    }

    private static @Nullable Progress progress(String word) {
        return switch (word) {
            case "waiting" -> Progress.WAITING;
            case "running" -> Progress.RUNNING;
            case "done" -> Progress.DONE;
            case "failed" -> Progress.FAILED;
            case "given-up" -> Progress.GIVEN_UP;
            default -> null;
        };
    }

    /**
     * Counts the work in flight.
     *
     * @return how many pieces
     */
    public long inFlight() {
        return number("in-flight").orElse(0);
    }

    /**
     * Lists the work in flight that has a name.
     *
     * @return the oldest ten, the oldest first; their age is that at the time of this call
     */
    public List<WorkInFlight> work() {
        List<WorkInFlight> work = new ArrayList<>();
        Instant now = Instant.now();
        for (String line : lines("work")) {
            String[] parts = line.split("\t", -1);
            Optional<Instant> since = instantOf(parts[0]);
            if (since.isPresent() && parts.length >= 4) {
                Map<String, String> attributes = new LinkedHashMap<>();
                for (int i = 4; i + 1 < parts.length; i += 2) {
                    attributes.put(parts[i], parts[i + 1]);
                }
                work.add(new WorkInFlight(
                        parts[3],
                        age(since.get(), now),
                        parts[1].equals("long-lived"),
                        parts[2],
                        attributes));
            }
        }
        return work;
    }

    /** Clocks are set; nothing is older than its beginning. */
    private static Duration age(Instant since, Instant now) {
        return since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }

    /**
     * Tells what its stop waits for, in words.
     *
     * @return what; empty if it does not stop, or nobody knows
     */
    public String waitingFor() {
        return text("waiting-for");
    }

    /**
     * Counts those who wait for its answer.
     *
     * @return how many
     */
    public int holds() {
        return count("holds");
    }

    /**
     * Tells how long its stop takes at most.
     *
     * @return how long; nothing if it does not tell
     */
    public Optional<Duration> timeout() {
        OptionalLong millis = number("timeout-ms");
        return millis.isPresent()
                ? Optional.of(Duration.ofMillis(millis.getAsLong()))
                : Optional.empty();
    }

    /**
     * Tells until when its stop is to be done.
     *
     * @return when, by the wall clock; nothing if no stop has begun
     */
    public Optional<Instant> deadline() {
        return instant("deadline-ms");
    }

    /**
     * Lists what can ask it to stop.
     *
     * @return each trigger in its own words
     */
    public List<String> triggers() {
        return lines("triggers");
    }

    /**
     * Says it for people.
     *
     * @return a block of lines, without a line end after the last one
     */
    public String toText() {
        return StatusText.block(this);
    }

    /**
     * Says in one line what its stop does now.
     *
     * @return {@code STOPPING, FINISH, 3 of 7 steps, 12 in flight, running step "orders", 22.9 s left}
     */
    public String toLine() {
        return StatusText.line(this);
    }

    /**
     * Writes it for programs.
     *
     * @return one JSON object in one line; later versions add fields, and remove none
     */
    public String toJson() {
        Json json = new Json().object();
        json.field("directory").string(place.path().toString());
        json.field("name").string(place.name());
        json.field("pid").string(pid());
        for (String key : List.of("state", "reason", "phase")) {
            json.field(key).string(text(key));
        }
        number(json, "startedMillis", "started-ms");
        number(json, "sinceMillis", "since-ms");
        number(json, "timeoutMillis", "timeout-ms");
        number(json, "deadlineMillis", "deadline-ms");
        json.field("stepsDone").number(stepsDone()).field("stepsAll").number(stepsAll());
        json.field("inFlight").number(inFlight()).field("holds").number(holds());
        json.field("waitingFor").string(waitingFor());
        json.field("triggers").array();
        for (String trigger : triggers()) {
            json.string(trigger);
        }
        json.endArray().field("steps").array();
        for (StepLine step : steps()) {
            json.object().field("phase").string(step.phase()).field("name").string(step.name());
            json.field("progress").string(step.progress().name()).endObject();
        }
        json.endArray().field("work").array();
        for (WorkInFlight work : work()) {
            write(work, json);
        }
        return json.endArray().endObject().toString();
    }

    private void number(Json json, String field, String key) {
        OptionalLong number = number(key);
        if (number.isPresent()) {
            json.field(field).number(number.getAsLong());
        }
    }

    private static void write(WorkInFlight work, Json json) {
        json.object().field("name").string(work.name());
        json.field("ageMillis").number(work.age().toMillis());
        json.field("longLived").json(Boolean.toString(work.longLived()));
        json.field("thread").string(work.thread()).field("attributes").object();
        for (Map.Entry<String, String> attribute : work.attributes().entrySet()) {
            json.field(attribute.getKey()).string(attribute.getValue());
        }
        json.endObject().endObject();
    }

    @Override
    public String toString() {
        return toLine();
    }

    // ---- reading

    /** On one line, and without what a terminal obeys. */
    private String text(String key) {
        return Printable.line(fields.getOrDefault(key, ""));
    }

    private List<String> lines(String key) {
        String value = fields.getOrDefault(key, "");
        List<String> lines = new ArrayList<>();
        for (String line : value.isEmpty() ? new String[0] : value.split("\n", -1)) {
            lines.add(key.equals("triggers") ? Printable.line(line) : line);
        }
        return lines;
    }

    private OptionalLong number(String key) {
        return numberOf(fields.getOrDefault(key, ""));
    }

    private int count(String key) {
        return (int) Math.min(Integer.MAX_VALUE, number(key).orElse(0));
    }

    private Optional<Instant> instant(String key) {
        return instantOf(fields.getOrDefault(key, ""));
    }

    private static Optional<Instant> instantOf(String millis) {
        OptionalLong number = numberOf(millis);
        return number.isPresent()
                ? Optional.of(Instant.ofEpochMilli(number.getAsLong()))
                : Optional.empty();
    }

    /** Times are as of now: whole, not negative, and not so large that a sum of them would overflow. */
    private static OptionalLong numberOf(String text) {
        if (text.isEmpty() || text.length() > 15) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return OptionalLong.empty();
            }
            number = number * 10 + (c - '0');
        }
        return OptionalLong.of(number);
    }
}
