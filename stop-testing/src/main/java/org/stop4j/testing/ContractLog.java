package org.stop4j.testing;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What is logged at WARNING or above while this is open, by whomever; nothing reaches the console meanwhile.
 * The stop logs by {@link System.Logger}, and that by java.util.logging unless something else is installed;
 * so do most servers.
 *
 * <p>Thread-safe; one at a time.
 */
final class ContractLog extends Handler implements AutoCloseable {
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");
    private final Handler[] before = root.getHandlers();

    ContractLog() {
        setLevel(Level.WARNING);
        for (Handler handler : before) {
            root.removeHandler(handler);
        }
        root.addHandler(this);
        boolean sees = false;
        try {
            checkSight();
            sees = true;
        } finally {
            if (!sees) {
                close();
            }
        }
    }

    /** Who does not see what the stop logs could not fail by it. */
    private void checkSight() {
        System.getLogger("org.stop4j").log(System.Logger.Level.WARNING, "seen by the contract?");
        if (records.isEmpty()) {
            throw new IllegalStateException(
                    "the contract does not see what is logged: System.Logger must go to"
                            + " java.util.logging here, and that let warnings through; what is on the"
                            + " class path or set that changes it?");
        }
        records.clear();
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            records.add(record);
        }
    }

    /** What was logged and is not allowed, for people. */
    List<String> besides(Predicate<LogRecord> allowed) {
        List<String> lines = new ArrayList<>();
        for (LogRecord record : records) {
            if (!allowed.test(record)) {
                lines.add(line(record));
            }
        }
        return lines;
    }

    private static String line(LogRecord record) {
        Throwable thrown = record.getThrown();
        return record.getLevel() + " " + record.getLoggerName() + ": " + message(record)
                + (thrown == null ? "" : " (" + thrown + ")");
    }

    /** As it would be printed. */
    static String message(LogRecord record) {
        String message = String.valueOf(record.getMessage());
        Object[] parameters = record.getParameters();
        return parameters == null || parameters.length == 0
                ? message
                : MessageFormat.format(message, parameters);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
        for (Handler handler : before) {
            root.addHandler(handler);
        }
    }
}
