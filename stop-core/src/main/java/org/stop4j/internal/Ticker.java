package org.stop4j.internal;

/** A monotonic clock; the only reader of {@link System#nanoTime} is {@link #system()}. */
@FunctionalInterface
public interface Ticker {

    /** Nanoseconds since some fixed instant; may be negative, may wrap: compare by difference. */
    long nanos();

    /** The clock of the JVM. */
    static Ticker system() {
        return SystemTicker.INSTANCE;
    }

    /** A class rather than a lambda: bootstrapping one costs the command milliseconds. */
    final class SystemTicker implements Ticker {
        private static final SystemTicker INSTANCE = new SystemTicker();

        private SystemTicker() {}

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }
}
