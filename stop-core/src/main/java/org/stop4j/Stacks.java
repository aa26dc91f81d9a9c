package org.stop4j;

import java.util.ArrayList;
import java.util.List;

/** Takes the stacks of threads. */
final class Stacks {
    private Stacks() {}

    /** Where the thread stands now; without frames if it has ended. */
    static ThreadStack of(Thread thread) {
        return new ThreadStack(thread.getName(), plain(thread.getStackTrace()));
    }

    /** Without what JDK 17 writes before every class name: {@code app//}, {@code java.base@17.0.15/}. */
    static List<StackTraceElement> plain(StackTraceElement[] frames) {
        List<StackTraceElement> plain = new ArrayList<>(frames.length);
        for (StackTraceElement frame : frames) {
            plain.add(new StackTraceElement(
                    null,
                    frame.getModuleName(),
                    null,
                    frame.getClassName(),
                    frame.getMethodName(),
                    frame.getFileName(),
                    frame.getLineNumber()));
        }
        return plain;
    }
}
