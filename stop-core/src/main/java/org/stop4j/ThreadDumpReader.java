package org.stop4j;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the threads out of what {@link ThreadDump} lets the JVM write. It goes by the names of the fields
 * alone, so that it understands a file that is cut off, and one of a later JVM with more in it.
 */
final class ThreadDumpReader {
    private final Reader reader;
    private final List<ThreadDump.Seen> threads = new ArrayList<>();
    private int left;

    private String key = "";
    private boolean inStack;
    private String container = "";
    private @Nullable String id;
    private String name = "";
    private String waitsFor = "";
    private List<StackTraceElement> frames = new ArrayList<>();

    /** It reads so many characters at most. */
    ThreadDumpReader(Reader reader, int most) {
        this.reader = new BufferedReader(reader);
        left = most;
    }

    /** All threads that are complete in it. */
    List<ThreadDump.Seen> read() throws IOException {
        String last = null;
        StringBuilder bare = new StringBuilder(); // a number or a word
        for (int c = next(); c >= 0; c = next()) {
            switch (c) {
                case '"' -> last = string();
                case ':' -> {
                    key = last == null ? "" : last;
                    last = null;
                }
                case '[' -> inStack = key.equals("stack");
                case ',', '}', ']' -> {
                    value(last == null ? bare.toString() : last);
                    last = null;
                    bare.setLength(0);
                    if (c == ']' && inStack) {
                        inStack = false;
                        add();
                    }
                }
                default -> {
                    if (c > ' ' && c != '{') {
                        bare.append((char) c);
                    }
                }
            }
        }
        return threads;
    }

    private void value(String value) {
        if (value.isEmpty()) {
            return; // after a bracket, or a name that is empty anyway
        }
        if (inStack) {
            frames.add(frame(value));
            return;
        }
        switch (key) {
            case "container" -> container = value;
            case "tid" -> {
                id = value;
                name = "";
                waitsFor = "";
                frames = new ArrayList<>();
            }
            case "name" -> name = value;
            case "object", "blockedOn", "waitingOn" -> waitsFor = value;
            default -> {
                // of no use here
            }
        }
    }

    private void add() {
        if (id != null) {
            threads.add(new ThreadDump.Seen(container, number(id), name, waitsFor, frames));
            id = null;
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notThere) {
            return -1;
        }
    }

    private int next() throws IOException {
        return left-- > 0 ? reader.read() : -1;
    }

    private String string() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = next(); c >= 0 && c != '"'; c = next()) {
            text.append(c == '\\' ? escaped() : (char) c);
        }
        return text.toString();
    }

    private char escaped() throws IOException {
        int c = next();
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    code = code * 16 + Math.max(0, Character.digit(next(), 16));
                }
                yield (char) code;
            }
            default -> (char) c;
        };
    }

    /** {@code java.base/java.lang.Thread.run(Thread.java:1474)}, as {@link StackTraceElement#toString} has it. */
    static StackTraceElement frame(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 0 || close < open) {
            return new StackTraceElement("", text, null, -1);
        }
        String type = text.substring(0, open);
        String module = null;
        int slash = type.lastIndexOf('/');
        if (type.startsWith("0x", slash + 1)) {
            slash = type.lastIndexOf('/', slash - 1); // a hidden class has one in its own name
        }
        if (slash >= 0) {
            module = module(type.substring(0, slash));
            type = type.substring(slash + 1);
        }
        int dot = type.lastIndexOf('.');
        String source = text.substring(open + 1, close);
        int colon = source.lastIndexOf(':');
        int line = colon < 0 ? -1 : (int) number(source.substring(colon + 1));
        return new StackTraceElement(
                null,
                module,
                null,
                type.substring(0, Math.max(0, dot)),
                type.substring(dot + 1),
                file(colon < 0 ? source : source.substring(0, colon)),
                source.equals("Native Method") ? -2 : line);
    }

    private static @Nullable String module(String text) {
        String last = text.substring(text.lastIndexOf('/') + 1);
        int version = last.indexOf('@');
        String module = version < 0 ? last : last.substring(0, version);
        return module.isEmpty() ? null : module;
    }

    private static @Nullable String file(String text) {
        return text.equals("Native Method") || text.equals("Unknown Source") ? null : text;
    }
}
