package org.stop4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a stop logs while this is open, instead of on the console. */
class LogLines extends Handler {
    // Held here: java.util.logging itself would let it go, and this handler with it.
    private final Logger logger = Logger.getLogger("org.stop4j");
    private final List<LogRecord> records = Collections.synchronizedList(new ArrayList<>());

    LogLines() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    List<String> warnings() {
        return lines(Level.WARNING);
    }

    List<String> infos() {
        return lines(Level.INFO);
    }

    List<Throwable> thrown() {
        return records().stream()
                .map(LogRecord::getThrown)
                .filter(t -> t != null)
                .toList();
    }

    private List<String> lines(Level level) {
        return records().stream()
                .filter(each -> each.getLevel().equals(level))
                .map(LogRecord::getMessage)
                .toList();
    }

    private List<LogRecord> records() {
        synchronized (records) {
            return List.copyOf(records);
        }
    }

    @Override
    public void publish(LogRecord each) {
        records.add(each);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
