package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One piece of work in flight, which was admitted at the {@link Gate} by name. The stop waits until it is
 * closed, and tells its name, its age and where it stands if it waits for long.
 *
 * <p>Safe to use from any thread; it may be closed on another thread than it was made on.
 *
 * @since 0.1
 */
public final class Work implements AutoCloseable {
    private static final int LONGEST = 200;
    /** Times that are near to each other are far apart when multiplied by it: 2 to the 64th by the golden ratio. */
    private static final long SPREADS = 0x9E37_79B9_7F4A_7C15L;

    private final Gate gate;
    private final String name;
    private final int cell;
    private final long since;
    private final Origin origin;
    /** Told when the stop begins; null for work that ends by itself. */
    private final @Nullable LongLived longLived;

    private enum Stage {
        IN_FLIGHT,
        /** It counts no longer, but nobody has closed it. */
        GIVEN_UP,
        CLOSED
    }

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.IN_FLIGHT);
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable Thread thread = Thread.currentThread();
    /** Replaced as a whole. */
    private volatile Map<String, String> attributes = Map.of();

    /** When it was told, as a time of the clock; means something once it was. */
    private volatile long toldAt;

    Work(
            Gate gate,
            String name,
            int cell,
            long since,
            Origin origin,
            @Nullable LongLived longLived) {
        this.gate = gate;
        this.name = shown(name);
        this.cell = cell;
        this.since = since;
        this.origin = origin;
        this.longLived = longLived;
    }

    /** Names and attributes come from requests, and go to logs and terminals. */
    private static String shown(String text) {
        return Printable.line(text.length() > LONGEST ? text.substring(0, LONGEST) + '…' : text);
    }

    /**
     * Tells what it is called.
     *
     * @return the name; control characters in it are spaces, and of a longer one there are 200 characters
     */
    public String name() {
        return name;
    }

    /**
     * Says more about it, for whoever looks at what is in flight: {@code "customer", "4711"}.
     *
     * @param key what is said; the same key again replaces the value
     * @param value what it is; shown as the name is
     * @return this
     */
    public synchronized Work with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(attributes);
        more.put(
                shown(Objects.requireNonNull(key, "key")),
                shown(Objects.requireNonNull(value, "value")));
        attributes = more;
        return this;
    }

    /**
     * Says that from now on no known thread does the work: it is asynchronous. The stop then shows where it was
     * admitted, instead of where the thread stands that was here last, and may do something else by then.
     *
     * @return this
     */
    public Work leaveThread() {
        thread = null;
        return this;
    }

    /**
     * Says that from now on the current thread does the work, which was admitted on another one.
     *
     * @return this
     */
    public Work takeThread() {
        thread = Thread.currentThread();
        return this;
    }

    /**
     * Tells that the work is done. Closing it again does nothing, but is logged once for each gate, since
     * whoever does it may have meant another.
     */
    @Override
    public void close() {
        switch (stage.getAndSet(Stage.CLOSED)) {
            case IN_FLIGHT -> gate.left(this);
            case GIVEN_UP -> {}
            case CLOSED -> gate.leftTwice("work \"" + name + "\" is closed a second time");
        }
    }

    /** Lets it count no longer; whoever should have closed it still may. False if it did not count. */
    boolean giveUp() {
        boolean counted = stage.compareAndSet(Stage.IN_FLIGHT, Stage.GIVEN_UP);
        if (counted) {
            gate.left(this);
        }
        return counted;
    }

    /** Of a work that equals itself alone. The hash that the JVM would make up costs a call out of compiled code. */
    @Override
    public int hashCode() {
        return Long.hashCode(since * SPREADS);
    }

    int cell() {
        return cell;
    }

    long since() {
        return since;
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    boolean isLongLived() {
        return longLived != null;
    }

    boolean isTold() {
        return told.get();
    }

    long toldAt() {
        return toldAt;
    }

    /** Takes it on to tell it that the stop has begun; null if it need not be told, or somebody else has. */
    @Nullable
    LongLived toTell(long now) {
        if (longLived == null
                || stage.get() != Stage.IN_FLIGHT
                || !told.compareAndSet(false, true)) {
            return null;
        }
        toldAt = now;
        return longLived;
    }

    WorkInFlight look(long now) {
        Thread its = thread;
        return new WorkInFlight(
                name,
                Duration.ofNanos(Math.max(0, now - since)),
                isLongLived(),
                its == null ? "" : Stacks.name(its),
                attributes);
    }

    /** Where it was admitted: what there is to tell of one that no thread is known to do. */
    ThreadStack origin() {
        return new ThreadStack(
                '"' + name + "\" was admitted " + origin.words(),
                origin.frame() == null ? List.of() : List.of(origin.frame()));
    }

    /** Where it comes from: a place in somebody's code, or what an adapter says of it. */
    record Origin(String words, @Nullable StackTraceElement frame) {}
}
