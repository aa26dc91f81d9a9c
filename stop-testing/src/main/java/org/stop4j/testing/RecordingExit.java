package org.stop4j.testing;

import org.stop4j.Exit;
import org.stop4j.spi.Time;

import java.util.OptionalInt;

/**
 * An end of the process that is only written down. Unlike a real one, it returns, and what comes after it is
 * done as well: give each stop one of its own.
 *
 * <p>Safe to use from any thread.
 *
 * @since 0.1
 */
public final class RecordingExit implements Exit {
    private final Time.Monitor monitor;
    // Guarded by the monitor; a process ends once, so the first counts:
    private OptionalInt code = OptionalInt.empty();
    private boolean halted;

    /**
     * Makes one by which nothing has ended yet.
     *
     * @param time the time in which {@link #await} waits: that of the stop
     */
    public RecordingExit(Time time) {
        monitor = time.monitor();
    }

    @Override
    public void exit(int exitCode) {
        end(exitCode, false);
    }

    @Override
    public void halt(int exitCode) {
        end(exitCode, true);
    }

    private void end(int exitCode, boolean byForce) {
        monitor.lock();
        try {
            if (code.isEmpty()) {
                code = OptionalInt.of(exitCode);
                halted = byForce;
                monitor.signalAll();
            }
        } finally {
            monitor.unlock();
        }
    }

    /**
     * Waits until the process would have ended.
     *
     * @return the exit code
     * @throws InterruptedException if the thread is or becomes interrupted
     * @throws IllegalStateException if it never ends: see {@link VirtualTime}
     */
    public int await() throws InterruptedException {
        monitor.lock();
        try {
            while (code.isEmpty()) {
                monitor.await(Long.MAX_VALUE);
            }
            return code.getAsInt();
        } finally {
            monitor.unlock();
        }
    }

    /**
     * Tells how the process would have ended.
     *
     * @return the exit code; nothing if it has not ended by now
     */
    public OptionalInt code() {
        monitor.lock();
        try {
            return code;
        } finally {
            monitor.unlock();
        }
    }

    /**
     * Tells whether the process would have been ended by force.
     *
     * @return whether the first to end it was {@link #halt}
     */
    public boolean halted() {
        monitor.lock();
        try {
            return halted;
        } finally {
            monitor.unlock();
        }
    }
}
