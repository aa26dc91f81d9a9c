package org.stop4j.spi;

import org.stop4j.Report;
import org.stop4j.Stop;

import java.io.IOException;

/**
 * Something that can ask for a stop: a signal, a file, a port.
 *
 * <p>A trigger translates: it calls {@link Stop#request} when it is asked, takes a {@link Stop#hold} for
 * whoever waits for the answer, and gives the answer when {@link Installed#stopped} brings it.
 *
 * @see Stop.Builder#trigger
 * @since 0.1
 */
@FunctionalInterface
public interface Trigger {

    /**
     * Begins to listen. Called by {@link Stop.Builder#start}; requests may come before this returns.
     *
     * @param stop what to ask
     * @return what was installed
     * @throws IOException if it cannot be installed; start fails then, and what was installed before is closed
     */
    Installed install(Stop stop) throws IOException;

    /**
     * A trigger that listens.
     *
     * @since 0.1
     */
    interface Installed extends AutoCloseable {

        /**
         * Learns that the state has changed; must be quick. Called on the thread of the stop. By default, does
         * nothing.
         */
        default void changed() {}

        /**
         * Gives the answer to whoever waits for it, now or later; must be quick. Called once, before the hold
         * is waited for. By default, does nothing.
         *
         * @param report how the stop came out
         */
        default void stopped(Report report) {}

        /**
         * Ends listening and removes whatever was installed. Called after the hold, as the last thing before
         * the process ends, or by {@link Stop#close}.
         *
         * @throws IOException if something cannot be removed
         */
        @Override
        void close() throws IOException;
    }
}
