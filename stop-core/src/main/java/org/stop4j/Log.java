package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;

/**
 * The log of a stop. A logger that throws never fails the stop: what it throws goes to the thread's
 * uncaught exception handler, and what that throws is ignored.
 */
final class Log {
    private final System.@Nullable Logger logger;

    Log() {
        this(System.getLogger("org.stop4j"));
    }

    private Log(System.@Nullable Logger logger) {
        this.logger = logger;
    }

    /** One that writes nothing. */
    static Log silent() {
        return new Log(null);
    }

    void info(String message) {
        write(Level.INFO, message, null);
    }

    void warning(String message) {
        write(Level.WARNING, message, null);
    }

    void warning(String message, Throwable failure) {
        write(Level.WARNING, message, failure);
    }

    void write(Level level, String message, @Nullable Throwable failure) {
        System.Logger its = logger;
        if (its == null) {
            return;
        }
        try {
            its.log(level, message, failure);
        } catch (RuntimeException | Error e) {
            hand(e);
        }
    }

    /** Hands it to the handler of uncaught exceptions. */
    static void hand(Throwable thrownByLogger) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, thrownByLogger);
        } catch (RuntimeException | Error alsoThrown) {
            // Nobody is left to tell; the JVM ignores what this handler throws, too.
        }
    }
}
