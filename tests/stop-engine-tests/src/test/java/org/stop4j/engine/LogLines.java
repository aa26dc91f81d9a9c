package org.stop4j.engine;

import org.jspecify.annotations.Nullable;

import java.text.MessageFormat;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What is logged while this is open; nothing reaches a console. One at a time, so tests that use it do not
 * run in parallel.
 */
final class LogLines implements AutoCloseable {
    private static volatile @Nullable LogLines current;

    /** A line, and what came with it. */
    record Line(
            System.Logger.Level level,
            String message,
            @Nullable Throwable thrown) {}

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Consumer<Line> also;

    /** Something else is done with each line, on the thread that logs, before it is kept. */
    LogLines(Consumer<Line> also) {
        this.also = also;
        current = this;
    }

    LogLines() {
        this(line -> {});
    }

    List<String> messages(System.Logger.Level level) {
        return lines.stream()
                .filter(line -> line.level() == level)
                .map(Line::message)
                .toList();
    }

    List<String> warnings() {
        return messages(System.Logger.Level.WARNING);
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    private void add(Line line) {
        also.accept(line);
        lines.add(line);
    }

    @Override
    public void close() {
        current = null;
    }

    /** Found by the JDK as a service: the loggers of this JVM. */
    public static final class Finder extends System.LoggerFinder {
        @Override
        public System.Logger getLogger(String name, Module module) {
            return new ToCurrent(name);
        }
    }

    private record ToCurrent(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= Level.INFO.getSeverity();
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String message,
                @Nullable Throwable thrown) {
            LogLines its = current;
            if (its != null && name.equals("org.stop4j")) {
                its.add(new Line(level, String.valueOf(message), thrown));
            }
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object... params) {
            log(level, bundle, MessageFormat.format(String.valueOf(format), params), (Throwable)
                    null);
        }
    }
}
