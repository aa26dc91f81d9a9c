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
         * Learns that the state has changed; must be quick. Called on a thread beside that of the stop, which
         * waits only a moment: a trigger that has not returned by then is given up and named in the report, and
         * neither this nor {@link #stopped} is called any more. For a drain and its undoing, called on the
         * thread that asks for it. By default, does nothing.
         */
        default void changed() {}

        /**
         * Gives the answer to whoever waits for it, now or later; must be quick. Called on a thread beside that
         * of the stop, before the hold is waited for; or, if the process is about to be halted before there is
         * an answer, with a report that says so, and no hold follows. By default, does nothing.
         *
         * @param report how the stop came out
         */
        default void stopped(Report report) {}

        /**
         * Ends listening and removes whatever was installed. Called after the hold, before the process is ended
         * (for {@link Stop.Builder#onSignals}, after {@link org.stop4j.Exit#exit} has returned); by {@link
         * Stop#close}; or when another trigger fails the start.
         *
         * @throws IOException if something cannot be removed
         */
        @Override
        void close() throws IOException;
    }
}
