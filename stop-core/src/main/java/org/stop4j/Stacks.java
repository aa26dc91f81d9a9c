package org.stop4j;

import java.util.ArrayList;
import java.util.List;

/** Takes the stacks of threads. */
final class Stacks {
    private Stacks() {}

    /** Where the thread stands now; without frames if it has ended. */
    static ThreadStack of(Thread thread) {
        return new ThreadStack(name(thread), plain(thread.getStackTrace()));
    }

    private static String name(Thread thread) {
        // Most virtual threads have none.
        return thread.getName().isEmpty() ? "thread #" + thread.getId() : thread.getName();
    }

    /**
     * Without what JDK 17 writes before every class name ({@code app//}, {@code java.base@17.0.15/}), and
     * without the classes of lambdas, which only some ways to take a stack show.
     */
    static List<StackTraceElement> plain(StackTraceElement[] frames) {
        List<StackTraceElement> plain = new ArrayList<>(frames.length);
        for (StackTraceElement frame : frames) {
            if (!frame.getClassName().contains("$$Lambda")) {
                plain.add(new StackTraceElement(
                        null,
                        frame.getModuleName(),
                        null,
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber()));
            }
        }
        return plain;
    }

    /** To be logged: a trace of the first, with the others as suppressed ones. */
    static Throwable trace(String message, List<ThreadStack> stacks) {
        Throwable trace = new Throwable(message);
        for (int i = 0; i < stacks.size(); i++) {
            ThreadStack stack = stacks.get(i);
            Throwable its = i == 0 ? trace : new Throwable(stack.label());
            its.setStackTrace(stack.frames().toArray(new StackTraceElement[0]));
            if (i > 0) {
                trace.addSuppressed(its);
            }
        }
        return trace;
    }
}
