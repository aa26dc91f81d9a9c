package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.util.ResourceBundle;

/** Loggers that say nothing: a race is run a million times. */
public final class SilentLoggers extends System.LoggerFinder {

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Silent(name);
    }

    private record Silent(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return false;
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String message,
                @Nullable Throwable thrown) {}

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object... parameters) {}
    }
}
